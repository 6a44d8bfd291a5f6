/** The shapes that the server answers with, as the contract of `/api` states them. */

import { LANGUAGES, type Language, type Text } from "@/i18n/languages";

export { LANGUAGES, type Language, type Text };

export type Medium = "sea" | "river" | "lake" | "air" | "effluent";
export type Depth = "mean" | "surface" | "middle" | "bottom";
export type Granularity = "year" | "season" | "month" | "day" | "hour";
export type Censoring = "" | "<" | ">";

/** How well a number of the law is sourced, best first. */
export type Confidence = "primary" | "two_sources" | "one_source_official" | "one_source" | "unverified";

/** QARTOD primary flags: 1 pass, 2 not evaluated, 3 suspect, 4 fail, 9 missing. */
export type Flag = 1 | 2 | 3 | 4 | 9;

export interface Page<T> {
  items: T[];
  total: number;
  next: string | null;
}

export interface Health {
  status: string;
  version: string;
  data_version: number;
  observations: number;
  stations: number;
  time_from: string | null;
  time_to: string | null;
  generated: boolean;
}

/** One verdict a rule set can give, best first; colours are those of the law, for a light and a dark map. */
export interface Grade {
  id: string;
  name: Text;
  short: string;
  colour: string;
  colour_dark: string;
}

export type RuleKind = "class" | "attainment" | "index";

export interface RuleSet {
  id: string;
  code: string;
  name: Text;
  short: Text | string;
  kind: RuleKind;
  media: Medium[];
  jurisdiction: string;
  in_force_from: string;
  in_force_to: string | null;
  confidence: Confidence;
  grades: Grade[];
  granularities: Granularity[];
  properties: string[];
  depths: Depth[];
}

export interface Property {
  code: string;
  name: Text;
  unit: string;
  unit_label: string;
  hj: string;
  cf: string;
  decimals: number;
  group: string;
}

export interface MediumSummary {
  id: Medium;
  name: Text;
  stations: number;
  located: number;
}

/** A source of observations, its licence and whom to thank. */
export interface DataSource {
  id: string;
  title: string | Text;
  licence: string;
  attribution: string | Text;
}

export interface Meta {
  version: string;
  data_version: number;
  languages: Language[];
  time: { from: string | null; to: string | null };
  rule_sets: RuleSet[];
  properties: Property[];
  depths: Depth[];
  media: MediumSummary[];
  granularities: Granularity[];
  sources?: DataSource[];
}

export interface LawSource {
  id: string;
  ref: string;
  note: string;
}

export interface LawItem {
  property: string;
  op: string;
  limits: Record<string, number | [number, number]>;
  unit: string;
  confidence: Confidence;
  sources: string[];
  clause: string;
  water_types?: string[];
  lake_limits?: Record<string, number> | null;
  note?: string;
  judged?: boolean;
}

export interface LawObjective {
  id: string;
  name: Text;
  property: string;
  op: string;
  statistic: string;
  depth: string;
  zones: Record<string, number>;
  unit: string;
  confidence: Confidence;
  sources: string[];
  clause: string;
  share?: number | null;
  note?: string;
}

export interface RuleSetDetail extends RuleSet {
  sources: LawSource[];
  items: LawItem[];
  objectives: LawObjective[];
  rounding: string;
  notes: Text[];
  parameters: Record<string, unknown>;
}

export interface Station {
  id: string;
  code: string;
  name: Text;
  medium: Medium;
  programme: string;
  jurisdiction: string;
  zone: string;
  water: Text | null;
  longitude: number | null;
  latitude: number | null;
  water_type: "" | "river" | "lake";
  /** Minutes east of UTC of the station's clock. */
  utc_offset?: number;
  first: string | null;
  last: string | null;
  observations: number;
}

/** What a value stands for in time: empty for a sample, or the mean of a period. */
export type Averaging = "" | "instant" | "minute" | "hour" | "day";

export interface Datastream {
  property: string;
  depth: "" | Depth;
  averaging?: Averaging;
  unit: string;
  count: number;
  first: string;
  last: string;
  latest: { time: string; value: number; censoring: Censoring; flag: Flag } | null;
}

export interface StationDetail extends Station {
  datastreams: Datastream[];
  rule_sets: { id: string; applicable: boolean; missing: string[]; why: string }[];
  source: DataSource;
}

export interface Observation {
  station: string;
  property: string;
  depth: "" | Depth;
  averaging?: Averaging;
  time: string;
  value: number;
  censoring: Censoring;
  flag: Flag;
  revision: number;
  result_time: string;
}

