import { describe, expect, it } from "vitest";
import type { Course, Portrait, PortraitChange } from "@/api/types";
import { speakerFor } from "@/i18n/speaker.fixture";
import { attainmentRule, classRule, properties } from "./examples.fixture";
import {
  changeWords,
  completenessText,
  countsSamples,
  courseWay,
  courseWords,
  headline,
  kindsFor,
  labelFor,
  spanOf,
  spanText,
} from "./portrait";

const en = speakerFor("en");

const portrait = (patch: Partial<Portrait> = {}): Portrait => ({
  kind: "zone",
  id: "x.bay",
  name: { en: "Bay" },
  period: "2017",
  from: "2017-01-01",
  to: "2017-12-31",
  stations: 5,
  judged: 5,
  grade: null,
  counts: [1, 1, 0, 0, 3],
  shares: [20, 20, 0, 0, 60],
  mean_grade: 2.6,
  attained: { target: "2", stations: 2, judged: 5, share: 40 },
  rank: null,
  year_earlier: null,
  previous: null,
  completeness: { samples: 60, expected: 60, share: 1, spans: 3 },
  standard: "sea",
  granularity: "year",
  depth: "mean",
  target: "2",
  grades: ["1", "2", "3", "4", "4+"],
  rating: null,
  courses: [],
  pollutants: [],
  worst: [],
  places: [],
  history: { periods: [], counts: [] },
  ...patch,
});

const change = (patch: Partial<PortraitChange> = {}): PortraitChange => ({
  period: "2016",
  common: 5,
  better: 2,
  worse: 1,
  same: 2,
  grade: null,
  steps: null,
  good: 20,
  bad: 0,
  worded: null,
  items_differ: [],
  ...patch,
});

const course = (patch: Partial<Course> = {}): Course => ({
  of: "DIN",
  unit: "mg/L",
  periods: ["2014", "2015", "2016", "2017"],
  values: [4, 3, 2, 1],
  n: 4,
  rho: -1,
  critical: 0.9,
  direction: "falling",
  confidence: "unverified",
  ...patch,
});

describe("spans", () => {
  it("keeps a long span only where the rule set can be put over it", () => {
    expect(spanOf(classRule, "month", "12months")).toBe("12months");
    expect(spanOf(attainmentRule, "month", "12months")).toBe("year");
    expect(spanOf(classRule, "season", "")).toBe("season");
  });

  it("waits for a period written as the span wants it", () => {
    expect(labelFor("12months", "2017")).toBe("");
    expect(labelFor("12months", "2017-07")).toBe("2017-07");
    expect(labelFor("3years", "2017")).toBe("2017");
  });

  it("says what a label stands for", () => {
    expect(spanText("12months", "2017-07", en)).toBe("12 months to Jul 2017");
    expect(spanText("3years", "2017", en)).toBe("2015–2017");
  });
});

describe("kindsFor", () => {
  it("offers rivers and basins for inland water only", () => {
    expect(kindsFor(classRule)).not.toContain("river");
    expect(kindsFor({ ...classRule, media: ["river", "lake"] })).toContain("basin");
  });
});

describe("headline", () => {
  it("counts the stations that reach the target, and the worst", () => {
    expect(headline(portrait(), classRule, properties, en)).toBe(
      "2 of 5 stations reached class 2 or better in 2017; 3 were worse than class 4",
    );
  });

  it("names what decides the class of one station", () => {
    const one = portrait({
      kind: "section",
      grade: "4+",
      places: [
        { station: "x", grade: "4+", determinants: ["DIN"], multiples: {}, samples: 12, previous: null, year_earlier: null },
      ],
    });
    expect(headline(one, classRule, properties, en)).toBe(
      "Worse than class 4 in 2017, decided by total inorganic nitrogen",
    );
  });

  it("says so where nothing was judged", () => {
    expect(headline(portrait({ judged: 0 }), classRule, properties, en)).toBe("No station was judged in 2017");
  });
});

describe("changeWords", () => {
  it("gives the change of the share in points, whichever way", () => {
    expect(changeWords(change(), "zone", classRule, "year", en)).toMatchObject({ way: "better", size: "+20 points" });
    expect(changeWords(change({ good: -6.4 }), "zone", classRule, "year", en)).toMatchObject({
      way: "worse",
      size: "−6.4 points",
    });
  });

  it("counts stations where the share stands still and they do not", () => {
    expect(changeWords(change({ good: 0 }), "zone", classRule, "year", en)).toMatchObject({
      way: "better",
      size: "2 stations better",
    });
    expect(changeWords(change({ good: 0, better: 0, worse: 0 }), "zone", classRule, "year", en)).toMatchObject({
      way: "same",
      size: "Share unchanged",
    });
  });

  it("gives the classes that a station moved", () => {
    const moved = change({ grade: "2", steps: 2, good: null, bad: null });
    expect(changeWords(moved, "section", classRule, "year", en)).toMatchObject({
      way: "worse",
      size: "2 classes worse",
      stations: "",
    });
  });
});

describe("trends", () => {
  const items = [
    { property: "DIN", op: "le" },
    { property: "DO", op: "ge" },
  ] as never;

  it("are better or worse by the law's own direction", () => {
    expect(courseWay(course(), { items })).toBe("better");
    expect(courseWay(course({ of: "DO" }), { items })).toBe("worse");
    expect(courseWay(course({ of: "attained_share" }), { items })).toBe("worse");
    expect(courseWay(course({ direction: "none" }), { items })).toBe("");
  });

  it("come with their test, and with none where nothing moves", () => {
    expect(courseWords(course(), "better", en)).toEqual({
      words: "Falling: better",
      test: "ρ = −1.00, critical 0.900, 4 spans",
    });
    const still = course({ values: [5, 5, 5, 5], rho: null, direction: "none" });
    expect(courseWords(still, "", en)).toEqual({ words: "Constant", test: "4 spans" });
  });
});

describe("completenessText", () => {
  it("says what is usual, or that nothing can be called so", () => {
    expect(completenessText({ samples: 54, expected: 60, share: 0.9, spans: 3 }, en)).toEqual({
      share: "90%",
      words: "54 samples; usual is 60",
    });
    expect(completenessText({ samples: 5, expected: null, share: null, spans: 0 }, en).share).toBe("–");
  });
});

describe("countsSamples", () => {
  it("is true where every objective of the property asks for a share of samples", () => {
    const objectives = [{ property: "DO", statistic: "share_of_samples" }] as never;
    expect(countsSamples({ objectives }, "DO")).toBe(true);
    expect(countsSamples({ objectives }, "DIN")).toBe(false);
  });
});
