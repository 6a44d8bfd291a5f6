/** The verdict on a station in one sentence, from the arithmetic behind it. */
import type { Explanation, ExplainItem, Property, RuleSet, StationDetail } from "@/api/types";
import { naturalDecimals } from "@/i18n/numbers";
import type { Speaker } from "@/i18n/speaker";

/** Looks a property up by its code. */
export type Properties = (code: string) => Property | undefined;

export interface VerdictSentence {
  grade: string | null;
  /** The plain-language sentence at the head of a panel. */
  sentence: string;
  /** Other items that decided just as much; empty where none did. */
  also: string;
  /** The deciding number of the law is not verified. */
  unverified: boolean;
}

/** The name of an item: of its objective where there is one, else of its property. */
export function itemName(item: ExplainItem, properties: Properties, speaker: Speaker): string {
  return speaker.say(item.name) || speaker.say(properties(item.property)?.name, item.property);
}

/** True for an objective on the share of samples that comply: its value and its limit are shares, not concentrations. */
export function isShare(item: ExplainItem): boolean {
  return item.statistic === "share_of_samples";
}

/** The short name of a rule set, or its code. */
export function ruleName(rule: RuleSet | undefined, speaker: Speaker): string {
  return rule ? speaker.say(rule.short) || rule.code || speaker.say(rule.name, rule.id) : "";
}

/**
 * Decimals that let a reader see on which side of `limit` a value stands: the usual ones, more where both would read
 * the same (0.304 against 0.30 is not "0.30 > 0.30").
 */
export function tellingDecimals(value: number, limit: number | null, decimals: number): number {
  if (limit === null || value === limit) return decimals;
  let digits = decimals;
  while (digits < decimals + 5 && Number(value.toFixed(digits)) === Number(limit.toFixed(digits))) digits += 1;
  return digits;
}

/** A computed value next to its limit, with its unit unless `unit` is empty. */
export function computedText(
  item: ExplainItem,
  property: Property | undefined,
  speaker: Speaker,
  unit = property?.unit_label ?? item.unit,
): string {
  const value = item.rounded ?? item.value;
  if (value === null || value === undefined) return "–";
  const usual = property?.decimals ?? 2;
  const single = typeof item.limit === "number" ? item.limit : null;
  // What was rounded by rule is shown as it was compared, digit by digit.
  const digits =
    item.rounded !== null && item.value !== null && item.rounded !== item.value
      ? Math.min(naturalDecimals(item.rounded), usual + 3)
      : usual;
  return speaker.value(value, {
    decimals: tellingDecimals(value, single, digits),
    unit,
  });
}

/**
 * A limit in the digits in which the law prints it: its own, never fewer than the property's usual two where it has
 * decimals at all, and where all limits `among` which it stands are small, as many as the finest of them (0.015, 0.030).
 */
export function limitText(
  limit: number | readonly number[] | null | undefined,
  property: Property | undefined,
  speaker: Speaker,
  among: Record<string, number | readonly number[]> = {},
): string {
  if (limit === null || limit === undefined) return "–";
  if (typeof limit !== "number") {
    const [low = NaN, high = NaN] = limit;
    return speaker.t("items.between", {
      low: limitText(low, property, speaker),
      high: limitText(high, property, speaker),
    });
  }
  const others = Object.values(among).filter((it): it is number => typeof it === "number");
  const small = others.length > 0 && others.every((it) => it < 1);
  const own = Math.max(naturalDecimals(limit), ...(small ? others.map(naturalDecimals) : []));
  return speaker.decimal(limit, own === 0 ? 0 : Math.max(own, Math.min(property?.decimals ?? 2, 2)));
}

/** Items that decided a grade other than the best, the furthest beyond its limit first. */
export function decidingItems(explanation: Explanation, rule: RuleSet): ExplainItem[] {
  const best = rule.grades[0]?.id;
  if (explanation.grade === null || explanation.grade === best) return [];
  const deciding = explanation.items.filter((it) =>
    rule.kind === "attainment" ? it.attained === false : it.grade === explanation.grade,
  );
  return deciding.sort((a, b) => (b.beyond ?? 0) - (a.beyond ?? 0));
}

/** The next better grade than `grade`. */
function better(rule: RuleSet, grade: string): string | null {
  const at = rule.grades.findIndex((it) => it.id === grade);
  return at > 0 ? (rule.grades[at - 1]?.id ?? null) : null;
}

const gradeName = (rule: RuleSet, id: string | null, speaker: Speaker): string =>
  speaker.say(rule.grades.find((it) => it.id === id)?.name, id ?? "");

function classSentence(
  item: ExplainItem,
  explanation: Explanation,
  rule: RuleSet,
  properties: Properties,
  speaker: Speaker,
): string {
  const grade = explanation.grade!;
  const period = speaker.period(explanation.period);
  const step = better(rule, grade);
  const property = properties(item.property);
  const limit = (step === null ? undefined : item.limits[step]) ?? item.limit;
  const named = {
    grade: gradeName(rule, grade, speaker),
    period,
    item: speaker.within(itemName(item, properties, speaker)),
  };
  if (step === null || limit === null || limit === undefined || item.value === null) {
    return speaker.t("verdict.worstPlain", named);
  }
  const against = { ...item, limit: limit as ExplainItem["limit"] };
  const all = {
    ...named,
    value: computedText(against, property, speaker),
    better: speaker.within(gradeName(rule, step, speaker)),
    limit: limitText(limit, property, speaker, item.limits),
  };
  if (item.op === "range") return speaker.t("verdict.worstRange", all);
  if (item.op === "gt") return speaker.t("verdict.worstMoreThan", all);
  return speaker.t(item.op === "ge" ? "verdict.worstAtLeast" : "verdict.worstAtMost", all);
}

