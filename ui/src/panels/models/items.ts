/** The items of a verdict as rows of a table, and the arithmetic of one of them as steps. */
import type { Explanation, ExplainItem, RuleSet } from "@/api/types";
import { rulerOf } from "@/charts/bands";
import type { Speaker } from "@/i18n/speaker";
import { computedText, decidingItems, isShare, itemName, limitText, type Properties } from "./verdict";

export interface ItemRow {
  key: string;
  item: ExplainItem;
  name: string;
  value: string;
  unit: string;
  limit: string;
  grade: string | null;
  /** Words for the grade, or met / not met. */
  verdict: string;
  /** How far beyond the limit, `0.8×`; empty where the rule set defines none. */
  multiple: string;
  deciding: boolean;
  unverified: boolean;
}

/** A limit with the sign of the comparison that the law makes. */
export function signedLimit(item: ExplainItem, limit: string): string {
  return limit === "–" ? limit : sign(item.op, limit);
}

/** The sign of a comparison before a limit; a range carries none. */
export function sign(op: string, limit: string): string {
  switch (op) {
    case "lt":
      return `<\u00a0${limit}`;
    case "ge":
      return `≥\u00a0${limit}`;
    case "gt":
      return `>\u00a0${limit}`;
    case "range":
      return limit;
    default:
      return `≤\u00a0${limit}`;
  }
}

/** The limit that the row shows: of the next better class than the item's own, or the one that the server names. */
export function shownLimit(item: ExplainItem, rule: RuleSet): ExplainItem["limit"] {
  if (rule.kind !== "class" || item.grade === null) return item.limit;
  const at = rule.grades.findIndex((it) => it.id === item.grade);
  const step = rule.grades[Math.max(0, at - 1)]?.id;
  const limit = step === undefined ? undefined : item.limits[step];
  return limit ?? item.limit;
}

/**
 * The items of a verdict: those that decided first, then from worst to best, and within a grade the nearest to its
 * next limit first, so that where nothing is wrong the first item is the one to watch.
 */
export function orderedItems(explanation: Explanation, rule: RuleSet): ExplainItem[] {
  const ids = rule.grades.map((grade) => grade.id);
  const deciding = new Map(decidingItems(explanation, rule).map((item, index) => [item, index]));
  const rank = (item: ExplainItem): number => {
    const first = deciding.get(item);
    if (first !== undefined) return 1000 - first;
    if (rule.kind === "index") return item.contribution ?? 0;
    if (rule.kind === "attainment") return item.attained === false ? 1 : 0;
    const near = rulerOf(ids, item.limits, item.op, item.rounded ?? item.value)?.at ?? 0;
    return 10 * ids.indexOf(item.grade ?? "") + near;
  };
  return [...explanation.items].sort((a, b) => rank(b) - rank(a));
}

/** Every item as a row, in the order of {@link orderedItems}. */
export function itemRows(explanation: Explanation, rule: RuleSet, properties: Properties, speaker: Speaker): ItemRow[] {
  const deciding = new Set(decidingItems(explanation, rule));
  return orderedItems(explanation, rule).map((item): ItemRow => {
    const multiple = item.multiple ?? 0;
    return {
      key: item.objective || item.property,
      item,
      name: itemName(item, properties, speaker),
      ...figures(item, rule, properties, speaker),
      grade: item.grade,
      verdict:
        typeof item.attained === "boolean" && rule.kind === "attainment"
          ? speaker.t(item.attained ? "items.within" : "items.beyond")
          : speaker.say(rule.grades.find((it) => it.id === item.grade)?.name, item.grade ?? ""),
      multiple: multiple > 0 ? `${speaker.decimal(multiple, multiple < 10 ? 2 : 1)}×` : "",
      deciding: deciding.has(item),
      unverified: item.confidence === "unverified",
    };
  });
}

