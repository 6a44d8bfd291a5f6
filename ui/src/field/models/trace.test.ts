import { describe, expect, it } from "vitest";
import type { Trace } from "@/api/field";
import { arrivalAxis, isochroneLines, placeOn, posteriorLines } from "./trace";

const LINES = {
  a: [
    [114, 22],
    [114.1, 22],
  ],
  b: [
    [114.1, 22],
    [114.2, 22],
  ],
} as Record<string, [number, number][]>;

const TRACE = {
  isochrones: [
    { reach: "a", hours: 2.25 },
    { reach: "b", hours: 31.7 },
    { reach: "unknown", hours: 1 },
  ],
  posterior: [
    { reach: "a", from_km: 0, to_km: 1, p: 0.4 },
    { reach: "b", from_km: 1, to_km: 5, p: 0.6 },
  ],
  downstream: [],
} as unknown as Trace;

describe("a trace on the map", () => {
  it("draws every reach that it has a line of, with its hours", () => {
    expect(isochroneLines(TRACE, LINES).features.map((it) => it.properties?.["label"])).toEqual(["2.3", "32"]);
  });

  it("is darkest where a kilometre is likeliest, not where a reach is longest", () => {
    const shares = posteriorLines(TRACE, LINES).features.map((it) => it.properties?.["share"] as number);
    expect(shares[0]).toBe(1);
    expect(shares[1]).toBeCloseTo(Math.sqrt(0.15 / 0.4));
  });
});

describe("intervals on a common axis", () => {
  it("keep within it and never vanish", () => {
    expect(placeOn([0, 10], 2, 4)).toEqual({ left: 0.2, width: 0.2 });
    expect(placeOn([0, 10], -5, 20)).toEqual({ left: 0, width: 1 });
    expect(placeOn([0, 10], 3, 3).width).toBeGreaterThan(0);
    expect(arrivalAxis(TRACE, 5)).toEqual([5, 6]);
  });
});
