import { describe, expect, it } from "vitest";
import { decadesOf, partsOf, type PeriodVerdict } from "./calendar";

const at = (period: string): PeriodVerdict => ({
  period,
  grade: "3",
  determinants: [],
  samples: 12,
  unverified: false,
});

describe("decadesOf", () => {
  it("lays years out by decade, empty years left empty", () => {
    const { heads, rows } = decadesOf([at("1988"), at("1990"), at("2003")]);
    expect(heads).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect(rows.map((row) => row.label)).toEqual(["1980", "1990", "2000"]);
    expect(rows[0]!.cells[8]?.period).toBe("1988");
    expect(rows[1]!.cells[1]).toBeNull();
  });

  it("has no rows without verdicts", () => {
    expect(decadesOf([]).rows).toEqual([]);
  });
});

describe("partsOf", () => {
  it("takes the months of the year shown, and no other's", () => {
    const { heads, rows } = partsOf([at("2019-02"), at("2018-03")], 2019);
    expect(heads).toHaveLength(12);
    expect(rows[0]!.cells.map((cell) => cell?.period ?? "")).toEqual(["", "2019-02", ...Array(10).fill("")]);
  });

  it("knows quarters from months", () => {
    expect(partsOf([at("2019-Q3")], 2019).heads).toEqual(["Q1", "Q2", "Q3", "Q4"]);
  });
});
