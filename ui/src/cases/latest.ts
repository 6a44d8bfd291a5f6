/** The newest values of the stations that cases are about, read one after the other and kept for a while. */
import { shallowReactive } from "vue";
import { api } from "@/api/client";
import type { CaseBrief } from "./api";

export interface Latest {
  time: string;
  value: number;
  censoring: "" | "<" | ">";
}

const KEPT = 60_000;
const found = shallowReactive(new Map<string, Latest | null>());
const read = new Map<string, number>();
let queue: Promise<void> = Promise.resolve();

/** The newest value of what a case is about; null while unknown. */
export function latestOf(it: Pick<CaseBrief, "station" | "property">): Latest | null {
  return found.get(`${it.station}|${it.property}`) ?? null;
}

async function look(station: string): Promise<void> {
  try {
    const detail = await api.station(station);
    for (const one of detail.datastreams) {
      if (one.latest?.value === null || one.latest?.value === undefined) continue;
      const key = `${station}|${one.property}`;
      const held = found.get(key);
      if (!held || one.latest.time >= held.time) {
        found.set(key, { time: one.latest.time, value: one.latest.value, censoring: one.latest.censoring ?? "" });
      }
    }
  } catch {
    // A desk without the newest value is still a desk.
    read.delete(station);
  }
}

/** See to it that the newest values of these cases are known. */
export function wantLatest(items: readonly Pick<CaseBrief, "station" | "property">[], most = 20): void {
  const now = Date.now();
  const stations = [...new Set(items.flatMap((it) => (it.station && it.property ? [it.station] : [])))].slice(0, most);
  for (const station of stations) {
    if (now - (read.get(station) ?? 0) < KEPT) continue;
    read.set(station, now);
    queue = queue.then(() => look(station));
  }
}
