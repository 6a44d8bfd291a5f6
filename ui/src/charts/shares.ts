/** Counts per grade and period as stacked shares. */

export interface ShareSlice {
  grade: string;
  count: number;
  /** Place in the bar from 0 (bottom) to 1. */
  from: number;
  to: number;
}

export interface ShareBar {
  period: string;
  total: number;
  slices: ShareSlice[];
}

/**
 * One bar a period; `counts[period][grade]`. The worst grade stands at the bottom, so that bad years rise. A period in
 * which nothing was judged has no slices: it is a gap, not a zero.
 */
export function sharesOf(
  periods: readonly string[],
  grades: readonly string[],
  counts: readonly (readonly number[])[],
): ShareBar[] {
  return periods.map((period, at) => {
    const row = counts[at] ?? [];
    const total = grades.reduce((sum, _, index) => sum + (row[index] ?? 0), 0);
    const slices: ShareSlice[] = [];
    let from = 0;
    for (let index = grades.length - 1; total > 0 && index >= 0; index -= 1) {
      const count = row[index] ?? 0;
      if (!count) continue;
      const to = from + count / total;
      slices.push({ grade: grades[index]!, count, from, to });
      from = to;
    }
    return { period, total, slices };
  });
}

/** Periods to label below a row of bars so that labels keep `room` bars apart: round years first. */
export function labelledYears(periods: readonly string[], room: number): ReadonlySet<string> {
  const step = [1, 2, 5, 10, 20].find((each) => each >= room) ?? 50;
  return new Set(periods.filter((period) => /^\d{4}$/.test(period) && Number(period) % step === 0));
}
