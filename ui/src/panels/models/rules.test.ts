import { describe, expect, it } from "vitest";
import type { Comparison, LawLine } from "@/api/types";
import { csvOf } from "@/charts/table";
import { speakerFor } from "@/i18n/speaker.fixture";
import { properties } from "./examples.fixture";
import { columnsOf, conditionText, emptyPlaces, flatTable, gapsOf, lineText, placeOf, unitText } from "./rules";

const en = speakerFor("en");

const line = (patch: Partial<LawLine> = {}): LawLine => ({
  rule_set: "cn.sea",
  code: "SEA 1",
  jurisdiction: "100000",
  property: "DIN",
  grade: "1",
  grade_name: { en: "Class 1" },
  colour: "#8fd3f4",
  op: "le",
  low: null,
  high: 0.2,
  unit: "mg/L",
  comparable: true,
  confidence: "two_sources",
  sources: ["A"],
  clause: "table 1",
  averaging: "",
  zones: [],
  water_type: "",
  allowed: null,
  condition: "",
  condition_confidence: "",
  remark: "",
  informative: false,
  method: null,
  depth: null,
  statistic: { en: "Mean" },
  note: null,
  use_confidence: "",
  ...patch,
});

const comparison = (lines: LawLine[]): Comparison => ({
  property: "DIN",
  on: "2019-07-03",
  use: null,
  unit: "mg/L",
  indicator: {
    id: "inorganic_nitrogen",
    name: { en: "Total inorganic nitrogen" },
    property: "DIN",
    unit: "mg/L",
    entries: [],
    difference: null,
    confidence: "two_sources",
    sources: [],
  },
  lines,
  absent: [
    { rule_set: "cn.index", code: "INDEX", jurisdiction: "100000", why: "index", text: { en: "Enters a number" }, remark: "" },
    { rule_set: "mo.sea", code: "mo.sea", jurisdiction: "820000", why: "not_sourced", text: { en: "Nothing read" }, remark: "" },
  ],
  rule_sets: [
    {
      id: "cn.sea",
      code: "SEA 1",
      name: { en: "Sea standard" },
      jurisdiction: "100000",
      media: ["sea"],
      in_force_from: "1998-07-01",
      in_force_to: null,
      sources: [
        { id: "A", ref: "a book", note: "" },
        { id: "B", ref: "another", note: "" },
      ],
    },
  ],
});
const zones = (id: string) => (id === "hk.a" ? "Bay A" : "");

describe("columnsOf", () => {
  it("gathers a law's limits by what they hold for, with only the sources that they name", () => {
    const [column] = columnsOf(
      comparison([line(), line({ grade: "2", high: 0.3 }), line({ water_type: "lake", high: 0.1 })]),
      zones,
      en,
    );
    expect(column!.variants.map((it) => [it.label, it.lines.length])).toEqual([
      ["", 2],
      ["Lakes and reservoirs", 1],
    ]);
    expect(column!.sources.map((it) => it.id)).toEqual(["A"]);
  });

  it("stands the mainland before Hong Kong, and what cannot be compared last within a place", () => {
    const found = columnsOf(
      comparison([
        line({ rule_set: "hk.wqo", jurisdiction: "810000", zones: ["hk.a"] }),
        line({ rule_set: "cn.fresh", property: "TN", comparable: false }),
        line(),
      ]),
      zones,
      en,
    );
    expect(found.map((it) => it.key)).toEqual(["cn.sea|DIN", "cn.fresh|TN", "hk.wqo|DIN"]);
    expect(found[2]!.variants[0]!.label).toBe("Bay A");
  });
});

describe("what is not there", () => {
  it("leaves no place out: a place without a column is named, with what was not sourced", () => {
    const whole = comparison([line()]);
    const gaps = gapsOf(whole);
    expect(gaps.without.map((it) => it.code)).toEqual(["INDEX"]);
    whole.absent.push({
      rule_set: "hk.wqo",
      code: "WQO",
      jurisdiction: "810000",
      why: "not_judged",
      text: { en: "Laid down" },
      remark: "",
    });
    const empty = emptyPlaces(columnsOf(whole, zones, en), gapsOf(whole));
    expect(empty.map((it) => [it.place, it.unknown.length, it.without.length])).toEqual([
      ["hk", 0, 1],
      ["mo", 1, 0],
    ]);
  });
});

describe("limits in words", () => {
  it("carry the sign of the law and its digits", () => {
    expect(lineText(line(), [line()], properties, en)).toBe("≤\u00a00.20");
    expect(lineText(line({ op: "ge", low: 6, high: null, property: "DO" }), [], properties, en)).toBe("≥\u00a06");
    expect(lineText(line({ op: "range", low: 6, high: 9, property: "pH" }), [], properties, en)).toBe("6 – 9");
  });

  it("say their conditions in the page's language", () => {
    expect(conditionText("built from 2006-01-01, warmer than °C 12.0", en)).toBe(
      "built from 1 Jan 2006, water warmer than 12 °C",
    );
    expect(conditionText("something else", en)).toBe("something else");
    expect(conditionText("at most °C 12", speakerFor("zh-Hans"))).toBe("水温不高于 12 °C");
  });

  it("print a unit as its property does, else legibly", () => {
    expect(unitText("mg/L", "DIN", properties)).toBe("mg/L");
    expect(unitText("ug/m3", "TSP", properties)).toBe("µg/m³");
  });
});

describe("flatTable", () => {
  it("has a row for every limit and for everything absent, with plain numbers", () => {
    const whole = comparison([line(), line({ grade: "2", high: 0.3 })]);
    const table = flatTable(whole, columnsOf(whole, zones, en), zones, properties, en);
    expect(table.rows).toHaveLength(4);
    expect(table.rows.every((row) => row.length === table.columns.length)).toBe(true);
    const csv = csvOf(table);
    expect(csv).toContain("Mainland,SEA 1,Total inorganic nitrogen,1,,0.2,mg/L,yes");
    expect(csv).toContain("Not sourced yet. Nothing read");
  });
});

describe("placeOf", () => {
  it("tells the three places apart", () => {
    expect([placeOf("440000"), placeOf("810000"), placeOf("820000")]).toEqual(["mainland", "hk", "mo"]);
  });
});
