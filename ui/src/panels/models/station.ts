/** What a station's panel shows, from what the server says about it. */
import type {
  AssessmentRow,
  Datastream,
  Explanation,
  Granularity,
  Property,
  RuleSet,
  StationDetail,
} from "@/api/types";
import type { PeriodVerdict } from "@/charts/calendar";
import { sharedDecimals } from "@/i18n/numbers";
import type { Speaker } from "@/i18n/speaker";
import { parsePeriod, plainTime } from "@/i18n/times";
import { orderedItems } from "./items";
import { ruleName, unfitSentence, type Properties } from "./verdict";

/** `TM2 Harbour Subzone`; the code alone where the name only repeats it. */
export function stationTitle(station: { code: string; name: StationDetail["name"] }, speaker: Speaker): string {
  const name = speaker.say(station.name, station.code);
  return !station.code || name.includes(station.code) || station.code.replaceAll("-", " ") === name.replaceAll("/", " ")
    ? name
    : `${station.code} ${name}`;
}

/** Degrees and decimal minutes of no use to anyone here: plain degrees with their hemisphere. */
export function positionText(longitude: number, latitude: number, speaker: Speaker): string {
  const degrees = (value: number, plus: string, minus: string) =>
    `${speaker.decimal(Math.abs(value), 4)}° ${value < 0 ? minus : plus}`;
  return `${degrees(latitude, "N", "S")}, ${degrees(longitude, "E", "W")}`;
}

/** The years of a station's record: `1986 to 2022`, or the one year; a dash where there is none. */
export function recordSpan(
  station: { first: string | null; last: string | null; utc_offset?: number },
  speaker: Speaker,
): string {
  if (!station.first || !station.last) return "–";
  const [from, to] = [station.first, station.last].map((time) => plainTime(time, station.utc_offset).slice(0, 4));
  return from === to ? speaker.period(from ?? "") : speaker.t("station.recordSpan", { from: from ?? "", to: to ?? "" });
}

/** The granularity in which a rule set can answer the one that the page shows, else its first. */
export function granularityFor(rule: RuleSet, wanted: Granularity): Granularity {
  return rule.granularities.includes(wanted) ? wanted : (rule.granularities[0] ?? "year");
}

/** The period of granularity `wanted` that holds the one shown: a month's year for a rule set of years. */
export function periodFor(period: string, wanted: Granularity): string {
  const read = parsePeriod(period);
  if (!read || read.granularity === wanted) return period;
  if (wanted === "year") return String(read.year);
  if (wanted === "month" && (read.granularity === "day" || read.granularity === "hour")) return period.slice(0, 7);
  if (wanted === "day" && read.granularity === "hour") return period.slice(0, 10);
  if (wanted === "season" && read.granularity === "month") return `${read.year}-Q${Math.ceil(read.part / 3)}`;
  return period;
}

export interface RuleVerdict {
  rule: RuleSet;
  name: string;
  applicable: boolean;
  chosen: boolean;
  grade: string | null;
  /** The grade in words, and what decided it; or why there is none. */
  text: string;
  /** What the rule set judges and the station does not measure. */
  missing: string[];
  period: string;
}

/** The verdict of every rule set that judges the station's medium; `rows` holds each rule set's verdicts by period. */
export function ruleVerdicts(
  station: StationDetail,
  rules: readonly RuleSet[],
  rows: ReadonlyMap<string, readonly AssessmentRow[]>,
  page: { rule: string; t: string; g: Granularity },
  properties: Properties,
  speaker: Speaker,
): RuleVerdict[] {
  const verdicts: RuleVerdict[] = [];
  for (const fit of station.rule_sets) {
    const rule = rules.find((it) => it.id === fit.id);
    if (!rule || fit.why === "other_medium") continue;
    const period = periodFor(page.t, granularityFor(rule, page.g));
    const row = rows.get(rule.id)?.find((it) => it.period === period);
    const grade = fit.applicable ? (row?.grade ?? null) : null;
    const deciding = (row?.determinants ?? []).map((code) => speaker.within(speaker.say(properties(code)?.name, code)));
    const name = speaker.say(rule.grades.find((it) => it.id === grade)?.name, grade ?? "");
    const best = rule.grades[0]?.id === grade;
    let text: string;
    if (!fit.applicable) text = unfitSentence(fit, rule, station.medium, properties, speaker);
    else if (grade === null)
      text = rows.has(rule.id) ? speaker.t("verdict.noneSamples", { period: speaker.period(period) }) : "";
    else if (fit.why === "published")
      text = `${name}${speaker.t("common.colon")}${speaker.within(speaker.t("verdict.published"))}`;
    else if (best || !deciding.length || rule.kind === "index") text = name;
    else text = `${name}${speaker.t("common.colon")}${speaker.list(deciding, 3)}`;
    verdicts.push({
      rule,
      name: ruleName(rule, speaker),
      applicable: fit.applicable,
      chosen: rule.id === page.rule,
      grade,
      text,
      missing:
        fit.applicable && fit.why !== "published"
          ? fit.missing.map((code) => speaker.within(speaker.say(properties(code)?.name, code)))
          : [],
      period,
    });
  }
  // Those that can judge first; the chosen one keeps its place, so that choosing moves nothing under the finger.
  return verdicts.sort((a, b) => Number(b.applicable) - Number(a.applicable));
}

