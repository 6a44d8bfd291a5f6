/** The laws side by side: one column a rule set, its limits gathered by what they hold for, and what is not there. */
import type { AbsentLaw, ComparedLaw, Comparison, Confidence, LawLine, LawSource } from "@/api/types";
import type { TableView } from "@/charts/table";
import type { Speaker } from "@/i18n/speaker";
import { sign } from "./items";
import { limitText, type Properties } from "./verdict";

export const PLACES = ["mainland", "hk", "mo"] as const;
export type LawPlace = (typeof PLACES)[number];

/** Which of the three places a jurisdiction belongs to. */
export function placeOf(jurisdiction: string): LawPlace {
  return jurisdiction.startsWith("81") ? "hk" : jurisdiction.startsWith("82") ? "mo" : "mainland";
}

/** Limits that hold for the same thing: rivers or lakes, an averaging time, some zones, plants of some age. */
export interface Variant {
  key: string;
  /** What they hold for; empty for everything. */
  label: string;
  /** All that the label shortens. */
  full: string;
  lines: LawLine[];
  unverifiedCondition: boolean;
}

/** One rule set, by one property of its own. */
export interface LawColumn {
  key: string;
  place: LawPlace;
  code: string;
  law: ComparedLaw | undefined;
  property: string;
  comparable: boolean;
  variants: Variant[];
  first: LawLine;
  sources: LawSource[];
  /** The confidences of its limits, the best first. */
  confidences: Confidence[];
}

const CONFIDENCES: readonly Confidence[] = [
  "primary",
  "two_sources",
  "one_source_official",
  "one_source",
  "unverified",
];

/** A condition as the packs write it (`built from 2006-01-01`, `warmer than °C 12`), in the page's language. */
export function conditionText(condition: string, speaker: Speaker): string {
  return condition
    .split(", ")
    .filter(Boolean)
    .map((part) => {
      const [, what = "", value = ""] = /^(built from|built to|warmer than °C|at most °C) (.+)$/.exec(part) ?? [];
      const day = () => speaker.date(`${value}T00:00:00Z`, 0);
      const degrees = () => speaker.decimal(Number(value), Number(value) % 1 ? 1 : 0);
      if (what === "built from") return speaker.t("side.built.from", { date: day() });
      if (what === "built to") return speaker.t("side.built.to", { date: day() });
      if (what === "warmer than °C") return speaker.t("side.water.warmer", { t: degrees() });
      if (what === "at most °C") return speaker.t("side.water.atMost", { t: degrees() });
      return part;
    })
    .join(speaker.t("common.comma"));
}

const AVERAGING = new Set(["sample", "10min", "hour", "8h", "mda8", "day", "quarter", "peak_season", "year"]);

function variantLabel(line: LawLine, zones: (id: string) => string, speaker: Speaker): { label: string; full: string } {
  const parts: string[] = [];
  if (AVERAGING.has(line.averaging)) parts.push(speaker.t(`side.averaging.${line.averaging as "day"}`));
  if (line.water_type) parts.push(speaker.t(`side.waterType.${line.water_type}`));
  if (line.condition) parts.push(conditionText(line.condition, speaker));
  const names = [...new Set(line.zones.map((id) => zones(id) || id))];
  const comma = speaker.t("common.comma");
  const few =
    names.length > 3
      ? speaker.t("side.zonesMore", { list: names.slice(0, 2).join(comma), n: names.length - 2 }, names.length - 2)
      : names.join(comma);
  const joined = (zonesText: string) => [...parts, zonesText].filter(Boolean).join(" · ");
  return { label: joined(few), full: joined(names.join(comma)) };
}

/** The rule sets with limits as columns: the mainland, Hong Kong, Macao; within a place as the crosswalk orders them. */
export function columnsOf(comparison: Comparison, zones: (id: string) => string, speaker: Speaker): LawColumn[] {
  const laws = new Map(comparison.rule_sets.map((law) => [law.id, law]));
  const found = new Map<string, LawColumn>();
  for (const line of comparison.lines) {
    const key = `${line.rule_set}|${line.property}`;
    let column = found.get(key);
    if (!column) {
      column = {
        key,
        place: placeOf(line.jurisdiction),
        code: line.code,
        law: laws.get(line.rule_set),
        property: line.property,
        comparable: line.comparable,
        variants: [],
        first: line,
        sources: [],
        confidences: [],
      };
      found.set(key, column);
    }
    const same = [line.averaging, line.water_type, line.condition, line.zones.join(), line.allowed, line.informative].join("|");
    let variant = column.variants.find((it) => it.key === same);
    if (!variant) {
      variant = {
        key: same,
        ...variantLabel(line, zones, speaker),
        lines: [],
        unverifiedCondition: line.condition_confidence === "unverified",
      };
      column.variants.push(variant);
    }
    variant.lines.push(line);
  }
  for (const column of found.values()) {
    const lines = column.variants.flatMap((it) => it.lines);
    const named = new Set(lines.flatMap((it) => it.sources));
    column.sources = (column.law?.sources ?? []).filter((it) => named.has(it.id));
    column.confidences = CONFIDENCES.filter((it) => lines.some((line) => line.confidence === it));
  }
  return [...found.values()].sort(
    (a, b) => PLACES.indexOf(a.place) - PLACES.indexOf(b.place) || Number(b.comparable) - Number(a.comparable),
  );
}

