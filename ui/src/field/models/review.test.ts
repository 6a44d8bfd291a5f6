import { describe, expect, it } from "vitest";
import type { ReviewEntry, ReviewSeries } from "@/api/field";
import { fromLocal, gapped, isoOf, localText } from "./chart";
import { against, flagsOf, reviewOf, snapped, testCounts, within } from "./review";

const ENTRY: ReviewEntry = {
  id: 1,
  station: "a",
  property: "NH3N",
  depth: "",
  averaging: "hour",
  from: "1970-01-01T02:00:00Z",
  to: "1970-01-01T02:00:01Z",
  flag: 1,
  reason: "rain",
  who: "Ana",
  made: "2026-01-01T00:00:00Z",
  changed: 1,
  reverted: null,
  reverted_by: "",
  reverted_reason: "",
};

const SERIES: ReviewSeries = {
  station: "a",
  property: "NH3N",
  unit: "mg/L",
  depth: "",
  averaging: "hour",
  time: [0, 3600, 7200, 10800],
  value: [1, 9, 1, 2],
  censoring: ["", "", "", ""],
  flag: [1, 4, 1, 2],
  tests: { spike: [1, 4, 1, 1], flat: [1, 2, 3, 3], aggregate: [1, 4, 3, 3] },
  reviews: [ENTRY],
  whole: true,
};

describe("a reviewed series", () => {
  it("says which tests spoke against a point; the sum of them is none of them", () => {
    expect(against(SERIES, 1)).toEqual(["spike"]);
    expect(against(SERIES, 2)).toEqual(["flat"]);
    expect(against(SERIES, 0)).toEqual([]);
    expect(testCounts(SERIES)).toHaveLength(2);
    expect(testCounts(SERIES)[0]).toEqual({ id: "spike", suspect: 0, failed: 1, passed: 3 });
  });

  it("goes by a person's word first, then by the sterner of what is stored and what the tests say now", () => {
    expect(flagsOf(SERIES)).toEqual([1, 4, 1, 3]);
    expect(reviewOf(SERIES, 2)?.who).toBe("Ana");
    expect(flagsOf({ ...SERIES, reviews: [{ ...ENTRY, reverted: "2026-01-02T00:00:00Z" }] })).toEqual([1, 4, 3, 3]);
  });

  it("counts what a selection holds and draws the selection to it", () => {
    expect(within(SERIES, [10, 7300])).toBe(2);
    expect(snapped(SERIES, [10, 7300])).toEqual([3600, 7200]);
    expect(snapped(SERIES, [10, 20])).toBeNull();
  });
});

describe("a chart of telemetry", () => {
  it("leaves a pause open and knows which row each point is", () => {
    const drawn = gapped([0, 60, 120, 9000], [1, 2, 3, 4]);
    expect(drawn.value).toEqual([1, 2, 3, null, 4]);
    expect(drawn.rows).toEqual([0, 1, 2, null, 3]);
  });

  it("reads and writes the wall clock of the station", () => {
    expect(localText(0, 480)).toBe("1970-01-01T08:00");
    expect(fromLocal("1970-01-01T08:00", 480)).toBe(0);
    expect(fromLocal("soon", 480)).toBeNaN();
    expect(isoOf(0)).toBe("1970-01-01T00:00:00Z");
  });
});