function missedSentence(item: ExplainItem, period: string, properties: Properties, speaker: Speaker): string {
  const property = properties(item.property);
  const named = { period, item: speaker.within(itemName(item, properties, speaker)) };
  if (item.value === null || typeof item.limit !== "number") return speaker.t("verdict.missedPlain", named);
  if (isShare(item)) {
    return speaker.t("verdict.missedShare", {
      ...named,
      share: speaker.percent(item.value),
      required: speaker.percent(item.limit),
    });
  }
  const limit = limitText(item.limit, property, speaker);
  return speaker.t(item.op === "ge" || item.op === "gt" ? "verdict.missedAtLeast" : "verdict.missedAtMost", {
    ...named,
    value: computedText(item, property, speaker),
    limit,
  });
}

/** When an index stood highest, and which pollutant added most to it. */
function indexHour(explanation: Explanation, properties: Properties, speaker: Speaker): string {
  const hour = explanation.items.find((it) => it.grade !== null)?.samples[0]?.time;
  if (!hour) return "";
  const time = speaker.time(hour);
  const most = explanation.items.reduce<ExplainItem | null>(
    (best, it) => ((it.contribution ?? 0) > (best?.contribution ?? 0) ? it : best),
    null,
  );
  return most
    ? speaker.t("verdict.indexMost", { time, item: speaker.within(itemName(most, properties, speaker)) })
    : speaker.t("verdict.indexHour", { time });
}

/** The verdict of a rule set on a station in a period, as a sentence. */
export function verdictSentence(
  explanation: Explanation,
  rule: RuleSet,
  properties: Properties,
  speaker: Speaker,
): VerdictSentence {
  const period = speaker.period(explanation.period);
  const grade = explanation.grade;
  const plain = (sentence: string): VerdictSentence => ({ grade, sentence, also: "", unverified: false });
  if (grade === null) {
    const missing = explanation.missing.map((code) => speaker.within(speaker.say(properties(code)?.name, code)));
    if (explanation.items.length) return plain(speaker.t("verdict.none", { period }));
    if (!missing.length) return plain(speaker.t("verdict.noneSamples", { period }));
    return plain(speaker.t("verdict.noneMissing", { period, items: speaker.list(missing, 4) }));
  }
  const judged = explanation.items.filter((it) => it.grade !== null || typeof it.attained === "boolean").length;
  if (rule.kind === "index") {
    const name = ruleName(rule, speaker);
    const sentence = speaker.t("verdict.index", { name, grade: gradeName(rule, grade, speaker), period });
    return { grade, sentence, also: indexHour(explanation, properties, speaker), unverified: false };
  }
  const deciding = decidingItems(explanation, rule);
  const first = deciding[0];
  if (!first) {
    const unverified = explanation.items.length > 0 && explanation.items.every((it) => it.confidence === "unverified");
    const sentence =
      rule.kind === "attainment" && grade === rule.grades[0]?.id
        ? speaker.t("verdict.attained", { period }, judged)
        : grade === rule.grades[0]?.id
          ? speaker.t("verdict.best", { grade: gradeName(rule, grade, speaker), period }, judged)
          : `${gradeName(rule, grade, speaker)} (${period})`;
    return { grade, sentence, also: "", unverified };
  }
  const others = deciding.slice(1).map((it) => speaker.within(itemName(it, properties, speaker)));
  const attainment = rule.kind === "attainment";
  return {
    grade,
    sentence: attainment
      ? missedSentence(first, period, properties, speaker)
      : classSentence(first, explanation, rule, properties, speaker),
    also: others.length
      ? speaker.t(attainment ? "verdict.alsoMissed" : "verdict.also", { items: speaker.list(others, 4) })
      : "",
    // One verified number is enough to stand on: only where all that decide are unverified does the verdict hang.
    unverified: deciding.every((it) => it.confidence === "unverified"),
  };
}

/** Why a rule set cannot judge a station, in a sentence. */
export function unfitSentence(
  fit: StationDetail["rule_sets"][number],
  rule: RuleSet,
  medium: string,
  properties: Properties,
  speaker: Speaker,
): string {
  const name = ruleName(rule, speaker);
  if (fit.why === "other_medium") {
    return speaker.t("verdict.noneRule", { rule: name, medium: speaker.t(`medium.${medium}` as "medium.sea") });
  }
  if (fit.why === "other_time") return speaker.t("verdict.noneTime", { rule: name });
  if (fit.why === "no_zone") return speaker.t("verdict.noneZone", { rule: name });
  if (fit.why === "no_objective") return speaker.t("verdict.noneObjective", { rule: name });
  const missing = fit.missing.map((code) => speaker.within(speaker.say(properties(code)?.name, code)));
  return missing.length
    ? speaker.t("station.missingItems", { items: speaker.list(missing, 6) })
    : speaker.t("grade.none");
}
