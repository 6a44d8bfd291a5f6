/** What a portrait says: its headline, rank, changes, trends, pollutants, and which spans of time it can be put over. */
import type {
  Course,
  Granularity,
  PlaceKind,
  Portrait,
  PortraitBrief,
  PortraitChange,
  RuleSet,
  RuleSetDetail,
  Span,
} from "@/api/types";
import { granularityOf } from "@/data/periods";
import { naturalDecimals } from "@/i18n/numbers";
import type { Speaker } from "@/i18n/speaker";
import type { LongSpan } from "@/permalink";
import type { Properties } from "./verdict";

/** Kinds of place that a rule set can portray: rivers and basins for inland water, zones for the sea and the streams. */
export function kindsFor(rule: RuleSet | undefined): PlaceKind[] {
  const media = rule?.media ?? [];
  if (media.includes("river") || media.includes("lake")) return ["zone", "city", "river", "basin", "section"];
  return media.includes("sea") ? ["zone", "city", "section"] : ["city", "section"];
}

/** Spans that a rule set's verdicts can be put over, shortest first. */
export function spansFor(rule: RuleSet | undefined): Span[] {
  if (rule?.kind === "attainment") return ["year"];
  if (rule?.kind === "index") return ["month", "year"];
  return ["month", "season", "year", "12months", "3years"];
}

/** The granularity in which the label of a span is written. */
export function formOf(span: Span): Granularity {
  return span === "12months" ? "month" : span === "3years" ? "year" : span;
}

/** The span in force: the long one where the rule set has it, else the map's own granularity, else the nearest offered. */
export function spanOf(rule: RuleSet | undefined, g: Granularity, long: LongSpan | ""): Span {
  const offered = spansFor(rule);
  if (long && offered.includes(long)) return long;
  return offered.find((it) => it === g) ?? (offered.includes("year") ? "year" : offered[0]!);
}

/** `period` where it is written as the span wants it; empty while the page still waits for one that is. */
export function labelFor(span: Span, period: string): string {
  return period && granularityOf(period) === formOf(span) ? period : "";
}

/** A span as people say it: `2017`, `12 months to Jul 2017`, `2015–2017`. */
export function spanText(span: Span, label: string, speaker: Speaker): string {
  if (span === "12months") return speaker.t("portrait.twelveTo", { month: speaker.period(label) });
  if (span === "3years") {
    return speaker.t("portrait.threeYears", { from: String(Number(label) - 2), to: speaker.period(label) });
  }
  return speaker.period(label);
}

export const gradeName = (rule: RuleSet, id: string | null, speaker: Speaker): string =>
  speaker.say(rule.grades.find((it) => it.id === id)?.name, id ?? "");

/** The worst grade that any of the place's stations has; null where none was judged. */
export function worstGrade(rule: RuleSet, counts: readonly number[]): string | null {
  return rule.grades[counts.findLastIndex((count) => count > 0)]?.id ?? null;
}

/** A share in per cent as the API gives it, as text: whole numbers unless it is small. */
export const perCent = (share: number, speaker: Speaker): string => speaker.percent(share / 100);

/** The plain sentence at the head of a portrait. */
export function headline(portrait: Portrait, rule: RuleSet, properties: Properties, speaker: Speaker): string {
  const period = spanText(portrait.granularity, portrait.period, speaker);
  if (!portrait.judged) return speaker.t("portrait.none", { period });
  const named = (codes: readonly string[]) =>
    speaker.list(
      codes.map((code) => speaker.within(speaker.say(properties(code)?.name, code))),
      3,
    );
  if (portrait.kind === "section") {
    const grade = gradeName(rule, portrait.grade, speaker);
    const decided = portrait.places[0]?.determinants ?? [];
    return decided.length && portrait.grade !== rule.grades[0]?.id && rule.kind !== "index"
      ? speaker.t("portrait.sectionBecause", { grade, period, items: named(decided) })
      : speaker.t("portrait.section", { grade, period });
  }
  const worst = worstGrade(rule, portrait.counts);
  const last = portrait.counts[rule.grades.findIndex((it) => it.id === worst)] ?? 0;
  const total = speaker.count(portrait.judged);
  if (portrait.attained) {
    const n = speaker.count(portrait.attained.stations);
    if (rule.kind === "attainment") {
      return speaker.t("portrait.groupAttained", { n, total, period }, portrait.judged);
    }
    const target = speaker.within(gradeName(rule, portrait.attained.target, speaker));
    const first = speaker.t("portrait.groupReached", { n, total, period, target }, portrait.judged);
    const bad = worst !== null && portrait.attained.stations < portrait.judged;
    return bad
      ? first +
          speaker.t(
            "portrait.groupWorst",
            { n: speaker.count(last), worst: speaker.within(gradeName(rule, worst, speaker)) },
            last,
          )
      : first;
  }
  return speaker.t(
    "portrait.groupHighest",
    { n: speaker.count(last), total, period, worst: gradeName(rule, worst, speaker) },
    last,
  );
}