/** One station and property as columns; `time` in seconds since 1970 UTC. */
export interface Series {
  station: string;
  property: string;
  unit: string;
  depth: ("" | Depth)[];
  averaging?: Averaging[];
  time: number[];
  value: number[];
  censoring: Censoring[];
  flag: Flag[];
}

export interface AssessmentRow {
  station: string;
  period: string;
  grade: string | null;
  determinants: string[];
  items_judged: number;
  samples: number;
}

/** Every verdict of a rule set at once: rows are stations, columns periods; -1 says that there is none. */
export interface Matrix {
  standard: string;
  granularity: Granularity;
  depth: Depth;
  property: string | null;
  periods: string[];
  stations: string[];
  grades: string[];
  properties: string[];
  grade: number[][];
  worst: number[][];
  samples: number[][];
  statistic?: Text | string;
}

export interface ExplainItem {
  property: string;
  objective?: string | null;
  name?: Text | null;
  op: string;
  unit: string;
  statistic: string;
  statistic_text: Text;
  value: number | null;
  rounded: number | null;
  n: number;
  censored: number;
  grade: string | null;
  limit: number | [number, number] | null;
  limits: Record<string, number | [number, number]>;
  multiple: number | null;
  confidence: Confidence;
  clause: string;
  sources: string[];
  samples: { time: string; depth: "" | Depth; value: number; censoring: Censoring }[];
  attained?: boolean | null;
  /** In English, whatever the reader's language. */
  note?: string;
  /** How far beyond the limit that it fails, as a share of it; the matrix names the item with most. */
  beyond?: number | null;
  /** Of an index: what this pollutant adds to it, per cent. */
  contribution?: number | null;
}

export interface Explanation {
  station: string;
  standard: string;
  period: string;
  grade: string | null;
  determinants?: string[];
  items: ExplainItem[];
  missing: string[];
  notes: Text[];
  sources?: LawSource[];
}

export interface Zone {
  id: string;
  name: Text;
  kind: string;
  jurisdiction: string;
  stations: string[];
  bbox: [number, number, number, number] | null;
}

export interface ZoneDetail extends Zone {
  periods: string[];
  grades: string[];
  counts: number[][];
  samples: number[];
  objectives?: { id: string; name: Text; periods: string[]; attained_share: (number | null)[] }[];
  worst_station: (string | null)[];
}

export const PLACE_KINDS = ["zone", "city", "river", "basin", "section"] as const;
export type PlaceKind = (typeof PLACE_KINDS)[number];

/** The span of time of a portrait; the last two have the label of their last month or year. */
export type Span = "day" | "month" | "season" | "year" | "12months" | "3years";

/** A change against an earlier span, over the stations judged in both. */
export interface PortraitChange {
  period: string;
  common: number;
  better: number;
  worse: number;
  same: number;
  /** The earlier class of a section, and the classes it moved since (positive: worse). */
  grade: string | null;
  steps: number | null;
  /** Change of the share of target or better, and of the worst class, in points of per cent. */
  good: number | null;
  bad: number | null;
  worded: {
    extent: "none" | "some" | "marked";
    direction: "better" | "worse" | "same";
    confidence: Confidence;
  } | null;
  items_differ: string[];
}

/** A place in one span of time, among its siblings. */
export interface PortraitBrief {
  kind: PlaceKind;
  id: string;
  name: Text;
  period: string;
  from: string;
  to: string;
  stations: number;
  judged: number;
  grade: string | null;
  counts: number[];
  shares: number[];
  mean_grade: number | null;
  attained: { target: string; stations: number; judged: number; share: number } | null;
  rank: { rank: number; of: number; equal: number } | null;
  year_earlier: PortraitChange | null;
  previous: PortraitChange | null;
  completeness: { samples: number; expected: number | null; share: number | null; spans: number };
}

/** A series over comparable spans, and its trend by rank correlation. */
export interface Course {
  of: string;
  unit: string;
  periods: string[];
  values: (number | null)[];
  n: number;
  rho: number | null;
  critical: number | null;
  direction: "rising" | "falling" | "none" | "unknown";
  confidence: Confidence;
}

export interface Pollutant {
  property: string;
  stations: number;
  judged: number;
  share: number;
  worst: string;
  value: number | null;
  grade: string;
  multiple: number | null;
  main: boolean;
}

export interface PlacedStation {
  station: string;
  grade: string;
  determinants: string[];
  multiples: Record<string, number>;
  samples: number;
  previous: string | null;
  year_earlier: string | null;
}

