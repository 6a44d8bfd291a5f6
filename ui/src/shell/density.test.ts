import { describe, expect, it } from "vitest";
import { bars, indexAt, ticks } from "./density";

describe("the bars behind the slider", () => {
  it("are as tall as the root of what was observed, and coloured by shares that sum to one", () => {
    const drawn = bars(
      ["2018", "2019"],
      new Map([
        ["2018", 100],
        ["2019", 25],
      ]),
      [
        [1, 3],
        [0, 0],
      ],
    );
    expect(drawn).toEqual([
      { height: 1, shares: [0.25, 0.75] },
      { height: 0.5, shares: [] },
    ]);
  });

  it("count verdicts where the server has not told the observations", () => {
    expect(bars(["2018", "2019"], new Map(), [[4], [1]]).map((bar) => bar.height)).toEqual([1, 0.5]);
  });
});

describe("the years below the slider", () => {
  const years = Array.from({ length: 37 }, (_, i) => String(1986 + i));
  it("never come closer than they can be read", () => {
    expect(ticks(years, 370, 44).map((it) => it.year)).toEqual([
      "1990",
      "1995",
      "2000",
      "2005",
      "2010",
      "2015",
      "2020",
    ]);
  });
  it("stand where their year begins", () => {
    expect(ticks(["2018-11", "2018-12", "2019-01"], 300, 44)).toEqual([
      { index: 0, year: "2018" },
      { index: 2, year: "2019" },
    ]);
  });
});

describe("a place on the slider", () => {
  it("is a period, held within the ends", () => {
    expect(indexAt(0, 100, 10)).toBe(0);
    expect(indexAt(55, 100, 10)).toBe(5);
    expect(indexAt(1000, 100, 10)).toBe(9);
    expect(indexAt(-5, 100, 10)).toBe(0);
    expect(indexAt(5, 100, 0)).toBe(-1);
  });
});
