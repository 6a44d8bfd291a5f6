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

/**
 * What to write below which bar so that labels keep `room` bars apart: round years first. Bars of months or quarters
 * are labelled with the year where it begins; bars a year apart, with their year.
 */
export function barLabels(periods: readonly string[], room: number): ReadonlyMap<string, string> {
  const step = [1, 2, 5, 10, 20].find((each) => each >= room) ?? 50;
  const year = (at: number) => Number(periods[at]?.slice(0, 4));
  if (periods.length > 1 && year(1) - year(0) > 1) {
    // Bars of several years are few, and no year among them is rounder than another.
    const every = Math.ceil(room);
    return new Map(
      periods.filter((_, at) => (periods.length - 1 - at) % every === 0).map((period) => [period, period.slice(0, 4)]),
    );
  }
  const tails = new Set(periods.map((period) => period.slice(4)));
  const apart = tails.size <= 1;
  const perYear = apart ? 1 : tails.size;
  const years = apart ? step : ([1, 2, 5, 10, 20].find((each) => each * perYear >= room) ?? 50);
  const first = [...tails].sort()[0];
  return new Map(
    periods
      .filter((period) => (apart || period.slice(4) === first) && Number(period.slice(0, 4)) % years === 0)
      .map((period) => [period, period.slice(0, 4)]),
  );
}
