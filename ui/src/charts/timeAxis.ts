/** Where a time axis is marked and how the marks read: round years, quarters, months, days or hours of local time. */
import type { Language } from "@/i18n/languages";
import { periodIn } from "@/i18n/times";

export type StepUnit = "year" | "month" | "day" | "hour";
export interface TimeStep {
  unit: StepUnit;
  count: number;
}

const HOUR = 3600;
const DAY = 24 * HOUR;
const STEPS: readonly (TimeStep & { seconds: number })[] = [
  ...[1, 3, 6, 12].map((count) => ({ unit: "hour" as const, count, seconds: count * HOUR })),
  ...[1, 2, 5, 10].map((count) => ({ unit: "day" as const, count, seconds: count * DAY })),
  ...[1, 3, 6].map((count) => ({ unit: "month" as const, count, seconds: count * 30.44 * DAY })),
  ...[1, 2, 5, 10, 20, 50].map((count) => ({ unit: "year" as const, count, seconds: count * 365.25 * DAY })),
];

/** The finest step of which at most `room` fit between two times. */
export function timeStep(from: number, to: number, room: number): TimeStep {
  const least = (to - from) / Math.max(1, room);
  const { unit, count } = STEPS.find((step) => step.seconds >= least) ?? STEPS.at(-1)!;
  return { unit, count };
}

/** Marks between two times (seconds since 1970 UTC) at round places of the clock `offset` minutes east of UTC. */
export function timeMarks(from: number, to: number, { unit, count }: TimeStep, offset: number): number[] {
  const marks: number[] = [];
  const shift = offset * 60;
  const start = new Date((from + shift) * 1000);
  const year = start.getUTCFullYear();
  const at = (index: number): number => {
    switch (unit) {
      case "year":
        return Date.UTC(Math.floor(year / count) * count + index * count, 0, 1) / 1000;
      case "month":
        return Date.UTC(year, index * count, 1) / 1000;
      case "day":
        // Days are counted from the first of each month, so that the same days are marked in all of them.
        return dayMark(start, index, count);
      case "hour":
        return Date.UTC(year, start.getUTCMonth(), start.getUTCDate(), index * count) / 1000;
    }
  };
  for (let index = 0; index < 2000; index += 1) {
    const mark = at(index) - shift;
    if (mark > to) break;
    if (mark >= from) marks.push(mark);
  }
  return marks;
}

function dayMark(start: Date, index: number, count: number): number {
  const inMonth = Math.max(1, Math.floor(30 / count));
  const month = start.getUTCMonth() + Math.floor(index / inMonth);
  return Date.UTC(start.getUTCFullYear(), month, 1 + (index % inMonth) * count) / 1000;
}

/** What stands at the marks; a second line says the year or the day where it begins. */
export function timeLabels(language: Language, marks: readonly number[], step: TimeStep, offset: number): string[] {
  const pad = (value: number) => String(value).padStart(2, "0");
  return marks.map((mark, index) => {
    const at = new Date((mark + offset * 60) * 1000);
    const year = at.getUTCFullYear();
    const month = at.getUTCMonth();
    const day = at.getUTCDate();
    if (step.unit === "year") return String(year);
    if (step.unit === "month") {
      const name = periodIn(language, `${year}-${pad(month + 1)}`).replace(/^\d{4}年| \d{4}$/g, "");
      return index === 0 || month === 0 ? `${name}\n${year}` : name;
    }
    const date = `${month + 1}-${pad(day)}`;
    if (step.unit === "day") return index === 0 ? `${date}\n${year}` : date;
    const clock = `${pad(at.getUTCHours())}:00`;
    return index === 0 || at.getUTCHours() === 0 ? `${clock}\n${date}` : clock;
  });
}
