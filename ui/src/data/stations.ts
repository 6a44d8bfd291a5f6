/** Every station that the server knows, located or not, read once. */
import { computed, shallowRef } from "vue";
import { api, asProblem, type Problem } from "@/api/client";
import type { Station } from "@/api/types";

export const stations = shallowRef<Station[]>([]);
export const stationsProblem = shallowRef<Problem | null>(null);
export const stationsLoaded = shallowRef(false);

const byId = computed(() => new Map(stations.value.map((station) => [station.id, station])));

export function stationById(id: string): Station | undefined {
  return byId.value.get(id);
}

/** True where the station has a position; it is never guessed. */
export function located(station: Station): station is Station & { longitude: number; latitude: number } {
  return station.longitude !== null && station.latitude !== null;
}

const PAGE = 5000;
let reading: Promise<void> | null = null;

async function readAll(): Promise<void> {
  try {
    const found: Station[] = [];
    let cursor: string | undefined;
    do {
      const page = await api.stations({ limit: PAGE, cursor });
      found.push(...page.items);
      cursor = page.next ?? undefined;
    } while (cursor);
    stations.value = found;
    stationsProblem.value = null;
    stationsLoaded.value = true;
  } catch (error) {
    stationsProblem.value = asProblem(error, "/api/stations");
    reading = null;
  }
}

/** Read the stations once; call again after a failure to try again. */
export function loadStations(): Promise<void> {
  reading ??= readAll();
  return reading;
}
