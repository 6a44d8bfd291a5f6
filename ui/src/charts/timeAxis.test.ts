import { describe, expect, it } from "vitest";
import { timeLabels, timeMarks, timeStep } from "./timeAxis";

const seconds = (text: string) => Date.parse(text) / 1000;
const iso = (time: number) => new Date(time * 1000).toISOString();

describe("timeAxis", () => {
  it("marks round years for a long record", () => {
    const [from, to] = [seconds("1986-02-13T16:00:00Z"), seconds("2022-12-07T16:00:00Z")];
    const step = timeStep(from, to, 8);
    expect(step).toEqual({ unit: "year", count: 5 });
    expect(timeLabels("en", timeMarks(from, to, step, 480), step, 480)).toEqual([
      "1990",
      "1995",
      "2000",
      "2005",
      "2010",
      "2015",
      "2020",
    ]);
  });

  it("marks years at local midnight of the new year", () => {
    const marks = timeMarks(
      seconds("2017-06-01T00:00:00Z"),
      seconds("2019-06-01T00:00:00Z"),
      { unit: "year", count: 1 },
      480,
    );
    expect(marks.map(iso)).toEqual(["2017-12-31T16:00:00.000Z", "2018-12-31T16:00:00.000Z"]);
  });

  it("names months and says the year where it begins", () => {
    const [from, to] = [seconds("2018-08-01T00:00:00Z"), seconds("2019-04-30T00:00:00Z")];
    const step = { unit: "month", count: 3 } as const;
    expect(timeLabels("en", timeMarks(from, to, step, 0), step, 0)).toEqual(["Oct\n2018", "Jan\n2019", "Apr"]);
    expect(timeLabels("zh-Hans", timeMarks(from, to, step, 0), step, 0)).toEqual(["10月\n2018", "1月\n2019", "4月"]);
  });

  it("goes down to hours for a record of a day", () => {
    const [from, to] = [seconds("2021-04-01T04:00:00Z"), seconds("2021-04-02T04:00:00Z")];
    const step = timeStep(from, to, 5);
    expect(step).toEqual({ unit: "hour", count: 6 });
    expect(timeLabels("en", timeMarks(from, to, step, 480), step, 480)[0]).toBe("12:00\n4-01");
  });

  it("never marks outside the span", () => {
    for (const unit of ["year", "month", "day", "hour"] as const) {
      const [from, to] = [seconds("2019-01-20T05:00:00Z"), seconds("2019-03-02T05:00:00Z")];
      for (const mark of timeMarks(from, to, { unit, count: 1 }, 480)) {
        expect(mark).toBeGreaterThanOrEqual(from);
        expect(mark).toBeLessThanOrEqual(to);
      }
    }
  });
});
