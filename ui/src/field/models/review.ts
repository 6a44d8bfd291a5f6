/** What a review says of a series: which tests spoke against which points. Pure. */
import type { QualityTest, ReviewEntry, ReviewSeries } from "@/api/field";

export const FLAGS = [1, 2, 3, 4, 9] as const;
export type Flag = (typeof FLAGS)[number];
export const isFlag = (value: number): value is Flag => (FLAGS as readonly number[]).includes(value);

/** The tests of a series by their own names: `aggregate` sums them up and is none. */
const own = (series: ReviewSeries) => Object.entries(series.tests).filter(([id]) => id !== "aggregate");

/** The review that stands over a point, the newest where several do. */
export function reviewOf(series: ReviewSeries, row: number): ReviewEntry | undefined {
  const time = series.time[row]! * 1000;
  return series.reviews.find((it) => !it.reverted && Date.parse(it.from) <= time && time < Date.parse(it.to));
}

/**
 * The flag that a point bears on the chart: what a person has said; else the sterner of what is stored and what the tests
 * say now, for a series that came before its tests did.
 */
export function flagsOf(series: ReviewSeries): number[] {
  const now = series.tests["aggregate"] ?? [];
  return series.flag.map((flag, row) => {
    const said = now[row] ?? 2;
    if (reviewOf(series, row) || flag >= 3) return flag;
    return said === 3 || said === 4 ? said : flag;
  });
}

/** The tests that found a point suspect or worse. */
export function against(series: ReviewSeries, row: number): string[] {
  return own(series).flatMap(([id, column]) => {
    const flag = column[row] ?? 2;
    return flag === 3 || flag === 4 ? [id] : [];
  });
}

export interface TestCount {
  id: string;
  suspect: number;
  failed: number;
  passed: number;
}

/** How each test judged the series, the sternest first. */
export function testCounts(series: ReviewSeries): TestCount[] {
  return own(series)
    .map(([id, column]) => ({
      id,
      suspect: column.filter((flag) => flag === 3).length,
      failed: column.filter((flag) => flag === 4).length,
      passed: column.filter((flag) => flag === 1).length,
    }))
    .sort((a, b) => b.failed - a.failed || b.suspect - a.suspect || a.id.localeCompare(b.id));
}

/** How many values lie in a span, both ends included. */
export function within(series: ReviewSeries, span: readonly [number, number] | null): number {
  return span ? series.time.filter((time) => time >= span[0] && time <= span[1]).length : 0;
}

/** The span of a selection, drawn to the values that it holds; null where it holds none. */
export function snapped(series: ReviewSeries, span: readonly [number, number] | null): [number, number] | null {
  if (!span) return null;
  const held = series.time.filter((time) => time >= span[0] && time <= span[1]);
  return held.length ? [held[0]!, held.at(-1)!] : null;
}

/** The newest first; what was taken back stays, marked. */
export function inTime(history: readonly ReviewEntry[]): ReviewEntry[] {
  return [...history].sort((a, b) => b.made.localeCompare(a.made));
}

export const testName = (tests: readonly QualityTest[], id: string): QualityTest["name"] | string =>
  tests.find((it) => it.id === id)?.name ?? id;
