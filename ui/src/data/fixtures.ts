/** A small bay for tests: four stations, three years, two rule sets. */
import type { Matrix, RuleSet, Station, Text } from "@/api/types";

const text = (en: string): Text => ({ en, "zh-Hans": en, "zh-Hant": en, pt: en });
const grade = (id: string, name: string, colour: string) => ({
  id,
  name: text(name),
  short: id,
  colour,
  colour_dark: colour,
});

export const CLASSES: RuleSet = {
  id: "cn.sea",
  code: "GB",
  name: text("Sea water"),
  short: text("Sea"),
  kind: "class",
  media: ["sea"],
  jurisdiction: "100000",
  in_force_from: "1998-07-01",
  in_force_to: null,
  confidence: "two_sources",
  grades: [
    grade("1", "Class 1", "#8fd3f4"),
    grade("2", "Class 2", "#2a6fd0"),
    grade("3", "Class 3", "#37b574"),
    grade("4", "Class 4", "#f4c430"),
    grade("4+", "Worse than class 4", "#b5121f"),
  ],
  granularities: ["year", "month"],
  properties: ["DIN", "DO"],
  depths: ["mean"],
};

export const OBJECTIVES: RuleSet = {
  ...CLASSES,
  id: "hk.wqo",
  kind: "attainment",
  grades: [grade("attained", "Attained", "#2a7fb8"), grade("not_attained", "Not attained", "#d1542c")],
};

export const INDEX: RuleSet = { ...CLASSES, id: "hk.aqhi", kind: "index", media: ["air"] };

export const station = (id: string, longitude: number | null = 114, medium: Station["medium"] = "sea"): Station => ({
  id,
  code: id.toUpperCase(),
  name: text(id),
  medium,
  programme: "test",
  jurisdiction: "810000",
  zone: "",
  water: null,
  longitude,
  latitude: longitude === null ? null : 22,
  water_type: "",
  first: null,
  last: null,
  observations: 0,
});

/** Years 2018, 2019, 2020; the last was hardly sampled. */
export const MATRIX: Matrix = {
  standard: "cn.sea",
  granularity: "year",
  depth: "mean",
  property: null,
  periods: ["2018", "2019", "2020"],
  stations: ["a", "b", "c", "d"],
  grades: ["1", "2", "3", "4", "4+"],
  properties: ["DIN", "DO"],
  grade: [
    [4, 4, -1],
    [4, 4, -1],
    [0, 4, 0],
    [0, 0, -1],
  ],
  worst: [
    [0, 0, -1],
    [0, 0, -1],
    [1, 1, 1],
    [1, 1, -1],
  ],
  samples: [
    [12, 12, 0],
    [12, 12, 0],
    [12, 12, 3],
    [12, 12, 0],
  ],
};
