/** What a review says of a series: which tests spoke against which points. Pure. */
import type { QualityTest, ReviewEntry, ReviewSeries } from "@/api/field";

export const FLAGS = [1, 2, 3, 4, 9] as const;
export type Flag = (typeof FLAGS)[number];
export const isFlag = (value: number): value is Flag => (FLAGS as readonly number[]).includes(value);

/** The part of a series of one depth and one kind of average, with its tests. */
export function partOf(series: ReviewSeries, depth: string, averaging: string): ReviewSeries {
  const rows = series.time.flatMap((_time, row) =>
    (series.depth[row] ?? "") === depth && (series.averaging?.[row] ?? "") === averaging ? [row] : [],
  );
  const pick = <T>(column: readonly T[]): T[] => rows.map((row) => column[row]!);
  return {
    ...series,
    depth: pick(series.depth),
    averaging: series.averaging ? pick(series.averaging) : undefined,
    time: pick(series.time),
    value: pick(series.value),
    flag: pick(series.flag),
    tests: Object.fromEntries(Object.entries(series.tests).map(([id, column]) => [id, pick(column)])),
    manual: series.manual ? pick(series.manual) : undefined,
  };
}

/** The parts that a series has: `depth|averaging`, each once, in order. */
export function parts(series: ReviewSeries): { depth: string; averaging: string; count: number }[] {
  const found = new Map<string, { depth: string; averaging: string; count: number }>();
  series.time.forEach((_time, row) => {
    const depth = series.depth[row] ?? "";
    const averaging = series.averaging?.[row] ?? "";
    const key = `${depth}|${averaging}`;
    const part = found.get(key) ?? { depth, averaging, count: 0 };
    part.count += 1;
    found.set(key, part);
  });
  return [...found.values()].sort((a, b) => b.count - a.count);
}

/** The tests that found a point suspect or worse. */
export function against(series: ReviewSeries, row: number): string[] {
  return Object.entries(series.tests).flatMap(([id, column]) => {
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
  return Object.entries(series.tests)
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
  return [...history].sort((a, b) => b.time.localeCompare(a.time));
}

export const testName = (tests: readonly QualityTest[], id: string): QualityTest["name"] | string =>
  tests.find((it) => it.id === id)?.name ?? id;
