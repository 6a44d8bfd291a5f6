/** Examples of the server's answers for the tests of the view models: shapes are real, stations and numbers are made up. */
import type { Explanation, ExplainItem, Property, RuleSet, Station, StationDetail, ZoneDetail } from "@/api/types";
import type { Properties } from "./verdict";

function property(code: string, en: string, zh: string, patch: Partial<Property> = {}): Property {
  const name = { en, "zh-Hans": zh, "zh-Hant": zh, pt: en };
  return { code, name, unit: "mg/L", unit_label: "mg/L", hj: "", cf: "", decimals: 2, group: "nutrients", ...patch };
}

const PROPERTIES = [
  property("DIN", "Total inorganic nitrogen", "无机氮"),
  property("DIP", "Orthophosphate phosphorus", "活性磷酸盐", { decimals: 3 }),
  property("DO", "Dissolved oxygen", "溶解氧", { group: "oxygen" }),
  property("pH", "pH", "pH值", { unit: "[pH]", unit_label: "pH", group: "physical" }),
  property("E_coli", "Escherichia coli", "大肠杆菌", { unit_label: "cfu/100 mL", decimals: 0, group: "bacteria" }),
  property("NO2", "Nitrogen dioxide", "二氧化氮", { unit_label: "µg/m³", decimals: 0, group: "air" }),
  property("AQHI", "Air Quality Health Index", "空气质量健康指数", {
    unit: "1",
    unit_label: "AQHI",
    decimals: 0,
    group: "air",
  }),
];
export const properties: Properties = (code) => PROPERTIES.find((it) => it.code === code);

function grades(...names: [id: string, en: string, zh: string][]): RuleSet["grades"] {
  return names.map(([id, en, zh]) => ({
    id,
    name: { en, "zh-Hans": zh, "zh-Hant": zh, pt: en.replace("Class", "Classe") },
    short: id,
    colour: "#2a6fd0",
    colour_dark: "#3d7fe0",
  }));
}

const RULE: RuleSet = {
  id: "sea",
  code: "SEA 1",
  name: { en: "Sea standard" },
  short: "SEA 1",
  kind: "class",
  media: ["sea"],
  jurisdiction: "100000",
  in_force_from: "1998-07-01",
  in_force_to: null,
  confidence: "two_sources",
  grades: grades(
    ["1", "Class 1", "第一类"],
    ["2", "Class 2", "第二类"],
    ["3", "Class 3", "第三类"],
    ["4", "Class 4", "第四类"],
    ["4+", "Worse than class 4", "劣四类"],
  ),
  granularities: ["year", "season", "month"],
  properties: ["pH", "DO", "DIN", "DIP"],
  depths: ["mean", "surface"],
};
export const classRule = RULE;
export const attainmentRule: RuleSet = {
  ...RULE,
  id: "wqo",
  code: "WQO",
  short: { en: "WQO" },
  kind: "attainment",
  grades: grades(["attained", "Attained", "达标"], ["not_attained", "Not attained", "未达标"]),
  granularities: ["year"],
  properties: ["DO", "DIN", "E_coli"],
  depths: ["mean"],
};
export const indexRule: RuleSet = {
  ...RULE,
  id: "aqhi",
  code: "AQHI",
  short: "AQHI",
  kind: "index",
  media: ["air"],
  grades: grades(["1", "1 (low)", "1（低）"], ["7", "7 (high)", "7（高）"]),
  granularities: ["year", "month", "day", "hour"],
  properties: ["NO2"],
  depths: ["mean"],
};

export function item(patch: Partial<ExplainItem>): ExplainItem {
  return {
    property: "DIN",
    op: "le",
    unit: "mg/L",
    statistic: "mean",
    statistic_text: { en: "arithmetic mean" },
    value: 0.3551,
    rounded: 0.36,
    n: 12,
    censored: 0,
    grade: "3",
    limit: 0.3,
    limits: { "1": 0.2, "2": 0.3, "3": 0.4, "4": 0.5 },
    multiple: null,
    confidence: "two_sources",
    clause: "",
    sources: ["B1"],
    samples: [],
    attained: null,
    ...patch,
  };
}

export const oxygen = item({
  property: "DO",
  op: "gt",
  value: 6.4,
  rounded: 6.4,
  grade: "1",
  limit: 6,
  limits: { "1": 6, "2": 5, "3": 4, "4": 3 },
});

export function explanation(patch: Partial<Explanation>): Explanation {
  return {
    station: "x.sea.A1",
    standard: "sea",
    period: "2019",
    grade: "3",
    determinants: ["DIN"],
    items: [oxygen, item({})],
    missing: [],
    notes: [],
    sources: [{ id: "B1", ref: "a book", note: "" }],
    ...patch,
  };
}

export function station(patch: Partial<StationDetail> = {}): StationDetail {
  return {
    id: "x.sea.A1",
    code: "A1",
    name: { en: "Inner Bay", "zh-Hant": "內灣" },
    medium: "sea",
    programme: "x.sea",
    jurisdiction: "810000",
    zone: "x.zone",
    water: { en: "The Bay" },
    longitude: 114.010733,
    latitude: 22.49615,
    water_type: "",
    utc_offset: 480,
    first: "1986-02-13T16:00:00Z",
    last: "2022-12-07T16:00:00Z",
    observations: 6534,
    datastreams: [],
    rule_sets: [
      { id: "aqhi", applicable: false, missing: [], why: "other_medium" },
      { id: "wqo", applicable: false, missing: ["E_coli"], why: "no_zone" },
      { id: "sea", applicable: true, missing: ["pH"], why: "partial" },
    ],
    source: { id: "x", title: "X", licence: "open", attribution: "X" },
    ...patch,
  };
}

export function listed(patch: Partial<Station>): Station {
  const { datastreams: _streams, rule_sets: _rules, source: _source, ...rest } = station();
  return { ...rest, ...patch };
}

export function zone(patch: Partial<ZoneDetail> = {}): ZoneDetail {
  return {
    id: "x.zone",
    name: { en: "Inner zone" },
    kind: "water_control_zone",
    jurisdiction: "810000",
    stations: ["x.sea.A1", "x.sea.A2", "x.river.R1"],
    bbox: null,
    periods: ["2018", "2019"],
    grades: ["1", "2", "3", "4", "4+"],
    counts: [
      [0, 0, 0, 0, 0],
      [0, 1, 3, 0, 0],
    ],
    samples: [0, 48],
    worst_station: [null, "x.sea.A1"],
    ...patch,
  };
}
