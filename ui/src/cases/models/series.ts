/** The one series that a case is held against, out of all that a station has of a property. Pure. */
import type { Series } from "@/api/types";

export interface Course {
  time: number[];
  value: number[];
  flag: number[];
  depth: string;
  averaging: string;
}

/** The series with the most values among those that limits are held against, else the one with the most values. */
export function courseOf(series: Series): Course | null {
  const groups = new Map<string, number[]>();
  for (let i = 0; i < series.time.length; i++) {
    const key = `${series.depth[i] ?? ""}|${series.averaging?.[i] ?? ""}`;
    const rows = groups.get(key);
    if (rows) rows.push(i);
    else groups.set(key, [i]);
  }
  let best: [string, number[]] | null = null;
  const judged = (key: string) => (key.endsWith("|") || key.endsWith("|hour") ? 1 : 0);
  for (const one of groups) {
    const better = best ? judged(one[0]) - judged(best[0]) || one[1].length - best[1].length : 1;
    if (better > 0) best = one;
  }
  if (!best) return null;
  const rows = best[1].sort((a, b) => series.time[a]! - series.time[b]!);
  const [depth = "", averaging = ""] = best[0].split("|");
  return {
    time: rows.map((i) => series.time[i]!),
    value: rows.map((i) => series.value[i]!),
    flag: rows.map((i) => series.flag[i] ?? 1),
    depth,
    averaging,
  };
}
