import { describe, expect, it } from "vitest";
import { ageIn, dateIn, parsePeriod, periodIn, periodSpan, plainTime, timeIn, zoneName } from "./times";

describe("times", () => {
  it("shows a time in the station's own zone, and names the zone", () => {
    expect(timeIn("en", "2019-07-15T00:30:00Z", 480)).toBe("15 Jul 2019 08:30 (UTC+8)");
    expect(timeIn("zh-Hans", "2019-07-15T00:30:00Z", 480)).toBe("2019年7月15日 08:30 (UTC+8)");
    expect(timeIn("pt", "2019-07-15T00:30:00Z", 480)).toBe("15 jul. 2019 08:30 (UTC+8)");
    expect(zoneName(330)).toBe("UTC+5:30");
    expect(zoneName(-180)).toBe("UTC−3");
  });

  it("shows local midnight as the date that it was given as", () => {
    expect(timeIn("en", "1986-02-13T16:00:00Z", 480)).toBe("14 Feb 1986");
    expect(plainTime("1986-02-13T16:00:00Z", 480)).toBe("1986-02-14");
    expect(plainTime("1986-02-13T17:05:00Z", 480)).toBe("1986-02-14 01:05");
    expect(dateIn("zh-Hant", "nonsense")).toBe("–");
  });

  it("names periods as people say them", () => {
    expect(periodIn("en", "2019")).toBe("2019");
    expect(periodIn("zh-Hans", "2019")).toBe("2019年");
    expect(periodIn("en", "2019-07")).toBe("Jul 2019");
    expect(periodIn("pt", "2019-07")).toBe("jul. 2019");
    expect(periodIn("zh-Hant", "2019-07")).toBe("2019年7月");
    expect(periodIn("en", "2019-Q3")).toBe("Q3 2019");
    expect(periodIn("zh-Hans", "2019-Q3")).toBe("2019年第三季度");
    expect(periodIn("zh-Hant", "2019-Q3")).toBe("2019年第三季");
    expect(periodIn("pt", "2019-Q3")).toBe("3.º trim. 2019");
    expect(periodIn("en", "2019-07-03T14")).toBe("3 Jul 2019 14:00");
  });

  it("gives back what is no period, unchanged", () => {
    expect(periodIn("en", "all")).toBe("all");
    expect(parsePeriod("2019-Q5")).toBeNull();
  });

  it("spans a period from its first local instant to the first of the next", () => {
    const [from, to] = periodSpan("2019-Q4", 480)!;
    expect(new Date(from * 1000).toISOString()).toBe("2019-09-30T16:00:00.000Z");
    expect(new Date(to * 1000).toISOString()).toBe("2019-12-31T16:00:00.000Z");
  });

  it("says how old data are in the largest unit that tells it", () => {
    const now = Date.parse("2026-01-01T00:00:00Z");
    expect(ageIn("en", "2022-12-15T16:00:00Z", now)).toBe("3 years ago");
    expect(ageIn("en", "2025-12-31T20:00:00Z", now)).toBe("4 hours ago");
    expect(ageIn("pt", "2025-12-20T00:00:00Z", now)).toBe("há 12 dias");
  });
});
