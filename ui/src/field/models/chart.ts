/** What a chart of telemetry needs of its data. Pure. */
import { longestPause } from "@/charts/series";

/** A series with its real gaps left open; `rows` says which row of the original each point is, null in a gap. */
export function gapped(
  time: readonly number[],
  value: readonly (number | null)[],
): { time: number[]; value: (number | null)[]; rows: (number | null)[] } {
  const pause = longestPause(time);
  const found = { time: [] as number[], value: [] as (number | null)[], rows: [] as (number | null)[] };
  time.forEach((at, row) => {
    const before = time[row - 1];
    if (before !== undefined && at - before > pause) {
      found.time.push((before + at) / 2);
      found.value.push(null);
      found.rows.push(null);
    }
    found.time.push(at);
    found.value.push(value[row] ?? null);
    found.rows.push(row);
  });
  return found;
}

/** Local wall-clock text of a form field (`2026-11-22T08:30`) for epoch seconds, at `offset` minutes east of UTC. */
export function localText(seconds: number, offset: number): string {
  return new Date(Math.round(seconds + offset * 60) * 1000).toISOString().slice(0, 16);
}

/** Epoch seconds of such a text; NaN where it is none. */
export function fromLocal(text: string, offset: number): number {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) ? Date.parse(`${text.slice(0, 16)}:00Z`) / 1000 - offset * 60 : NaN;
}

/** ISO time in UTC, as the API takes it. */
export const isoOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");

/** Epoch seconds, whether the server gave them or an ISO time. */
export const secondsOf = (time: number | string): number => (typeof time === "number" ? time : Date.parse(time) / 1000);
