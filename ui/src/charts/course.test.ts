import { describe, expect, it } from "vitest";
import { courseOf } from "./course";

describe("courseOf", () => {
  it("has a point for every value and lifts the pen at a gap", () => {
    const drawn = courseOf([1, 2, null, 3], 100, 20);
    expect(drawn.points).toHaveLength(3);
    expect(drawn.path.match(/M/g)).toHaveLength(2);
    expect(drawn.end).toEqual([95, 5]);
  });

  it("draws nothing of nothing", () => {
    expect(courseOf([null, null], 100, 20)).toEqual({ path: "", points: [], end: null });
  });
});