/** Value, unit and limit of an item; of an index its grade and what each pollutant adds to it. */
function figures(
  item: ExplainItem,
  rule: RuleSet,
  properties: Properties,
  speaker: Speaker,
): Pick<ItemRow, "value" | "unit" | "limit"> {
  const property = properties(item.property);
  if (rule.kind === "index") {
    if (item.grade === null) {
      const adds =
        typeof item.contribution === "number" ? `+\u00a0${speaker.percent(item.contribution / 100, 2)}` : "–";
      return { value: computedText(item, property, speaker, ""), unit: property?.unit_label ?? item.unit, limit: adds };
    }
    const grade = rule.grades.find((it) => it.id === item.grade);
    const total = item.unit === "%" && item.value !== null ? speaker.percent(item.value / 100, 2) : "–";
    return { value: grade?.short || item.grade, unit: "", limit: total };
  }
  const against = { ...item, limit: shownLimit(item, rule) };
  if (isShare(item) && item.value !== null) {
    const limit = typeof against.limit === "number" ? speaker.percent(against.limit) : "–";
    return { value: speaker.percent(item.value), unit: "", limit: signedLimit(item, limit) };
  }
  return {
    value: computedText(against, property, speaker, ""),
    unit: property?.unit_label ?? item.unit,
    limit: signedLimit(item, limitText(against.limit, property, speaker, item.limits)),
  };
}

export interface ArithmeticStep {
  label: string;
  text: string;
  /** Smaller words below, a line each: counts, notes, sources. */
  notes: string[];
  /** A remark in English, whatever the reader's language; to be shown as such. */
  english?: string;
}

/** The arithmetic of an item, step by step: samples, statistic, rounding, limit, clause, source. */
export function arithmeticSteps(
  item: ExplainItem,
  explanation: Explanation,
  rule: RuleSet,
  properties: Properties,
  speaker: Speaker,
): ArithmeticStep[] {
  const { t } = speaker;
  const property = properties(item.property);
  const share = isShare(item);
  // The risk behind an index is a percentage, whatever the index itself is counted in.
  const unit = share || item.unit === "1" ? "" : item.unit === "%" ? "%" : (property?.unit_label ?? item.unit);
  const limitOf = (limit: ExplainItem["limit"]) =>
    share && typeof limit === "number" ? speaker.percent(limit) : limitText(limit, property, speaker, item.limits);
  const full = (value: number | null) =>
    share && value !== null
      ? speaker.percent(value, 1)
      : speaker.value(value, { decimals: property?.decimals ?? 2, exact: true, unit });
  const steps: ArithmeticStep[] = [
    {
      label: t("explain.statistic"),
      text: speaker.say(item.statistic_text, item.statistic),
      notes: [
        [
          t("explain.samples", {}, item.n),
          item.samples.length > item.n ? t("explain.values", {}, item.samples.length) : "",
          item.censored ? t("explain.censored", { n: speaker.count(item.censored) }) : "",
        ]
          .filter(Boolean)
          .join(t("common.comma")),
      ],
    },
    { label: t("explain.computed"), text: full(item.value), notes: [] },
  ];
  if (item.rounded !== null && item.rounded !== item.value) {
    steps.push({ label: t("explain.rounded"), text: full(item.rounded), notes: [] });
  }
  const limits = rule.grades.flatMap((grade) => {
    const limit = item.limits[grade.id];
    return limit === undefined || limit === null
      ? []
      : [
          `${rule.kind === "attainment" ? "" : `${grade.short || grade.id}${t("common.colon")}`}${signedLimit(item, limitOf(limit))}`,
        ];
  });
  const compared = limits.length ? limits.join(" · ") : signedLimit(item, limitOf(item.limit));
  if (compared !== "–")
    steps.push({
      label: t("explain.compared"),
      text: `${compared} ${unit}`.trim(),
      notes: [],
      ...(item.note ? { english: item.note } : {}),
    });
  if (item.clause) steps.push({ label: t("explain.clause"), text: item.clause, notes: [] });
  steps.push({
    label: t("explain.source"),
    text: t(`confidence.${item.confidence}`),
    notes: sourcesOf(item, explanation).map((source) => source.ref),
  });
  return steps;
}

/** The sources that an item names, as far as the explanation carries them. */
export function sourcesOf(item: ExplainItem, explanation: Explanation): { id: string; ref: string }[] {
  const known = new Map((explanation.sources ?? []).map((source) => [source.id, source]));
  return item.sources.map((id) => known.get(id) ?? { id, ref: id });
}
