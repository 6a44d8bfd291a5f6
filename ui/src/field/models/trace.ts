/** What the trace view draws and says. Pure. */
import type { Trace } from "@/api/field";
import type { Speaker } from "@/i18n/speaker";

type Line = GeoJSON.Feature<GeoJSON.LineString>;
export type Lines = Record<string, [number, number][]>;

/** The reaches with their hours of travel to the section. */
export function isochroneLines(trace: Trace, lines: Lines): GeoJSON.FeatureCollection<GeoJSON.LineString> {
  return {
    type: "FeatureCollection",
    features: trace.isochrones.flatMap(({ reach, hours }): Line[] => {
      const line = lines[reach];
      return line && line.length > 1
        ? [
            {
              type: "Feature",
              geometry: { type: "LineString", coordinates: line },
              properties: { id: reach, hours, label: hours < 10 ? hours.toFixed(1) : String(Math.round(hours)) },
            },
          ]
        : [];
    }),
  };
}

/**
 * The reaches that may hold the release; `share` is the root of their probability against the
 * likeliest, per kilometre: a single outlet must not hide that other places are possible.
 */
export function posteriorLines(trace: Trace, lines: Lines): GeoJSON.FeatureCollection<GeoJSON.LineString> {
  const density = trace.posterior.map((it) => it.p / Math.max(it.to_km - it.from_km, 0.05));
  const most = Math.max(1e-12, ...density);
  return {
    type: "FeatureCollection",
    features: trace.posterior.flatMap((it, i): Line[] => {
      const line = lines[it.reach];
      return line && line.length > 1
        ? [
            {
              type: "Feature",
              geometry: { type: "LineString", coordinates: line },
              properties: { id: it.reach, p: it.p, share: Math.sqrt(density[i]! / most) },
            },
          ]
        : [];
    }),
  };
}

/** The suspects by rank, what is reached next, and the section that saw it. */
export function tracePlaces(trace: Trace, speaker: Speaker): GeoJSON.FeatureCollection<GeoJSON.Point> {
  const point = (id: string, lon: number, lat: number, more: Record<string, unknown>): GeoJSON.Feature<GeoJSON.Point> => ({
    type: "Feature",
    geometry: { type: "Point", coordinates: [lon, lat] },
    properties: { id, ...more },
  });
  return {
    type: "FeatureCollection",
    features: [
      ...trace.downstream.map((it) =>
        point(`down:${it.id}`, it.longitude, it.latitude, { kind: "target", text: speaker.say(it.name), rank: 0 }),
      ),
      // The first lies on top of those behind it.
      ...trace.suspects
        .slice(0, SHOWN_SUSPECTS)
        .map((it, i) => point(`outlet:${it.outlet}`, it.longitude, it.latitude, { kind: "suspect", text: String(i + 1), rank: 100 - i }))
        .reverse(),
      point("section", trace.section.longitude, trace.section.latitude, {
        kind: "section",
        text: speaker.say(trace.section.name),
        rank: 200,
      }),
    ],
  };
}

export const SHOWN_SUSPECTS = 20;

/** Where on a common axis an interval lies: shares of its width, for a bar. */
export function placeOn(axis: readonly [number, number], low: number, high: number): { left: number; width: number } {
  const span = axis[1] - axis[0] || 1;
  const left = Math.min(Math.max((low - axis[0]) / span, 0), 1);
  const right = Math.min(Math.max((high - axis[0]) / span, left), 1);
  return { left, width: Math.max(right - left, 0.005) };
}

/** The axis that holds all arrivals, with now at its beginning where they lie ahead. */
export function arrivalAxis(trace: Trace, now: number): [number, number] {
  const times = trace.downstream.flatMap((it) =>
    it.arrival.interval.flatMap((time) => (time ? [Date.parse(time)] : [])),
  );
  if (!times.length) return [now, now + 1];
  return [Math.min(now, ...times), Math.max(now, ...times)];
}

/** Grams as the unit that reads best: g, kg or t. */
export function massText(grams: number, speaker: Speaker): string {
  const size = Math.abs(grams);
  const [value, unit] = size >= 1e6 ? [grams / 1e6, "t"] : size >= 1e3 ? [grams / 1e3, "kg"] : [grams, "g"];
  return speaker.value(Number(value.toPrecision(3)), { decimals: 0, exact: true, unit });
}
