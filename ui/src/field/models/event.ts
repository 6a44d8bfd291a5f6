/** What the list and the map say of events. Pure. */
import type { Change, EventBrief } from "@/api/field";
import type { Box } from "@/map/camera";

export const STATUSES = ["open", "ended", "all"] as const;
export type Status = (typeof STATUSES)[number];

export const statusOf = (only: string): Status => STATUSES.find((it) => it === only) ?? "open";

/** The open before the ended, the graver before the lighter, the newest first. */
export function ordered(events: readonly EventBrief[]): EventBrief[] {
  const open = (it: EventBrief) => (it.status === "open" ? 1 : 0);
  return [...events].sort(
    (a, b) =>
      open(b) - open(a) ||
      (open(a) ? b.severity - a.severity : 0) ||
      b.updated.localeCompare(a.updated) ||
      a.id.localeCompare(b.id),
  );
}

export const placed = (it: EventBrief): it is EventBrief & { longitude: number; latitude: number } =>
  it.longitude !== null && it.latitude !== null;

/** The events that lie in a box; those without a position lie in none. */
export function inBox(events: readonly EventBrief[], box: Box | null): EventBrief[] {
  if (!box) return [...events];
  return events.filter(
    (it) =>
      placed(it) && it.longitude >= box[0] && it.longitude <= box[2] && it.latitude >= box[1] && it.latitude <= box[3],
  );
}

export interface News {
  event: EventBrief;
  what: Exclude<Change, "lowered">;
}

/** What happened between two readings of the list: new events, worse ones, ended ones. */
export function news(before: readonly EventBrief[], now: readonly EventBrief[]): News[] {
  const known = new Map(before.map((it) => [it.id, it]));
  return now.flatMap((event): News[] => {
    const old = known.get(event.id);
    if (!old) return event.status === "open" ? [{ event, what: "new" }] : [];
    if (old.status === "open" && event.status === "ended") return [{ event, what: "ended" }];
    return event.severity > old.severity ? [{ event, what: "worse" }] : [];
  });
}

/** Events as map features; the gravest are drawn last. */
export function eventPoints(events: readonly EventBrief[], chosen: string): GeoJSON.FeatureCollection<GeoJSON.Point> {
  return {
    type: "FeatureCollection",
    features: events.filter(placed).map((it) => ({
      type: "Feature",
      geometry: { type: "Point", coordinates: [it.longitude, it.latitude] },
      properties: {
        id: it.id,
        severity: it.severity,
        rank: (it.status === "open" ? 10 : 0) + it.severity,
        open: it.status === "open",
        generated: it.generated,
        chosen: it.id === chosen,
      },
    })),
  };
}

/** How long something lasted, in whole units: seconds between two ISO times. */
export const lasted = (from: string, to: string): number => Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