export type Way = "better" | "worse" | "same";

/** A change in words: which way, how much, and over how many stations. */
export interface ChangeWords {
  way: Way;
  /** `+14 points`, `2 classes better`, `unchanged`. */
  size: string;
  /** `6 better, 1 worse, 7 the same`; empty for a single section. */
  stations: string;
  /** The method's own words for it; empty where it has none. */
  worded: string;
  unverified: boolean;
  period: string;
}

/** Points of per cent with their sign; whole numbers unless the change is small. */
export function pointsText(points: number, speaker: Speaker): string {
  const size = Math.abs(points);
  const text = speaker.decimal(size, size > 0 && size < 10 && size % 1 !== 0 ? 1 : 0);
  return `${points > 0 ? "+" : points < 0 ? "−" : "±"}${text}`;
}

export function changeWords(
  change: PortraitChange | null,
  kind: PlaceKind,
  rule: RuleSet,
  span: Span,
  speaker: Speaker,
): ChangeWords | null {
  if (!change) return null;
  const section = kind === "section";
  const steps = change.steps ?? 0;
  const good = change.good ?? 0;
  const way: Way = section
    ? steps < 0
      ? "better"
      : steps > 0
        ? "worse"
        : "same"
    : good !== 0
      ? good > 0
        ? "better"
        : "worse"
      : change.better === change.worse
        ? "same"
        : change.better > change.worse
          ? "better"
          : "worse";
  const moved = Math.abs(steps);
  const size = section
    ? moved === 0
      ? speaker.t("portrait.unchanged")
      : rule.kind === "attainment"
        ? speaker.t(way === "better" ? "portrait.nowAttained" : "portrait.nowMissed")
        : speaker.t(way === "better" ? "portrait.classesBetter" : "portrait.classesWorse", {}, moved)
    : change.good === null
      ? speaker.t(`portrait.way.${way}`)
      : good === 0
        ? way === "same"
          ? speaker.t("portrait.shareUnchanged")
          : way === "better"
            ? speaker.t("portrait.stationsBetter", {}, change.better)
            : speaker.t("portrait.stationsWorse", {}, change.worse)
        : speaker.t("portrait.points", { points: pointsText(good, speaker) });
  const extent = change.worded?.extent ?? "none";
  return {
    way,
    size,
    stations: section
      ? ""
      : speaker.t("portrait.moved", {
          better: speaker.count(change.better),
          worse: speaker.count(change.worse),
          same: speaker.count(change.same),
        }),
    worded: change.worded
      ? extent === "none" || change.worded.direction === "same"
        ? speaker.t("portrait.worded.none")
        : speaker.t(`portrait.worded.${extent}.${change.worded.direction}`)
      : "",
    unverified: change.worded?.confidence === "unverified",
    period: spanText(span, change.period, speaker),
  };
}

/** The series worth telling of: the mean of "attained or not" says nothing that the share does not. */
export const toldCourses = (portrait: Portrait, rule: RuleSet): Course[] =>
  portrait.courses.filter((it) => rule.kind !== "attainment" || it.of !== "mean_grade");

