/** Periods as the API writes them (`2019`, `2019-Q3`, `2019-07`, `2019-07-03`), and how to walk among them. Pure. */
import type { Granularity, Matrix } from "@/api/types";

const MONTH_OF_QUARTER = ["", "01", "04", "07", "10"];

/** First day of a period as `YYYY-MM-DDTHH`: makes periods of any granularity comparable as text. */
export function startOf(period: string): string {
  const quarter = /^(\d{4})-Q([1-4])$/.exec(period);
  if (quarter) return `${quarter[1]}-${MONTH_OF_QUARTER[Number(quarter[2])]}-01T00`;
  const [, year = "0000", month = "01", day = "01", hour = "00"] =
    /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:T(\d{2}))?/.exec(period) ?? [];
  return `${year}-${month}-${day}T${hour}`;
}

/** Granularity that a period is written in. */
export function granularityOf(period: string): Granularity {
  if (/^\d{4}$/.test(period)) return "year";
  if (period.includes("Q")) return "season";
  if (/T\d{2}/.test(period)) return "hour";
  return period.length > 7 ? "day" : "month";
}

/** The last of `periods` (in order of time) that does not begin after `wanted`, else the first; empty of none. */
export function nearest(periods: readonly string[], wanted: string): string {
  if (!periods.length) return "";
  const limit = startOf(wanted);
  let low = 0;
  let high = periods.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (startOf(periods[middle]!) <= limit) low = middle + 1;
    else high = middle;
  }
  return periods[Math.max(low - 1, 0)]!;
}

/** Stations with a verdict in each period. */
export function judgedCounts(matrix: Matrix): number[] {
  const counts = new Array<number>(matrix.periods.length).fill(0);
  for (const row of matrix.grade) row.forEach((grade, i) => grade >= 0 && (counts[i] = (counts[i] ?? 0) + 1));
  return counts;
}

/**
 * The period a newcomer sees: the newest in which at least half as many stations were judged as in the best one, so
 * that a year just begun, or thinned by circumstance, does not pass for the state of the bay.
 */
export function newestFull(matrix: Matrix): string {
  const counts = judgedCounts(matrix);
  const most = Math.max(0, ...counts);
  for (let i = counts.length - 1; i >= 0; i--) if (counts[i]! > 0 && counts[i]! * 2 >= most) return matrix.periods[i]!;
  return matrix.periods.at(-1) ?? "";
}

/** Where a period of another granularity should land: within the same year the newest one judged well enough. */
export function translated(matrix: Matrix, period: string): string {
  if (matrix.periods.includes(period)) return period;
  const from = granularityOf(period);
  if (from === "year" && matrix.granularity !== "year") {
    const counts = judgedCounts(matrix);
    const inside = matrix.periods.map((it, i) => ({ it, n: counts[i]! })).filter(({ it }) => it.startsWith(period));
    const most = Math.max(0, ...inside.map(({ n }) => n));
    return inside.filter(({ n }) => n > 0 && n * 2 >= most).at(-1)?.it ?? nearest(matrix.periods, period);
  }
  return nearest(matrix.periods, period);
}

/** The period `by` steps away, held within the ends. */
export function stepped(periods: readonly string[], period: string, by: number): string {
  if (!periods.length) return period;
  const at = periods.indexOf(period);
  const from = at < 0 ? periods.indexOf(nearest(periods, period)) : at;
  return periods[Math.min(Math.max(from + by, 0), periods.length - 1)]!;
}

/** A year's worth of steps in a granularity: what Page Up and Page Down move by. */
export const STRIDE: Record<Granularity, number> = { year: 5, season: 4, month: 12, day: 30, hour: 24 };
