import { describe, expect, it } from "vitest";
import { CLASSES, INDEX, MATRIX, OBJECTIVES } from "./fixtures";
import { counted, countedAll, mainReason, summarise } from "./summary";

const attained = { ...MATRIX, standard: "hk.wqo", grades: ["attained", "not_attained"] };
const twoGrades = (rows: number[][]) => ({ ...attained, grade: rows });

describe("the sentence about a map", () => {
  it("names the worst grade that any station bears, how many bear it, of how many, and the commonest reason", () => {
    expect(summarise(MATRIX, CLASSES, "2019")).toEqual({
      kind: "worst",
      grade: "4+",
      count: 3,
      total: 4,
      reason: "DIN",
    });
  });

  it("gives no reason where a single property judges: it is the reason itself", () => {
    expect(summarise({ ...MATRIX, property: "DIN" }, CLASSES, "2019")).toMatchObject({ kind: "worst", reason: null });
  });

  it("says so where all are best, and counts only stations that were judged", () => {
    expect(summarise(MATRIX, CLASSES, "2020")).toEqual({ kind: "allBest", grade: "1", total: 1 });
  });

  it("speaks of objectives attained or missed, and of the highest index", () => {
    expect(
      summarise(
        twoGrades([
          [0, 0, 0],
          [0, 0, 0],
        ]),
        OBJECTIVES,
        "2018",
      ),
    ).toEqual({ kind: "attained", total: 2 });
    expect(
      summarise(
        twoGrades([
          [1, 0, 0],
          [0, 0, 0],
        ]),
        OBJECTIVES,
        "2018",
      ),
    ).toEqual({
      kind: "missed",
      count: 1,
      total: 2,
      reason: "DIN",
    });
    expect(summarise(MATRIX, INDEX, "2018")).toEqual({ kind: "index", grade: "4+", count: 2, total: 4 });
  });

  it("claims nothing of a period without verdicts, or before anything has come", () => {
    expect(summarise(MATRIX, CLASSES, "1900")).toEqual({ kind: "none" });
    expect(summarise(null, CLASSES, "2019")).toEqual({ kind: "none" });
  });
});

describe("the legend", () => {
  it("counts every station once: by grade, or as silent", () => {
    expect(counted(MATRIX, "2020")).toEqual({ byGrade: [1, 0, 0, 0, 0], judged: 1, silent: 3 });
    expect(counted(MATRIX, "2018")).toEqual({ byGrade: [2, 0, 0, 0, 2], judged: 4, silent: 0 });
  });

  it("counts all periods as it counts one", () => {
    expect(countedAll(MATRIX)).toEqual(MATRIX.periods.map((period) => counted(MATRIX, period).byGrade));
  });
});

describe("the main reason", () => {
  it("is the property that decided most often among the stations of that grade", () => {
    expect(mainReason(MATRIX, "2019", 4)).toEqual({ property: "DIN", count: 2 });
    expect(mainReason(MATRIX, "2019", 2)).toBeNull();
  });
});