/** The name of a series whose trend is told. */
export function courseName(course: Course, rule: RuleSet, target: string | null, properties: Properties, speaker: Speaker): string {
  if (course.of === "mean_grade") return speaker.t(rule.kind === "index" ? "portrait.meanIndex" : "portrait.meanGrade");
  if (course.of === "attained_share") {
    return rule.kind === "attainment"
      ? speaker.t("portrait.shareAttained")
      : speaker.t("portrait.shareReached", { target: speaker.within(gradeName(rule, target, speaker)) });
  }
  return speaker.say(properties(course.of)?.name, course.of);
}

/** Values as the page shows them: places of a grade count from one, so that 1 is the best class. */
export function courseValues(course: Course): (number | null)[] {
  return course.of === "mean_grade" ? course.values.map((it) => (it === null ? null : it + 1)) : course.values;
}

/** One value of a course with its unit. */
export function courseValue(course: Course, value: number | null, properties: Properties, speaker: Speaker): string {
  if (value === null) return "–";
  if (course.of === "attained_share") return perCent(value, speaker);
  if (course.of === "mean_grade") return speaker.decimal(value, Math.min(1, naturalDecimals(value)));
  const property = properties(course.of);
  return speaker.value(value, { decimals: property?.decimals ?? 2, unit: property?.unit_label ?? course.unit });
}

/** Whether more of it is better or worse under the rule set; empty where it depends. */
export function courseWay(course: Course, detail: Pick<RuleSetDetail, "items"> | undefined): Way | "" {
  if (course.direction !== "rising" && course.direction !== "falling") return "";
  let more: Way | "" = "";
  if (course.of === "mean_grade") more = "worse";
  else if (course.of === "attained_share") more = "better";
  else {
    const op = detail?.items.find((it) => it.property === course.of)?.op ?? "";
    more = op === "ge" || op === "gt" ? "better" : op === "le" || op === "lt" ? "worse" : "";
  }
  if (!more || course.direction === "rising") return more;
  return more === "better" ? "worse" : "better";
}

/** A trend in words, with its significance. */
export function courseWords(course: Course, way: Way | "", speaker: Speaker): { words: string; test: string } {
  const present = course.values.filter((it): it is number => it !== null);
  const constant = present.length > 1 && present.every((it) => it === present[0]);
  const words = constant
    ? speaker.t("portrait.trend.constant")
    : course.direction === "rising" || course.direction === "falling"
      ? speaker.t(`portrait.trend.${course.direction}`) + (way === "better" || way === "worse" ? speaker.t(`portrait.trend.${way}`) : "")
      : speaker.t(`portrait.trend.${course.direction}`);
  const n = speaker.count(course.n);
  const test =
    course.rho === null
      ? speaker.t("portrait.trend.spans", { n }, course.n)
      : course.critical === null
        ? speaker.t("portrait.trend.rho", { rho: signed(course.rho, speaker), n }, course.n)
        : speaker.t(
            "portrait.trend.test",
            { rho: signed(course.rho, speaker), critical: speaker.decimal(course.critical, 3), n },
            course.n,
          );
  return { words, test };
}

/** How complete the sampling was: `60 of 60 usual samples (100 %)`. */
export function completenessText(of: PortraitBrief["completeness"], speaker: Speaker): { share: string; words: string } {
  const samples = speaker.count(of.samples);
  if (of.expected === null || of.share === null) {
    return { share: "–", words: speaker.t("portrait.samplesOnly", { n: samples }, of.samples) };
  }
  return {
    share: speaker.percent(of.share),
    words: speaker.t("portrait.samplesOf", { n: samples, usual: speaker.count(Math.round(of.expected)) }, of.samples),
  };
}

/** True where a rule set asks for a share of the samples of a property: what is compared is that share, not a value. */
export function countsSamples(detail: Pick<RuleSetDetail, "objectives"> | undefined, code: string): boolean {
  const objectives = detail?.objectives.filter((it) => it.property === code) ?? [];
  return objectives.length > 0 && objectives.every((it) => it.statistic === "share_of_samples");
}

/** A correlation with a true minus. */
const signed = (value: number, speaker: Speaker) => speaker.decimal(value, 2).replace("-", "−");

/** How many times over: `9.0 times over`. */
export const multipleText = (multiple: number | null | undefined, speaker: Speaker): string =>
  multiple === null || multiple === undefined ? "–" : speaker.decimal(multiple, multiple < 10 ? 1 : 0);
