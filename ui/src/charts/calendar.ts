/** Verdicts laid out as a calendar: years by decade, months or quarters by year. */
import { parsePeriod } from "@/i18n/times";

/** A verdict of one period, as a calendar cell needs it. */
export interface PeriodVerdict {
  period: string;
  grade: string | null;
  determinants: string[];
  samples: number;
  unverified: boolean;
}

export interface CalendarRow {
  label: string;
  /** One place a column; null where the record has no such period. */
  cells: (PeriodVerdict | null)[];
}

export interface Calendar {
  heads: string[];
  rows: CalendarRow[];
}

/** Years as rows of ten: `1990 | 0 1 2 … 9`. Decades without any verdict between others stay, empty. */
export function decadesOf(verdicts: readonly PeriodVerdict[]): Calendar {
  const byYear = new Map(verdicts.map((it) => [parsePeriod(it.period)?.year ?? NaN, it]));
  const years = [...byYear.keys()].filter(Number.isFinite);
  const heads = Array.from({ length: 10 }, (_, digit) => String(digit));
  if (!years.length) return { heads, rows: [] };
  const rows: CalendarRow[] = [];
  const first = Math.floor(Math.min(...years) / 10) * 10;
  for (let decade = first; decade <= Math.max(...years); decade += 10) {
    rows.push({
      label: String(decade),
      cells: heads.map((_, digit) => byYear.get(decade + digit) ?? null),
    });
  }
  return { heads, rows };
}

/** The months or quarters of `year`, one row. */
export function partsOf(verdicts: readonly PeriodVerdict[], year: number): Calendar {
  const read = verdicts.flatMap((it) => {
    const period = parsePeriod(it.period);
    return period && period.year === year && (period.granularity === "month" || period.granularity === "season")
      ? [{ it, period }]
      : [];
  });
  const seasons = read[0]?.period.granularity === "season";
  const heads = seasons ? ["Q1", "Q2", "Q3", "Q4"] : Array.from({ length: 12 }, (_, month) => String(month + 1));
  if (!read.length) return { heads, rows: [] };
  const cells = heads.map((_, index) => read.find((each) => each.period.part === index + 1)?.it ?? null);
  return { heads, rows: [{ label: String(year), cells }] };
}
