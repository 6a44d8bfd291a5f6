/** Search results as groups of a list box. */
import type { Hit, HitKind } from "@/api/types";
import type { Speaker } from "@/i18n/speaker";

export interface Option {
  /** Place in the whole list, for the active descendant. */
  index: number;
  hit: Hit;
  label: string;
  context: string;
  /** A station whose position is unknown cannot be flown to. */
  offMap: boolean;
}

export interface OptionGroup {
  kind: HitKind | "recent";
  label: string;
  options: Option[];
}

const ORDER: readonly HitKind[] = ["station", "zone", "place", "property", "standard"];

/** A fuller label for a hit where the page knows one (a station's code); empty for none. */
export type Labels = (hit: Hit) => string;

function option(hit: Hit, index: number, speaker: Speaker, labels: Labels): Option {
  return {
    index,
    hit,
    label: labels(hit) || speaker.say(hit.name, hit.id),
    context: speaker.say(hit.context),
    offMap: hit.kind === "station" && (hit.longitude === null || hit.latitude === null),
  };
}

/** Hits grouped by kind; the group of the best hit comes first, the rest in the house's order. */
export function grouped(hits: readonly Hit[], speaker: Speaker, labels: Labels = () => ""): OptionGroup[] {
  const first = hits[0]?.kind;
  const kinds = first ? [first, ...ORDER.filter((kind) => kind !== first)] : [];
  let index = 0;
  return kinds.flatMap((kind) => {
    const own = hits.filter((hit) => hit.kind === kind);
    if (!own.length) return [];
    return [
      {
        kind,
        label: speaker.t(`search.kind.${kind}`),
        options: own.map((hit) => option(hit, index++, speaker, labels)),
      },
    ];
  });
}

/** What was chosen lately, as one group. */
export function recentGroup(hits: readonly Hit[], speaker: Speaker, labels: Labels = () => ""): OptionGroup[] {
  if (!hits.length) return [];
  return [
    {
      kind: "recent",
      label: speaker.t("search.recent"),
      options: hits.map((hit, at) => option(hit, at, speaker, labels)),
    },
  ];
}

/** `hits` with `hit` at the head, each once, at most `most`. */
export function remembered(hits: readonly Hit[], hit: Hit, most = 6): Hit[] {
  return [hit, ...hits.filter((it) => it.kind !== hit.kind || it.id !== hit.id)].slice(0, most);
}

/** Recent hits from text that was stored; anything unreadable is forgotten. */
export function readRecent(text: string | null): Hit[] {
  try {
    const stored: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(stored)
      ? stored.filter(
          (it): it is Hit => typeof it?.id === "string" && typeof it?.kind === "string" && Boolean(it?.name),
        )
      : [];
  } catch {
    return [];
  }
}