/** Rule sets for other media, by name: said in one line, so that nobody wonders where they are. */
export function otherRules(station: StationDetail, rules: readonly RuleSet[], speaker: Speaker): string[] {
  const other = new Set(station.rule_sets.filter((fit) => fit.why === "other_medium").map((fit) => fit.id));
  return rules.filter((rule) => other.has(rule.id)).map((rule) => ruleName(rule, speaker));
}

/** Assessments as the cells of a calendar; `unverified` answers for a rule set's number on a property. */
export function periodVerdicts(
  rows: readonly AssessmentRow[],
  unverified: (property: string) => boolean,
  best: string | undefined,
): PeriodVerdict[] {
  return rows.map((row) => ({
    period: row.period,
    grade: row.grade,
    determinants: row.determinants,
    samples: row.samples,
    unverified: row.grade !== best && row.determinants.length > 0 && row.determinants.every(unverified),
  }));
}

export interface LatestRow {
  property: Property | undefined;
  code: string;
  name: string;
  unit: string;
  group: string;
  /** Newest values by depth, in the order of `depths`; null where that depth has none. */
  values: ({ text: string; flag: number; flagged: boolean } | null)[];
  time: string;
}

export interface LatestView {
  depths: ("" | "surface" | "middle" | "bottom" | "mean")[];
  rows: LatestRow[];
  /** The newest time of all, and null of no data. */
  newest: string | null;
}

const DEPTH_ORDER = ["surface", "middle", "bottom", "mean", ""] as const;

/** The newest time of each property, whatever the depth. */
function newestByProperty(streams: readonly Datastream[]): Map<string, string> {
  const newest = new Map<string, string>();
  for (const { property, latest } of streams) {
    if (latest && latest.time > (newest.get(property) ?? "")) newest.set(property, latest.time);
  }
  return newest;
}

/** The newest value of every property and depth, what the rule set judges first. */
export function latestView(
  streams: readonly Datastream[],
  judged: readonly string[],
  properties: Properties,
  speaker: Speaker,
): LatestView {
  const recent = newestByProperty(streams);
  // A depth that nothing is measured at any more would be a column of dashes.
  const depths = DEPTH_ORDER.filter((depth) =>
    streams.some((it) => it.depth === depth && it.latest !== null && it.latest.time === recent.get(it.property)),
  );
  const byCode = new Map<string, Datastream[]>();
  for (const stream of streams) byCode.set(stream.property, [...(byCode.get(stream.property) ?? []), stream]);
  let newest: string | null = null;
  const rows = [...byCode].map(([code, own]): LatestRow => {
    const property = properties(code);
    const time = recent.get(code) ?? "";
    if (time && (newest === null || time > newest)) newest = time;
    // An older value beside newer ones would be read as of the same day.
    const now = depths.map((depth) => {
      const latest = own.find((it) => it.depth === depth)?.latest;
      return latest && latest.time === time ? latest : null;
    });
    const decimals = sharedDecimals(
      now.flatMap((it) => (it ? [it.value] : [])),
      property?.decimals ?? 2,
    );
    return {
      property,
      code,
      name: speaker.say(property?.name, code),
      unit: property?.unit_label ?? own[0]?.unit ?? "",
      group: property?.group || "other",
      values: now.map(
        (latest) =>
          latest && {
            text: speaker.value(latest.value, { decimals, exact: true, censoring: latest.censoring }),
            flag: latest.flag,
            flagged: latest.flag >= 3,
          },
      ),
      time,
    };
  });
  const rank = (code: string) => {
    const at = judged.indexOf(code);
    return at < 0 ? judged.length : at;
  };
  rows.sort((a, b) => rank(a.code) - rank(b.code) || a.name.localeCompare(b.name, speaker.language));
  return { depths: [...depths], rows, newest };
}

export interface PropertyGroup {
  id: string;
  label: string;
  options: { code: string; label: string; judged: boolean }[];
}

/** The station's properties in groups, for a picker. */
export function propertyGroups(view: LatestView, judged: readonly string[], speaker: Speaker): PropertyGroup[] {
  const groups = new Map<string, PropertyGroup>();
  for (const row of view.rows) {
    const known = GROUPS.includes(row.group as (typeof GROUPS)[number])
      ? (row.group as (typeof GROUPS)[number])
      : "other";
    const group = groups.get(known) ?? { id: known, label: speaker.t(`series.group.${known}`), options: [] };
    group.options.push({ code: row.code, label: row.name, judged: judged.includes(row.code) });
    groups.set(known, group);
  }
  return GROUPS.flatMap((id) => {
    const group = groups.get(id);
    return group ? [group] : [];
  });
}

const GROUPS = [
  "oxygen",
  "nutrients",
  "bacteria",
  "physical",
  "biology",
  "metals",
  "ions",
  "organics",
  "radioactivity",
  "air",
  "other",
] as const;

/** The property whose series is shown first: what decided, else what the rule set judges, else the first there is. */
export function firstProperty(
  view: LatestView,
  explanation: Explanation | null,
  rule: RuleSet | undefined,
  wanted: string,
): string {
  const measured = new Set(view.rows.map((row) => row.code));
  const index = rule?.kind === "index" && measured.has("AQHI") ? ["AQHI"] : [];
  const candidates = [
    wanted,
    ...index,
    ...(explanation && rule && explanation.standard === rule.id ? orderedItems(explanation, rule) : []).map(
      (it) => it.property,
    ),
    ...(rule?.properties ?? []),
  ];
  return candidates.find((code) => measured.has(code)) ?? view.rows[0]?.code ?? "";
}
