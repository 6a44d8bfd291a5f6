import { describe, expect, it } from "vitest";
import type { Series } from "@/api/types";
import { depthsOf, drawingOf, longestPause, spansDecades, valueSpan } from "./series";

const MONTH = 30 * 86400;
const series = (rows: [depth: Series["depth"][number], month: number, value: number, censoring?: "<"][]): Series => ({
  station: "s",
  property: "DIN",
  unit: "mg/L",
  depth: rows.map((row) => row[0]),
  time: rows.map((row) => row[1] * MONTH),
  value: rows.map((row) => row[2]),
  censoring: rows.map((row) => row[3] ?? ""),
  flag: rows.map(() => 1),
});

describe("drawingOf", () => {
  it("keeps depths apart on one time axis, from the surface down", () => {
    const both = series([
      ["bottom", 0, 3],
      ["surface", 0, 1],
      ["surface", 1, 2],
    ]);
    expect(depthsOf(both)).toEqual(["surface", "bottom"]);
    const drawing = drawingOf(both, depthsOf(both));
    expect(drawing.time).toEqual([0, MONTH]);
    expect(drawing.lines.map((line) => line.value)).toEqual([
      [1, 2],
      [3, undefined],
    ]);
  });

  it("leaves a long pause in sampling open as a gap", () => {
    const paused = series([
      ["", 0, 1],
      ["", 1, 1],
      ["", 2, 1],
      ["", 3, 1],
      ["", 15, 1],
      ["", 16, 1],
    ]);
    const drawing = drawingOf(paused, [""]);
    expect(drawing.lines[0]!.value).toEqual([1, 1, 1, 1, null, 1, 1]);
    expect(drawing.lines[0]!.count).toBe(6);
  });

  it("carries the sign of a censored value to its place", () => {
    const drawing = drawingOf(
      series([
        ["", 1, 0.5, "<"],
        ["", 0, 2],
      ]),
      [""],
    );
    expect(drawing.lines[0]!.censoring).toEqual(["", "<"]);
  });

  it("draws nothing of a depth that has no values", () => {
    expect(drawingOf(series([["surface", 0, 1]]), ["surface", "bottom"]).lines).toHaveLength(1);
  });
});

describe("longestPause", () => {
  it("knows no gap before there is a rhythm", () => {
    expect(longestPause([0, 100])).toBe(Infinity);
  });

  it("is three usual intervals, more where sampling is uneven", () => {
    expect(longestPause([0, 1, 2, 3, 4])).toBe(3);
    expect(longestPause([0, 1, 2, 3, 13, 23, 24, 25])).toBe(20);
  });
});

describe("valueSpan", () => {
  it("starts at zero where zero is near, and leaves air above", () => {
    const [low, high] = valueSpan(0.1, 1, [], false);
    expect(low).toBe(0);
    expect(high).toBeGreaterThan(1);
  });

  it("does not start pH at zero", () => {
    expect(valueSpan(7.2, 8.4, [], false)[0]).toBeGreaterThan(6);
  });

  it("takes in a limit that is close, not one that would flatten the data", () => {
    expect(valueSpan(0.1, 0.2, [0.25], false)[1]).toBeGreaterThan(0.25);
    expect(valueSpan(0.1, 0.2, [10], false)[1]).toBeLessThan(0.3);
  });

  it("spans whole powers of ten on a logarithmic axis", () => {
    expect(valueSpan(2, 8000, [610], true)).toEqual([1, 10000]);
  });
});

describe("spansDecades", () => {
  it("asks for a logarithmic axis for bacteria, not for oxygen", () => {
    expect(spansDecades([1, 2, 3, 5, 10, 20, 40, 9000, 30000])).toBe(true);
    expect(spansDecades([5, 5.5, 6, 6.2, 6.4, 7, 7.2, 8])).toBe(false);
    expect(spansDecades([0, 1, 10, 100, 1000, 10000, 1e5, 1e6])).toBe(false);
  });
});
