import { describe, expect, it } from "vitest";
import type { AssessmentRow, Datastream } from "@/api/types";
import { speakerFor } from "@/i18n/speaker.fixture";
import { attainmentRule, classRule, explanation, indexRule, properties, station } from "./examples.fixture";
import {
  firstProperty,
  granularityFor,
  latestView,
  otherRules,
  periodFor,
  periodVerdicts,
  positionText,
  propertyGroups,
  recordSpan,
  ruleVerdicts,
  stationTitle,
} from "./station";

const en = speakerFor("en");
const row = (patch: Partial<AssessmentRow>): AssessmentRow => ({
  station: "x.sea.A1",
  period: "2019",
  grade: "3",
  determinants: ["DIN"],
  items_judged: 5,
  samples: 12,
  ...patch,
});
const stream = (
  property: string,
  depth: Datastream["depth"],
  time: string,
  value: number,
  flag: 1 | 3 = 1,
): Datastream => ({
  property,
  depth,
  unit: "mg/L",
  count: 10,
  first: "1986-01-01T00:00:00Z",
  last: time,
  latest: { time, value, censoring: "", flag },
});

describe("stationTitle", () => {
  it("puts the code before the name, once", () => {
    expect(stationTitle(station(), en)).toBe("A1 Inner Bay");
    expect(stationTitle(station(), speakerFor("zh-Hans"))).toBe("A1 內灣");
    expect(stationTitle(station({ code: "Central", name: { en: "Central" } }), en)).toBe("Central");
  });
});

describe("facts", () => {
  it("says positions with their hemisphere and the years of the record", () => {
    expect(positionText(114.010733, 22.49615, en)).toBe("22.4962° N, 114.0107° E");
    expect(positionText(-43.2, -22.9, speakerFor("pt"))).toBe("22,9000° S, 43,2000° W");
    expect(recordSpan(station(), en)).toBe("1986 to 2022");
    expect(
      recordSpan(station({ first: "2021-04-01T04:00:00Z", last: "2021-04-02T04:00:00Z" }), speakerFor("zh-Hans")),
    ).toBe("2021年");
    expect(recordSpan(station({ first: null }), en)).toBe("–");
  });
});

describe("periodFor", () => {
  it("finds the coarser period that holds the one shown", () => {
    expect(periodFor("2019-07", "year")).toBe("2019");
    expect(periodFor("2019-07", "season")).toBe("2019-Q3");
    expect(periodFor("2019-07-03T14", "day")).toBe("2019-07-03");
    expect(periodFor("2019", "month")).toBe("2019");
  });

  it("asks a rule set only for what it answers", () => {
    expect(granularityFor(attainmentRule, "month")).toBe("year");
    expect(granularityFor(classRule, "month")).toBe("month");
  });
});

describe("ruleVerdicts", () => {
  const rules = [classRule, attainmentRule, indexRule];
  const page = { rule: "sea", t: "2019", g: "year" as const };

  it("sets every rule set for this medium side by side, those that cannot judge last, with the reason", () => {
    const verdicts = ruleVerdicts(station(), rules, new Map([["sea", [row({})]]]), page, properties, en);
    expect(verdicts.map((it) => [it.rule.id, it.grade, it.text])).toEqual([
      ["sea", "3", "Class 3: total inorganic nitrogen"],
      ["wqo", null, "Not judged: WQO goes by zone, and this station has none"],
    ]);
    expect(verdicts[0]!.chosen).toBe(true);
    expect(verdicts[0]!.missing).toEqual(["pH"]);
    expect(otherRules(station(), rules, en)).toEqual(["AQHI"]);
  });

  it("judges the year of the month shown where a rule set knows only years", () => {
    const here = station({ rule_sets: [{ id: "wqo", applicable: true, missing: [], why: "complete" }] });
    const rows = new Map([["wqo", [row({ grade: "attained", determinants: [] })]]]);
    const [verdict] = ruleVerdicts(here, rules, rows, { rule: "wqo", t: "2019-07", g: "month" }, properties, en);
    expect([verdict!.period, verdict!.text]).toEqual(["2019", "Attained"]);
  });

  it("says that there are no samples, not that all is well", () => {
    const [verdict] = ruleVerdicts(station(), rules, new Map([["sea", []]]), page, properties, en);
    expect(verdict!.text).toBe("Not judged in 2019: no samples in this period");
  });
});

describe("periodVerdicts", () => {
  it("hatches a period whose deciding items are all unverified, but not the best grade", () => {
    const shaky = (code: string) => code === "DIN";
    const [bad, mixed, best] = periodVerdicts(
      [row({}), row({ determinants: ["DIN", "DO"] }), row({ grade: "1" })],
      shaky,
      "1",
    );
    expect([bad!.unverified, mixed!.unverified, best!.unverified]).toEqual([true, false, false]);
  });
});

describe("latestView", () => {
  const view = latestView(
    [
      stream("pH", "surface", "2022-12-07T16:00:00Z", 7.5),
      stream("DIN", "surface", "2022-12-07T16:00:00Z", 1.7),
      stream("DIN", "bottom", "2022-12-07T16:00:00Z", 1.65, 3),
      stream("DIN", "middle", "1988-01-01T00:00:00Z", 9),
    ],
    ["DIN"],
    properties,
    en,
  );

  it("lists what the rule set judges first, and only depths that are still measured", () => {
    expect(view.rows.map((it) => it.code)).toEqual(["DIN", "pH"]);
    expect(view.depths).toEqual(["surface", "bottom"]);
    expect(view.newest).toBe("2022-12-07T16:00:00Z");
  });

  it("writes the depths of one row with the same decimals, and marks doubtful values", () => {
    expect(view.rows[0]!.values.map((it) => it?.text)).toEqual(["1.70", "1.65"]);
    expect(view.rows[0]!.values.map((it) => it?.flagged)).toEqual([false, true]);
    expect(view.rows[1]!.values).toEqual([{ text: "7.5", flag: 1, flagged: false }, null]);
  });

  it("groups properties for the picker", () => {
    expect(propertyGroups(view, ["DIN"], en).map((it) => [it.label, it.options.map((each) => each.label)])).toEqual([
      ["Nutrients", ["Total inorganic nitrogen"]],
      ["Physical", ["pH"]],
    ]);
  });

  it("shows first the series that a person asked for, else what decided", () => {
    expect(firstProperty(view, explanation({}), classRule, "pH")).toBe("pH");
    expect(firstProperty(view, explanation({}), classRule, "")).toBe("DIN");
    expect(firstProperty(view, null, classRule, "Hg")).toBe("pH");
    expect(firstProperty({ depths: [], rows: [], newest: null }, null, undefined, "")).toBe("");
  });
});
