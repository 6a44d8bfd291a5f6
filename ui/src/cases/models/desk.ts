/** What happened on the desk between two readings, and its cases as features of the map. Pure. */
import type { CaseBrief } from "../api";
import { readingOf } from "./clock";

export interface DeskNews {
  it: CaseBrief;
  what: "new" | "late" | "worse";
}

export function deskNews(before: readonly CaseBrief[], now: readonly CaseBrief[]): DeskNews[] {
  const known = new Map(before.map((it) => [it.id, it]));
  const newest = before.reduce((most, it) => (it.opened > most ? it.opened : most), "");
  return now.flatMap((it): DeskNews[] => {
    const old = known.get(it.id);
    // Behind the end of a full page cases come and go without anything having happened to them.
    if (!old) return it.opened > newest ? [{ it, what: "new" }] : [];
    if (it.late && !old.late) return [{ it, what: "late" }];
    return it.severity < old.severity || (it.worse ?? "") > (old.worse ?? "") ? [{ it, what: "worse" }] : [];
  });
}

/** Cases with a position as map features; the most urgent are drawn last. */
export function casePoints(
  items: readonly CaseBrief[],
  chosen: string,
  now: number,
): GeoJSON.FeatureCollection<GeoJSON.Point> {
  const rank = { late: 3, soon: 2, running: 1, paused: 0, none: 0 };
  return {
    type: "FeatureCollection",
    features: items.flatMap((it) => {
      if (it.longitude === null || it.latitude === null) return [];
      const { state } = readingOf(it, now);
      return [
        {
          type: "Feature" as const,
          geometry: { type: "Point" as const, coordinates: [it.longitude, it.latitude] },
          properties: { id: it.id, severity: it.severity, clock: state, rank: rank[state] * 5 + 4 - it.severity, chosen: it.id === chosen },
        },
      ];
    }),
  };
}
