/** The accessible list of stations: filtered, sorted and cut into pages. */
import type { Station } from "@/api/types";
import type { Speaker } from "@/i18n/speaker";
import { stationTitle } from "./station";

export interface ListVerdict {
  grade: string | null;
  worst: string | null;
}

export interface ListRow {
  station: Station;
  title: string;
  place: string;
  grade: string | null;
  /** Place of the grade among the rule set's, best 0; -1 without a verdict. */
  rank: number;
  decidedBy: string;
  located: boolean;
  /** Everything a filter looks into, folded. */
  haystack: string;
}

export const COLUMNS = ["name", "grade", "decidedBy", "zone", "span", "observations", "position"] as const;
export type ColumnName = (typeof COLUMNS)[number];

export interface Sorting {
  column: ColumnName;
  down: boolean;
}

export interface Filter {
  text: string;
  /** Only these media; all of them where none is named. */
  media: readonly string[];
  located: "" | "yes" | "no";
}

/** Lower case without accents, so that `central` finds `Central` and `Praia` is found as people type it. */
export function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

export function listRows(
  stations: readonly Station[],
  verdictOf: (id: string) => ListVerdict | null,
  ranks: ReadonlyMap<string, number>,
  names: { zone: (id: string) => string; property: (code: string) => string },
  speaker: Speaker,
): ListRow[] {
  return stations.map((station) => {
    const verdict = verdictOf(station.id);
    const rank = verdict?.grade ? (ranks.get(verdict.grade) ?? -1) : -1;
    const place = names.zone(station.zone) || speaker.say(station.water);
    return {
      station,
      title: stationTitle(station, speaker),
      place,
      grade: verdict?.grade ?? null,
      rank,
      decidedBy: verdict?.worst && rank > 0 ? names.property(verdict.worst) : "",
      located: station.longitude !== null && station.latitude !== null,
      // Any of the four languages finds it.
      haystack: folded(
        [station.code, station.id, ...Object.values(station.name), ...Object.values(station.water ?? {}), place].join(
          " ",
        ),
      ),
    };
  });
}

export function filtered(rows: readonly ListRow[], filter: Filter): ListRow[] {
  const words = folded(filter.text).split(/\s+/).filter(Boolean);
  return rows.filter(
    (row) =>
      (!filter.media.length || filter.media.includes(row.station.medium)) &&
      (!filter.located || row.located === (filter.located === "yes")) &&
      words.every((word) => row.haystack.includes(word)),
  );
}

export function sorted(rows: readonly ListRow[], { column, down }: Sorting, language: string): ListRow[] {
  const text = new Intl.Collator(language, { numeric: true });
  const compare: Record<ColumnName, (a: ListRow, b: ListRow) => number> = {
    name: (a, b) => text.compare(a.title, b.title),
    grade: (a, b) => a.rank - b.rank,
    decidedBy: (a, b) => text.compare(a.decidedBy, b.decidedBy),
    zone: (a, b) => text.compare(a.place, b.place),
    span: (a, b) => (a.station.last ?? "").localeCompare(b.station.last ?? ""),
    observations: (a, b) => a.station.observations - b.station.observations,
    position: (a, b) => Number(a.located) - Number(b.located),
  };
  const by = compare[column];
  // Ties stay in the order of names, whichever way the column runs.
  return [...rows].sort((a, b) => (down ? by(b, a) : by(a, b)) || text.compare(a.title, b.title));
}

export interface Cut<T> {
  rows: T[];
  page: number;
  pages: number;
}

/** Page `page` (from 1, held within the ends) of `size` rows. */
export function cut<T>(rows: readonly T[], page: number, size: number): Cut<T> {
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const at = Math.min(Math.max(1, page), pages);
  return { rows: rows.slice((at - 1) * size, at * size), page: at, pages };
}
