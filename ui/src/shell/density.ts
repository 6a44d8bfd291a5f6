/** The bars behind the time slider: how tall is how much was observed, what colour is how it was judged. Pure. */

export interface Bar {
  /** 0..1 of the tallest; the square root of the count, so that thin years stay visible. */
  height: number;
  /** Shares of each grade from best to worst, summing to 1; empty where nothing was judged. */
  shares: number[];
}

/** Bars for the periods of a map; `observed` by period, `judged` as counts[period][grade]. */
export function bars(periods: readonly string[], observed: ReadonlyMap<string, number>, judged: number[][]): Bar[] {
  const sums = judged.map((counts) => counts.reduce((a, b) => a + b, 0));
  const weight = (i: number) => observed.get(periods[i]!) ?? sums[i] ?? 0;
  const tallest = Math.max(1, ...periods.map((_, i) => weight(i)));
  return periods.map((_, i) => ({
    height: Math.sqrt(weight(i) / tallest),
    shares: sums[i] ? judged[i]!.map((count) => count / sums[i]!) : [],
  }));
}

/** Periods whose labels fit: each begins a year, and neighbours are at least `room` pixels apart. */
export function ticks(periods: readonly string[], width: number, room: number): { index: number; year: string }[] {
  const starts = periods
    .map((period, index) => ({ index, year: period.slice(0, 4) }))
    .filter(({ index, year }) => index === 0 || periods[index - 1]!.slice(0, 4) !== year);
  if (!starts.length || width <= 0) return [];
  const each = width / periods.length;
  const perYear = (each * periods.length) / starts.length;
  const every = [1, 2, 5, 10, 20, 50].find((step) => step * perYear >= room) ?? 100;
  return starts.filter(({ year }) => Number(year) % every === 0);
}

/** The index under a place of the slider. */
export function indexAt(x: number, width: number, count: number): number {
  if (count <= 0 || width <= 0) return -1;
  return Math.min(Math.max(Math.floor((x / width) * count), 0), count - 1);
}
