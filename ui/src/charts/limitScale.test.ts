import { describe, expect, it } from "vitest";
import { scaleOf, segmentsOf, type ScaleLimit } from "./limitScale";

const most = (grade: string, high: number): ScaleLimit => ({ grade, label: grade, colour: "#000", op: "le", low: null, high });
const least = (grade: string, low: number): ScaleLimit => ({ grade, label: grade, colour: "#000", op: "ge", low, high: null });

describe("scaleOf", () => {
  it("begins at zero and leaves room beyond the last limit", () => {
    const scale = scaleOf([most("1", 0.2), most("4", 0.5)])!;
    expect(scale.log).toBe(false);
    expect(scale.min).toBe(0);
    expect(scale.at(0.5)).toBeGreaterThan(0.8);
    expect(scale.at(0.5)).toBeLessThan(1);
    expect(scale.ticks).toContain(0.1);
  });

  it("turns logarithmic where the limits span more than a factor of 30", () => {
    const scale = scaleOf([most("I", 200), most("V", 40_000)])!;
    expect(scale.log).toBe(true);
    expect(scale.at(200)).toBeGreaterThan(0);
    expect(scale.ticks).toEqual([100, 1000, 10_000]);
  });

  it("draws nothing of nothing", () => expect(scaleOf([])).toBeNull());
});

describe("segmentsOf", () => {
  it("gives each class the stretch from the limit before to its own", () => {
    const limits = [most("1", 2), most("2", 4)];
    const scale = scaleOf(limits)!;
    const [first, second] = segmentsOf(limits, scale);
    expect(first).toMatchObject({ grade: "1", from: 0, to: scale.at(2) });
    expect(second).toMatchObject({ grade: "2", from: scale.at(2), to: scale.at(4) });
  });

  it("runs the other way where more is better", () => {
    const limits = [least("1", 6), least("2", 5)];
    const scale = scaleOf(limits)!;
    const [first, second] = segmentsOf(limits, scale);
    expect(first).toMatchObject({ grade: "1", from: scale.at(6), to: 1 });
    expect(second).toMatchObject({ grade: "2", from: scale.at(5), to: scale.at(6) });
  });

  it("shows the better of two classes with one limit", () => {
    const limits = [most("2", 0.03), most("3", 0.03)];
    expect(segmentsOf(limits, scaleOf(limits)!).map((it) => it.grade)).toEqual(["2"]);
  });

  it("lays ranges around each other, the best innermost", () => {
    const range = (grade: string, low: number, high: number): ScaleLimit => ({ grade, label: grade, colour: "", op: "range", low, high });
    const limits = [range("1", 7.8, 8.5), range("2", 7.8, 8.5), range("3", 6.8, 8.8)];
    expect(segmentsOf(limits, scaleOf(limits)!).map((it) => it.grade)).toEqual(["1", "3", "3"]);
  });
});