export interface Portrait extends PortraitBrief {
  standard: string;
  granularity: Span;
  depth: string;
  target: string | null;
  grades: string[];
  rating: {
    method: string;
    code: string;
    grade: string | null;
    name: Text | null;
    colour: string | null;
    by: "shares" | "item_means";
    sections: number;
    confidence: Confidence;
  } | null;
  courses: Course[];
  pollutants: Pollutant[];
  worst: PlacedStation[];
  places: PlacedStation[];
  history: { periods: string[]; counts: number[][] };
}

/** Places of one kind, best first. */
export interface PortraitList extends Page<PortraitBrief> {
  standard: string;
  granularity: Span;
  depth: string;
  target: string | null;
  grades: string[];
  period: string | null;
}

/** How one family of rule sets sees an indicator. */
export interface Correspondence {
  family: string;
  property: string;
  comparable: boolean;
  method: Text | null;
  depth: Text | null;
  statistic: Text | null;
  note: Text | null;
}

export interface Indicator {
  id: string;
  name: Text;
  property: string;
  unit: string;
  entries: Correspondence[];
  difference: Text | null;
  confidence: Confidence;
  sources: string[];
}

export interface WaterUse {
  id: string;
  name: Text;
  grades: { family: string; grade: string; confidence: Confidence; sources: string[]; note: Text | null }[];
}

/** A rule that applies somewhere and whose text nobody found. */
export interface NotSourced {
  id: string;
  name: Text;
  jurisdiction: string;
  media: Medium[];
  properties: string[];
  known: Text;
  searched: Text;
  obtainable: Text;
}

export interface Crosswalk {
  indicators: Indicator[];
  uses: WaterUse[];
  not_sourced: NotSourced[];
}

/** One limit of one rule set; `low` and `high` are its ends, null where open. */
export interface LawLine {
  rule_set: string;
  code: string;
  jurisdiction: string;
  property: string;
  grade: string;
  grade_name: Text | null;
  colour: string | null;
  op: string;
  low: number | null;
  high: number | null;
  unit: string;
  comparable: boolean;
  confidence: Confidence;
  sources: string[];
  clause: string;
  averaging: string;
  zones: string[];
  water_type: "" | "river" | "lake";
  allowed: number | null;
  condition: string;
  condition_confidence: Confidence | "";
  remark: string;
  informative: boolean;
  method: Text | null;
  depth: Text | null;
  statistic: Text | null;
  note: Text | null;
  use_confidence: Confidence | "";
}

export interface AbsentLaw {
  rule_set: string;
  code: string;
  jurisdiction: string;
  why: "not_in_force" | "index" | "not_judged" | "no_grade_for_use" | "not_sourced";
  text: Text;
  remark: string;
}

export interface ComparedLaw {
  id: string;
  code: string;
  name: Text;
  jurisdiction: string;
  media: Medium[];
  in_force_from: string;
  in_force_to: string | null;
  sources: LawSource[];
}

/** What the laws of the three places say of one property on one day. */
export interface Comparison {
  property: string;
  on: string;
  use: string | null;
  unit: string;
  indicator: Indicator;
  lines: LawLine[];
  absent: AbsentLaw[];
  rule_sets: ComparedLaw[];
}

export type TargetState = "reached" | "not_reached" | "undecided" | "no_data";

/** What somebody has promised to reach, and where it stands by the data here. */
export interface Target {
  id: string;
  name: Text;
  jurisdiction: string;
  measured: "annual_mean" | "count_of_grade" | "share_of_grades";
  property: string | null;
  standard: string | null;
  grades: string[];
  op: "le" | "ge";
  limit: number;
  unit: string;
  deadline: string;
  places_meant: number | null;
  clause: string;
  confidence: Confidence;
  sources: LawSource[];
  note: Text | null;
  state: TargetState;
  value: number | null;
  year: string | null;
  places: number;
  why: Text;
  years: { year: string; value: number; places: number; against: string[] }[];
}

export interface Timeline {
  periods: string[];
  counts: number[];
}

export type HitKind = "station" | "zone" | "property" | "standard" | "place";

export interface Hit {
  kind: HitKind;
  id: string;
  name: Text;
  context: Text | string | null;
  longitude: number | null;
  latitude: number | null;
}

export const LAYER_GROUPS = ["seabed", "seawater", "coast", "watershed", "islands", "air", "admin"] as const;
export type LayerGroup = (typeof LAYER_GROUPS)[number];

export interface Layer {
  id: string;
  group: LayerGroup;
  name: Text;
  geometry: string;
  url: string;
  attribution: string | Text;
  licence: string;
  default: boolean;
  order: number;
}

/** The shore about a view: rings of steps in `unit` degrees from the box's west and south, the first point absolute. */
export interface Outline {
  bbox: [number, number, number, number];
  unit: number;
  rings: number[][];
}
