/** Dates, times and periods: stored in UTC, shown in the station's own zone, which is always named. */

import { LOCALES, type Language } from "./languages";

export type Granularity = "year" | "season" | "month" | "day" | "hour";

/** Minutes east of UTC of the bay: what a station has unless it says otherwise. */
export const BAY_OFFSET = 480;

const FORMATS = new Map<string, Intl.DateTimeFormat>();

function format(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${JSON.stringify(options)}`;
  let found = FORMATS.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(LOCALES[language], { ...options, timeZone: "UTC" });
    FORMATS.set(key, found);
  }
  return found;
}

/** Milliseconds since the epoch of an ISO time or of epoch seconds; NaN where it is no time. */
export function milliseconds(time: string | number): number {
  return typeof time === "number" ? time * 1000 : Date.parse(time);
}

/** `UTC+8`, `UTC+5:30`, `UTC`. */
export function zoneName(offset: number = BAY_OFFSET): string {
  if (offset === 0) return "UTC";
  const size = Math.abs(offset);
  const minutes = size % 60;
  return `UTC${offset < 0 ? "−" : "+"}${Math.floor(size / 60)}${minutes ? `:${String(minutes).padStart(2, "0")}` : ""}`;
}

/** A wall-clock date whose UTC fields read as the local time at `offset`. */
function wallClock(time: string | number, offset: number): Date {
  return new Date(milliseconds(time) + offset * 60_000);
}

/** The date: `9 Jan 2019`, `2019年1月9日`, `9 de jan. de 2019`. */
export function dateIn(language: Language, time: string | number, offset: number = BAY_OFFSET): string {
  const at = wallClock(time, offset);
  if (Number.isNaN(at.getTime())) return "–";
  if (language === "pt") return `${at.getUTCDate()} ${monthName(language, at.getUTCMonth())} ${at.getUTCFullYear()}`;
  return format(language, { year: "numeric", month: language === "en" ? "short" : "long", day: "numeric" }).format(at);
}

/** Date and time with the zone; a time that stands at local midnight was given as a date and is shown as one. */
export function timeIn(language: Language, time: string | number, offset: number = BAY_OFFSET): string {
  const at = wallClock(time, offset);
  if (Number.isNaN(at.getTime())) return "–";
  const day = dateIn(language, time, offset);
  if (at.getUTCHours() === 0 && at.getUTCMinutes() === 0) return day;
  const clock = `${String(at.getUTCHours()).padStart(2, "0")}:${String(at.getUTCMinutes()).padStart(2, "0")}`;
  return `${day} ${clock} (${zoneName(offset)})`;
}

/** The date as tables and files write it: `2019-01-09`, with `10:15` where the time is known. */
export function plainTime(time: string | number, offset: number = BAY_OFFSET): string {
  const at = wallClock(time, offset);
  if (Number.isNaN(at.getTime())) return "";
  const text = at.toISOString();
  return at.getUTCHours() === 0 && at.getUTCMinutes() === 0 ? text.slice(0, 10) : text.slice(0, 16).replace("T", " ");
}

/** Short month names with the dot that the language puts there. */
function monthName(language: Language, month: number): string {
  return format(language, { month: "short" }).format(new Date(Date.UTC(2001, month, 1)));
}

export interface Period {
  granularity: Granularity;
  year: number;
  /** Quarter 1-4 of a season, month 1-12 of a month, day or hour. */
  part: number;
  day: number;
  hour: number;
}

/** Read a period label of the API (`2019`, `2019-Q3`, `2019-07`, `2019-07-03`, `2019-07-03T14`); null where it is none. */
export function parsePeriod(period: string): Period | null {
  const quarter = /^(\d{4})-Q([1-4])$/.exec(period);
  if (quarter) return { granularity: "season", year: Number(quarter[1]), part: Number(quarter[2]), day: 0, hour: 0 };
  const parts = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2})(?::\d{2}.*)?)?)?)?Z?$/.exec(period);
  if (!parts) return null;
  const [, year, month, day, hour] = parts;
  const granularity: Granularity = hour ? "hour" : day ? "day" : month ? "month" : "year";
  return { granularity, year: Number(year), part: Number(month ?? 0), day: Number(day ?? 0), hour: Number(hour ?? 0) };
}

/** A period as people say it: `2019` / `2019年`, `Jul 2019` / `2019年7月` / `jul. 2019`, `Q3 2019` / `2019年第三季度`. */
export function periodIn(language: Language, period: string): string {
  const read = parsePeriod(period);
  if (!read) return period;
  const { year, part, day, hour } = read;
  const chinese = language === "zh-Hans" || language === "zh-Hant";
  switch (read.granularity) {
    case "year":
      return chinese ? `${year}年` : String(year);
    case "season": {
      if (chinese) return `${year}年第${"一二三四"[part - 1]}季${language === "zh-Hans" ? "度" : ""}`;
      return language === "pt" ? `${part}.º trim. ${year}` : `Q${part} ${year}`;
    }
    case "month":
      return chinese ? `${year}年${part}月` : `${monthName(language, part - 1)} ${year}`;
    case "day":
      return dateIn(language, Date.UTC(year, part - 1, day) / 1000, 0);
    case "hour":
      return `${dateIn(language, Date.UTC(year, part - 1, day) / 1000, 0)} ${String(hour).padStart(2, "0")}:00`;
  }
}

/** First instant of a period and the first after it, in epoch seconds at the zone `offset`. */
export function periodSpan(period: string, offset: number = BAY_OFFSET): [number, number] | null {
  const read = parsePeriod(period);
  if (!read) return null;
  const { year, part, day, hour } = read;
  const at = (y: number, m: number, d = 1, h = 0): number => Date.UTC(y, m, d, h) / 1000 - offset * 60;
  switch (read.granularity) {
    case "year":
      return [at(year, 0), at(year + 1, 0)];
    case "season":
      return [at(year, (part - 1) * 3), at(year, part * 3)];
    case "month":
      return [at(year, part - 1), at(year, part)];
    case "day":
      return [at(year, part - 1, day), at(year, part - 1, day + 1)];
    case "hour":
      return [at(year, part - 1, day, hour), at(year, part - 1, day, hour + 1)];
  }
}

/** How long ago, in the largest unit that says it: used where data are old, and say so. */
export function ageIn(language: Language, time: string | number, now: number): string {
  const seconds = (milliseconds(time) - now) / 1000;
  const size = Math.abs(seconds);
  const relative = new Intl.RelativeTimeFormat(LOCALES[language], { numeric: "always" });
  if (size >= 2 * 365 * 86400) return relative.format(Math.round(seconds / (365.25 * 86400)), "year");
  if (size >= 60 * 86400) return relative.format(Math.round(seconds / (30.44 * 86400)), "month");
  if (size >= 2 * 86400) return relative.format(Math.round(seconds / 86400), "day");
  if (size >= 2 * 3600) return relative.format(Math.round(seconds / 3600), "hour");
  if (size >= 90) return relative.format(Math.round(seconds / 60), "minute");
  return relative.format(Math.round(seconds), "second");
}
