/** One plain-language sentence about a whole map, and the counts behind its legend. Pure. */
import type { Matrix, RuleSet } from "@/api/types";

export interface Counts {
  /** Stations of each grade, in the order of the rule set's grades. */
  byGrade: number[];
  /** Stations with a verdict. */
  judged: number;
  /** Stations of the rule set without a verdict in the period. */
  silent: number;
}

const NOTHING: Counts = { byGrade: [], judged: 0, silent: 0 };

/** Grade index of every station in a period, -1 where there is none. */
function column(matrix: Matrix, period: string): number[] {
  const at = matrix.periods.indexOf(period);
  return at < 0 ? [] : matrix.grade.map((row) => row[at] ?? -1);
}

/** How many stations bear each grade in a period. */
export function counted(matrix: Matrix | null, period: string): Counts {
  if (!matrix) return NOTHING;
  const byGrade = matrix.grades.map(() => 0);
  let judged = 0;
  for (const grade of column(matrix, period)) {
    if (grade < 0) continue;
    byGrade[grade] = (byGrade[grade] ?? 0) + 1;
    judged += 1;
  }
  return { byGrade, judged, silent: matrix.stations.length - judged };
}

/** Grade counts of every period at once: counts[period][grade]. */
export function countedAll(matrix: Matrix): number[][] {
  const counts = matrix.periods.map(() => matrix.grades.map(() => 0));
  for (const row of matrix.grade) {
    row.forEach((grade, i) => {
      if (grade >= 0 && counts[i]) counts[i]![grade] = (counts[i]![grade] ?? 0) + 1;
    });
  }
  return counts;
}

/** The property that most often decided a grade in a period, and how often. */
export function mainReason(matrix: Matrix, period: string, grade: number): { property: string; count: number } | null {
  const at = matrix.periods.indexOf(period);
  const tally = new Map<number, number>();
  matrix.grade.forEach((row, i) => {
    const worst = matrix.worst[i]?.[at] ?? -1;
    if (row[at] === grade && worst >= 0) tally.set(worst, (tally.get(worst) ?? 0) + 1);
  });
  const best = [...tally].sort((a, b) => b[1] - a[1])[0];
  const property = best && matrix.properties[best[0]];
  return property ? { property, count: best[1] } : null;
}

/** What the sentence says; the words are chosen by the language. */
export type Summary =
  | { kind: "none" }
  | { kind: "allBest"; grade: string; total: number }
  | { kind: "worst"; grade: string; count: number; total: number; reason: string | null }
  | { kind: "attained"; total: number }
  | { kind: "missed"; count: number; total: number; reason: string | null }
  | { kind: "index"; grade: string; count: number; total: number };

/** The one thing to know of a period: how many stations stand worst, of how many, and why. */
export function summarise(matrix: Matrix | null, rule: RuleSet | undefined, period: string): Summary {
  const counts = counted(matrix, period);
  if (!matrix || !rule || counts.judged === 0) return { kind: "none" };
  const worst = counts.byGrade.findLastIndex((count) => count > 0);
  const grade = matrix.grades[worst]!;
  const count = counts.byGrade[worst]!;
  const total = counts.judged;
  if (rule.kind === "index") return { kind: "index", grade, count, total };
  // A single property needs no reason: it is the reason.
  const reason = worst > 0 && !matrix.property ? (mainReason(matrix, period, worst)?.property ?? null) : null;
  if (rule.kind === "attainment") {
    return worst === 0 ? { kind: "attained", total } : { kind: "missed", count, total, reason };
  }
  return worst === 0 ? { kind: "allBest", grade, total } : { kind: "worst", grade, count, total, reason };
}
