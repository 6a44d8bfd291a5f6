import { describe, expect, it } from "vitest";
import { MATRIX } from "./fixtures";
import { granularityOf, judgedCounts, nearest, newestFull, startOf, stepped, translated } from "./periods";

describe("periods", () => {
  it("of every granularity compare by the day on which they begin", () => {
    expect(["2019", "2019-Q3", "2019-07", "2019-07-03", "2019-07-03T14"].map(startOf)).toEqual([
      "2019-01-01T00",
      "2019-07-01T00",
      "2019-07-01T00",
      "2019-07-03T00",
      "2019-07-03T14",
    ]);
    expect(["2019", "2019-Q3", "2019-07", "2019-07-03", "2019-07-03T14"].map(granularityOf)).toEqual([
      "year",
      "season",
      "month",
      "day",
      "hour",
    ]);
  });

  it("that are missing give way to the last one before, or to the first", () => {
    expect(nearest(["2014", "2015", "2019"], "2018-07")).toBe("2015");
    expect(nearest(["2014", "2015"], "1990")).toBe("2014");
    expect(nearest([], "1990")).toBe("");
  });

  it("are walked one by one and never past the ends", () => {
    expect(stepped(MATRIX.periods, "2019", 1)).toBe("2020");
    expect(stepped(MATRIX.periods, "2020", 5)).toBe("2020");
    expect(stepped(MATRIX.periods, "2019", -9)).toBe("2018");
    expect(stepped(MATRIX.periods, "2019-05", 1)).toBe("2020");
  });
});

describe("the period that a newcomer sees", () => {
  it("is the newest in which at least half as many stations were judged as in the best", () => {
    expect(judgedCounts(MATRIX)).toEqual([4, 4, 1]);
    expect(newestFull(MATRIX)).toBe("2019");
  });
});

describe("a change of granularity", () => {
  const months = {
    ...MATRIX,
    granularity: "month" as const,
    periods: ["2018-12", "2019-01", "2019-02", "2019-03"],
    grade: [
      [0, 0, 0, -1],
      [0, 0, 0, -1],
      [0, 0, 0, 0],
      [0, 0, 0, -1],
    ],
  };
  it("from a year lands on its newest well-sampled month", () => {
    expect(translated(months, "2019")).toBe("2019-02");
  });
  it("keeps a period that exists, and otherwise takes the nearest", () => {
    expect(translated(months, "2019-01")).toBe("2019-01");
    expect(translated(MATRIX, "2019-07")).toBe("2019");
  });
});
