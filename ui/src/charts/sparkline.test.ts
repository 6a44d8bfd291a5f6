import { describe, expect, it } from "vitest";
import type { Series } from "@/api/types";
import { dotsOf } from "./dots";
import { sparkOf, yearlyMedians } from "./sparkline";

describe("yearlyMedians", () => {
  it("takes the median of each local year, a year without samples is a gap", () => {
    const time = ["2018-12-31T20:00:00Z", "2019-05-01T00:00:00Z", "2021-05-01T00:00:00Z"].map(
      (it) => Date.parse(it) / 1000,
    );
    const series: Series = {
      station: "s",
      property: "p",
      unit: "",
      depth: ["", "", ""],
      time,
      value: [1, 3, 8],
      censoring: ["", "", ""],
      flag: [1, 1, 1],
    };
    expect(yearlyMedians(series, 480)).toEqual([
      { year: 2019, value: 2 },
      { year: 2020, value: null },
      { year: 2021, value: 8 },
    ]);
  });
});

describe("sparkOf", () => {
  it("lifts the pen at a gap and ends at the last value", () => {
    const spark = sparkOf([1, null, 3], 64, 20);
    expect(spark.path.match(/M/g)).toHaveLength(2);
    expect(spark.end).toEqual([62, 2]);
  });

  it("draws a flat line in the middle, and nothing of nothing", () => {
    expect(sparkOf([5, 5], 64, 20).end).toEqual([62, 10]);
    expect(sparkOf([null], 64, 20)).toEqual({ path: "", end: null });
  });
});

describe("dotsOf", () => {
  it("keeps samples, limit and statistic inside the box", () => {
    const dots = dotsOf(
      [
        { time: 0, value: 1, open: false },
        { time: 10, value: 3, open: true },
      ],
      [5],
      100,
      50,
    );
    for (const y of [...dots.points.map((it) => it.y), dots.y(5), dots.y(99)]) {
      expect(y).toBeGreaterThanOrEqual(6);
      expect(y).toBeLessThanOrEqual(44);
    }
    expect(dots.points[1]!.open).toBe(true);
  });
});
