import { describe, expect, it } from "vitest";
import { barLabels, sharesOf } from "./shares";

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

describe("barLabels", () => {
  it("labels round years far enough apart", () => {
    const years = Array.from({ length: 37 }, (_, index) => String(1986 + index));
    expect([...barLabels(years, 4).values()]).toEqual(["1990", "1995", "2000", "2005", "2010", "2015", "2020"]);
  });

  it("labels months with the year that they begin", () => {
    const months = Array.from({ length: 36 }, (_, at) => `${2015 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, "0")}`);
    expect([...barLabels(months, 3)]).toEqual([
      ["2015-01", "2015"],
      ["2016-01", "2016"],
      ["2017-01", "2017"],
    ]);
  });

  it("labels spans of three years from the newest back", () => {
    expect([...barLabels(["2008", "2011", "2014", "2017"], 1.5).keys()]).toEqual(["2011", "2017"]);
  });
});
