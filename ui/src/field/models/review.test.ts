import { describe, expect, it } from "vitest";
import type { ReviewSeries } from "@/api/field";
import { fromLocal, gapped, isoOf, localText } from "./chart";
import { against, partOf, parts, snapped, testCounts, within } from "./review";

const SERIES: ReviewSeries = {
  station: "a",
  property: "NH3N",
  unit: "mg/L",
  depth: ["", "", "", ""],
  averaging: ["hour", "hour", "hour", "instant"],
  time: [0, 3600, 7200, 7200],
  value: [1, 9, 1, 2],
  flag: [1, 4, 3, 1],
  tests: { spike: [1, 4, 1, 1], flat: [1, 2, 3, 1] },
};

describe("a reviewed series", () => {
  it("is looked at one depth and one average at a time, the fullest first", () => {
    expect(parts(SERIES)).toEqual([
      { depth: "", averaging: "hour", count: 3 },
      { depth: "", averaging: "instant", count: 1 },
    ]);
    const hours = partOf(SERIES, "", "hour");
    expect(hours.time).toEqual([0, 3600, 7200]);
    expect(hours.tests["spike"]).toEqual([1, 4, 1]);
  });

  it("says which tests spoke against a point", () => {
    expect(against(SERIES, 1)).toEqual(["spike"]);
    expect(against(SERIES, 2)).toEqual(["flat"]);
    expect(against(SERIES, 0)).toEqual([]);
    expect(testCounts(SERIES)[0]).toEqual({ id: "spike", suspect: 0, failed: 1, passed: 3 });
  });

  it("counts what a selection holds and draws the selection to it", () => {
    const hours = partOf(SERIES, "", "hour");
    expect(within(hours, [10, 7300])).toBe(2);
    expect(snapped(hours, [10, 7300])).toEqual([3600, 7200]);
    expect(snapped(hours, [10, 20])).toBeNull();
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
