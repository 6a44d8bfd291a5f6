import { describe, expect, it } from "vitest";
import { labelledYears, sharesOf } from "./shares";

describe("sharesOf", () => {
  it("stacks the worst grade at the bottom, shares of what was judged", () => {
    const [bar] = sharesOf(["2019"], ["1", "2", "3"], [[1, 2, 1]]);
    expect(bar!.total).toBe(4);
    expect(bar!.slices).toEqual([
      { grade: "3", count: 1, from: 0, to: 0.25 },
      { grade: "2", count: 2, from: 0.25, to: 0.75 },
      { grade: "1", count: 1, from: 0.75, to: 1 },
    ]);
  });

  it("leaves a year without verdicts as a gap", () => {
    expect(sharesOf(["2019"], ["1", "2"], [[0, 0]])[0]!.slices).toEqual([]);
    expect(sharesOf(["2019"], ["1", "2"], [])[0]!.total).toBe(0);
  });
});

describe("labelledYears", () => {
  it("labels round years far enough apart", () => {
    const years = Array.from({ length: 37 }, (_, index) => String(1986 + index));
    expect([...labelledYears(years, 4)]).toEqual(["1990", "1995", "2000", "2005", "2010", "2015", "2020"]);
  });
});
