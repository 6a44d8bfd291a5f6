/** The leader's figures as rows. Pure. */
import type { Agency, Figures } from "../api";

/** Hours as people say a median: minutes below two hours, hours below two days, else days. */
export function hoursIn(hours: number): { value: number; unit: "minute" | "hour" | "day"; decimals: number } {
  if (hours < 2) return { value: hours * 60, unit: "minute", decimals: 0 };
  if (hours < 48) return { value: hours, unit: "hour", decimals: hours < 10 ? 1 : 0 };
  return { value: hours / 24, unit: "day", decimals: hours < 240 ? 1 : 0 };
}

/** Agencies by the number of cases they found, those with none left out. */
export function ranked(agencies: readonly Agency[]): Agency[] {
  return agencies
    .filter((it) => it.found > 0 || it.open > 0)
    .sort((a, b) => b.found - a.found || a.jurisdiction.localeCompare(b.jurisdiction));
}

/** The share that was in time; null where nothing was due. */
export function onTime(it: Figures): number | null {
  if (it.on_time.share !== null && it.on_time.share !== undefined) return it.on_time.share;
  const due = it.on_time.met + it.on_time.late;
  return due ? it.on_time.met / due : null;
}