/** What a small mark of a class bears: its number, a tick for an objective met, else its name. */
export function gradeLabel(line: LawLine, speaker: Speaker): string {
  if (line.grade === "attained") return "✓";
  return line.grade.length > 3 ? speaker.say(line.grade_name, line.grade) : line.grade;
}

/** A limit with its sign: `≤ 0.20`, `6 – 9`. */
export function lineText(line: LawLine, among: readonly LawLine[], properties: Properties, speaker: Speaker): string {
  const known = properties(line.property);
  if (line.low !== null && line.high !== null) return limitText([line.low, line.high], known, speaker);
  const end = line.high ?? line.low;
  const others = Object.fromEntries(among.map((it, at) => [String(at), it.high ?? it.low ?? 0]));
  return sign(line.op, limitText(end, known, speaker, others));
}

/** A unit as it is printed, where a property says how. */
export function unitText(unit: string, property: string, properties: Properties): string {
  const known = properties(property);
  if (known && known.unit === unit) return known.unit_label;
  return unit.replace(/^ug\//, "µg/").replace(/m3$/, "m³").replace(/[{}()[\]]/g, "").replace("100.mL", "100 mL");
}

export interface Gaps {
  /** Rules that know the indicator and set no limit that could stand in the table. */
  without: AbsentLaw[];
  /** Rules of which no text was found. */
  notSourced: AbsentLaw[];
}

export function gapsOf(comparison: Comparison): Gaps {
  return {
    without: comparison.absent.filter((it) => it.why !== "not_sourced"),
    notSourced: comparison.absent.filter((it) => it.why === "not_sourced"),
  };
}

/** A place that has no column, and why: rules not sourced, rules without a limit of their own, or none at all. */
export interface EmptyPlace {
  place: LawPlace;
  unknown: AbsentLaw[];
  without: AbsentLaw[];
}

export function emptyPlaces(columns: readonly LawColumn[], gaps: Gaps): EmptyPlace[] {
  return PLACES.filter((place) => !columns.some((it) => it.place === place)).map((place) => ({
    place,
    unknown: gaps.notSourced.filter((it) => placeOf(it.jurisdiction) === place),
    without: gaps.without.filter((it) => placeOf(it.jurisdiction) === place),
  }));
}

/** The comparison as a flat table, one limit a row and one row for what is absent: what the CSV carries. */
export function flatTable(
  comparison: Comparison,
  columns: readonly LawColumn[],
  zones: (id: string) => string,
  properties: Properties,
  speaker: Speaker,
): TableView {
  const { t, say } = speaker;
  const cell = (text: string, raw?: string | number | null) => (raw === undefined ? { text } : { text, raw });
  const number = (value: number | null) => cell(value === null ? "" : String(value), value);
  const heads: [string, boolean?][] = [
    [t("side.whereLabel")],
    [t("side.rule")],
    [t("items.item")],
    [t("side.grade")],
    [t("side.low"), true],
    [t("side.high"), true],
    [t("side.unit")],
    [t("side.comparable")],
    [t("side.condition")],
    [t("side.zones")],
    [t("side.statistic")],
    [t("side.depth")],
    [t("side.method")],
    [t("side.remark")],
    [t("side.from")],
    [t("side.to")],
    [t("side.confidence")],
    [t("explain.clause")],
    [t("side.sources")],
    [t("side.why")],
  ];
  const rows = columns.flatMap((column) =>
    column.variants.flatMap((variant) =>
      variant.lines.map((line) => [
        cell(t(`side.place.${column.place}`)),
        cell(column.code),
        cell(say(properties(line.property)?.name, line.property)),
        cell(say(line.grade_name, line.grade), line.grade),
        number(line.low),
        number(line.high),
        cell(unitText(line.unit, line.property, properties)),
        cell(t(line.comparable ? "side.yes" : "side.no")),
        cell(
          [
            variantLabel({ ...line, zones: [] }, zones, speaker).full,
            line.allowed === null ? "" : t("side.allowed", {}, line.allowed),
            line.informative ? t("side.informative") : "",
          ]
            .filter(Boolean)
            .join("; "),
        ),
        cell(line.zones.map((id) => zones(id) || id).join("; ")),
        cell(say(line.statistic)),
        cell(say(line.depth)),
        cell(say(line.method)),
        cell([say(line.note), line.remark].filter(Boolean).join(" ")),
        cell(column.law?.in_force_from ?? ""),
        cell(column.law?.in_force_to ?? ""),
        cell(t(`confidence.${line.confidence}`)),
        cell(line.clause),
        cell(column.sources.map((it) => it.ref).join("; ")),
        cell(""),
      ]),
    ),
  );
  const absent = comparison.absent.map((it) => [
    cell(t(`side.place.${placeOf(it.jurisdiction)}`)),
    cell(it.code),
    ...Array.from({ length: heads.length - 3 }, () => cell("")),
    cell([it.why === "not_sourced" ? t("side.notSourced") : "", say(it.text), it.remark].filter(Boolean).join(". ")),
  ]);
  return {
    caption: t("side.caption", {
      indicator: say(comparison.indicator.name),
      date: speaker.date(`${comparison.on}T00:00:00Z`, 0),
    }),
    columns: heads.map(([label, numeric]) => (numeric ? { label, numeric } : { label })),
    rows: [...rows, ...absent],
  };
}
