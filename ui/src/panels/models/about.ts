/** What the page about the data says: sources with their terms, rule sets with their dates, and what is missing. */
import type {
  DataSource,
  Health,
  Layer,
  LawObjective,
  LawItem,
  Meta,
  Property,
  RuleSet,
  RuleSetDetail,
} from "@/api/types";
import type { Speaker } from "@/i18n/speaker";
import { signedLimit } from "./items";
import { limitText, ruleName, type Properties } from "./verdict";

export interface SourceCard {
  id: string;
  title: string;
  licence: string;
  attribution: string;
  /** What of it is used: stations' programmes or names of layers. */
  uses: string[];
}

/** Sources of observations, then those of the map, layers of one origin together. */
export function sourceCards(sources: readonly DataSource[], layers: readonly Layer[], speaker: Speaker): SourceCard[] {
  const cards = sources.map((source) => ({
    id: source.id,
    title: speaker.say(source.title, source.id),
    licence: source.licence,
    attribution: speaker.say(source.attribution),
    uses: [] as string[],
  }));
  const byOrigin = new Map<string, SourceCard>();
  for (const layer of layers) {
    const attribution = speaker.say(layer.attribution);
    const key = `${attribution}|${layer.licence}`;
    const card = byOrigin.get(key) ?? {
      id: `layer ${key}`,
      title: attribution,
      licence: layer.licence,
      attribution: "",
      uses: [],
    };
    const name = speaker.say(layer.name, layer.id);
    if (!card.uses.includes(name)) card.uses.push(name);
    byOrigin.set(key, card);
  }
  return [...cards, ...byOrigin.values()];
}

/** `since 1 July 1998`, or the span in which the rule set was in force. */
export function inForce(rule: RuleSet, speaker: Speaker): string {
  const day = (date: string) => speaker.date(`${date}T00:00:00Z`, 0);
  return rule.in_force_to
    ? speaker.t("about.inForceSpan", { from: day(rule.in_force_from), to: day(rule.in_force_to) })
    : speaker.t("about.inForceSince", { from: day(rule.in_force_from) });
}

export interface LimitsTable {
  heads: string[];
  rows: { key: string; name: string; cells: string[]; confidence: string; unverified: boolean }[];
}

function itemCells(item: LawItem, rule: RuleSet, property: Property | undefined, speaker: Speaker): string[] {
  return rule.grades.map((grade) => {
    const limit = item.limits[grade.id];
    return limit === undefined || limit === null
      ? ""
      : signedLimit(
          { op: item.op } as Parameters<typeof signedLimit>[0],
          limitText(limit, property, speaker, item.limits),
        );
  });
}

function spread(objective: LawObjective, property: Property | undefined, speaker: Speaker): string {
  const values = [...new Set(Object.values(objective.zones))].sort((a, b) => a - b);
  const text = values.map((value) => limitText(value, property, speaker));
  const all = text.length > 2 ? `${text[0]} – ${text.at(-1)} (${speaker.t("about.perZone")})` : text.join(" / ");
  return signedLimit({ op: objective.op } as Parameters<typeof signedLimit>[0], all);
}

/** A rule set's limits as a table: items by class, or objectives with their limit. */
export function limitsTable(law: RuleSetDetail, properties: Properties, speaker: Speaker): LimitsTable {
  const named = (code: string) => {
    const property = properties(code);
    const unit = property?.unit_label ?? "";
    const name = speaker.say(property?.name, code);
    return unit && unit !== name ? `${name} (${unit})` : name;
  };
  if (law.objectives.length) {
    return {
      heads: [speaker.t("items.limit"), speaker.t("series.depth")],
      rows: law.objectives.map((it) => ({
        key: it.id,
        name: `${speaker.say(it.name, it.id)} (${properties(it.property)?.unit_label ?? it.unit})`,
        cells: [
          spread(it, properties(it.property), speaker),
          speaker.t(`depth.${it.depth || "single"}` as "depth.mean"),
        ],
        confidence: speaker.t(`confidence.${it.confidence}`),
        unverified: it.confidence === "unverified",
      })),
    };
  }
  // The last grade is what lies beyond the limits; it has none of its own.
  const used = law.grades.filter((grade) => law.items.some((it) => it.limits[grade.id] !== undefined));
  return {
    heads: used.map((grade) => grade.short || grade.id),
    rows: law.items.map((it) => ({
      key: it.property,
      name: named(it.property),
      cells:
        it.judged === false || it.op === "not_judged"
          ? [speaker.t("about.notJudged")]
          : itemCells(it, { ...law, grades: used }, properties(it.property), speaker),
      confidence: speaker.t(`confidence.${it.confidence}`),
      unverified: it.confidence === "unverified",
    })),
  };
}

/** What is missing, in sentences. */
export function missingSentences(
  meta: Meta,
  health: Health | null,
  details: readonly RuleSetDetail[],
  speaker: Speaker,
): string[] {
  const said: string[] = [];
  if (health?.generated) said.push(speaker.t("about.generated"));
  const off = meta.media.filter((it) => it.stations > it.located);
  const count = off.reduce((sum, it) => sum + it.stations - it.located, 0);
  const total = meta.media.reduce((sum, it) => sum + it.stations, 0);
  if (count > 0) {
    const media = speaker.list(off.map((it) => speaker.say(it.name, it.id)));
    said.push(speaker.t("about.missingPositions", { n: speaker.count(count), total: speaker.count(total), media }));
  }
  const here = new Set<string>(meta.media.filter((it) => it.stations > 0).map((it) => it.id));
  const absent = (["sea", "river", "lake", "air", "effluent"] as const).filter((it) => !here.has(it));
  if (absent.length) {
    said.push(
      speaker.t("about.missingNoStations", { media: speaker.list(absent.map((it) => speaker.t(`medium.${it}`))) }),
    );
  }
  const shaky = details.filter((law) => [...law.items, ...law.objectives].some((it) => it.confidence === "unverified"));
  if (shaky.length) {
    said.push(
      speaker.t("about.missingUnverified", { rules: speaker.list(shaky.map((law) => ruleName(law, speaker))) }),
    );
  }
  said.push(speaker.t("about.missingNetwork"), speaker.t("about.missingBorders"));
  return said;
}
