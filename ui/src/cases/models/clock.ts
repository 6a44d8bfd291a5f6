/** Deadlines as a person reads them: how much time is left, or for how long it is late. Pure. */
import { LOCALES, type Language } from "@/i18n/languages";
import type { CaseBrief, Clock } from "../api";

export type ClockState = "late" | "soon" | "running" | "paused" | "none";

export interface Reading {
  state: ClockState;
  /** Seconds left, or since it passed. */
  seconds: number;
}

const DAY = 86_400;

/** How the nearest deadline of a case stands at `now` (milliseconds). */
export function readingOf(it: Pick<CaseBrief, "due" | "suspended" | "status">, now: number): Reading {
  if (it.status !== "open") return { state: "none", seconds: 0 };
  if (it.suspended) return { state: "paused", seconds: Math.max(0, (now - Date.parse(it.suspended)) / 1000) };
  if (!it.due) return { state: "none", seconds: 0 };
  const left = (Date.parse(it.due) - now) / 1000;
  if (left < 0) return { state: "late", seconds: -left };
  return { state: left <= DAY ? "soon" : "running", seconds: left };
}

/** The same of one clock. */
export function clockReading(it: Clock, now: number): Reading {
  if (it.outcome !== "running") return { state: it.outcome === "late" ? "late" : "none", seconds: 0 };
  if (it.paused) return { state: "paused", seconds: 0 };
  return readingOf({ due: it.due, suspended: null, status: "open" }, now);
}

const STEPS: readonly [Intl.RelativeTimeFormatUnitSingular, number][] = [
  ["day", DAY],
  ["hour", 3600],
  ["minute", 60],
];

/** A span in its two largest units: `1 day 4 hours`, `40 minutes`, `3天2小时`; less than a minute is one. */
export function spanWords(language: Language, seconds: number): string {
  const whole = Math.max(60, Math.round(seconds / 60) * 60);
  const at = STEPS.findIndex(([, size]) => whole >= size);
  const say = (value: number, unit: string) =>
    new Intl.NumberFormat(LOCALES[language], { style: "unit", unit, unitDisplay: "long" }).format(value);
  const [unit, size] = STEPS[at]!;
  const count = Math.floor(whole / size);
  const parts = [say(count, unit)];
  const finer = STEPS[at + 1];
  // Ten days and an hour are ten days.
  if (finer && count < 10) {
    const rest = Math.floor((whole - count * size) / finer[1]);
    if (rest) parts.push(say(rest, finer[0]));
  }
  return parts.join(language.startsWith("zh") ? "" : " ");
}

/** What is most urgent first: late, then by deadline; what stands still or has none comes last. */
export function byUrgency(a: CaseBrief, b: CaseBrief): number {
  const rank = (it: CaseBrief) => (it.suspended || !it.due ? Infinity : Date.parse(it.due));
  return rank(a) - rank(b) || a.severity - b.severity || a.id.localeCompare(b.id);
}
