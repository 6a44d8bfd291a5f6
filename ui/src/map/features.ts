/** Stations and their verdicts as map features. Pure. */
import type { Matrix, RuleSet, Station } from "@/api/types";
import { iconName } from "./icons";

export interface StationFeature {
  id: string;
  code: string;
  lon: number;
  lat: number;
  /** Index of the grade, -1 where there is no verdict. */
  grade: number;
  worst: string | null;
  samples: number;
  hatched: boolean;
}

/** Stations that the rule set speaks about and that have a position, each with its verdict in a period. */
export function stationFeatures(
  stations: readonly Station[],
  rule: RuleSet | undefined,
  matrix: Matrix | null,
  period: string,
  unverified: (property: string | null, zone: string) => boolean,
): StationFeature[] {
  if (!rule) return [];
  const at = matrix?.periods.indexOf(period) ?? -1;
  const rows = new Map(matrix?.stations.map((id, row) => [id, row]));
  const found: StationFeature[] = [];
  for (const station of stations) {
    if (station.longitude === null || station.latitude === null || !rule.media.includes(station.medium)) continue;
    const row = rows.get(station.id);
    const grade = row === undefined || at < 0 ? -1 : (matrix!.grade[row]?.[at] ?? -1);
    const worst = row === undefined || at < 0 ? null : (matrix!.properties[matrix!.worst[row]?.[at] ?? -1] ?? null);
    found.push({
      id: station.id,
      code: station.code,
      lon: station.longitude,
      lat: station.latitude,
      grade,
      worst: grade < 0 ? null : worst,
      samples: row === undefined || at < 0 ? 0 : (matrix!.samples[row]?.[at] ?? 0),
      hatched: grade >= 0 && unverified(worst, station.zone),
    });
  }
  return found;
}

/** Grade index that a matrix means in its rule set: the server may list grades in an order of its own. */
export function gradeIndex(rule: RuleSet, matrix: Matrix, grade: number): number {
  return grade < 0 ? -1 : rule.grades.findIndex((it) => it.id === matrix.grades[grade]);
}

/** The features as GeoJSON; the worst are drawn last, above the others. */
export function asGeoJson(
  features: readonly StationFeature[],
  rule: RuleSet | undefined,
  matrix: Matrix | null,
  dark: boolean,
): GeoJSON.FeatureCollection<GeoJSON.Point> {
  return {
    type: "FeatureCollection",
    features: features.map((it) => {
      const grade = rule && matrix ? gradeIndex(rule, matrix, it.grade) : -1;
      const shown = rule?.grades[grade];
      return {
        type: "Feature",
        geometry: { type: "Point", coordinates: [it.lon, it.lat] },
        properties: {
          id: it.id,
          code: it.code,
          rank: grade,
          colour: shown ? (dark ? shown.colour_dark : shown.colour) : "",
          icon: iconName(rule?.id ?? "", grade, it.hatched, dark),
        },
      };
    }),
  };
}

/** West, south, east and north of some places; of none, a box that holds nothing. */
export function boundsOf(places: readonly { longitude: number; latitude: number }[]): [number, number, number, number] {
  return places.reduce<[number, number, number, number]>(
    ([west, south, east, north], { longitude, latitude }) => [
      Math.min(west, longitude),
      Math.min(south, latitude),
      Math.max(east, longitude),
      Math.max(north, latitude),
    ],
    [Infinity, Infinity, -Infinity, -Infinity],
  );
}
