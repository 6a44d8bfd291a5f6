/** Numbers as people print them: thousands the local way, the digits of the method, `< 0.5` for censored values. */

import { LOCALES, type Language } from "./languages";

export type Censoring = "" | "<" | ">";

const FORMATS = new Map<string, Intl.NumberFormat>();

function format(language: Language, minimum: number, maximum: number): Intl.NumberFormat {
  const key = `${language} ${minimum} ${maximum}`;
  let found = FORMATS.get(key);
  if (!found) {
    found = new Intl.NumberFormat(LOCALES[language], {
      minimumFractionDigits: minimum,
      maximumFractionDigits: maximum,
      // Four digits stay whole in Portuguese unless told otherwise; a column of numbers must not mix both habits.
      useGrouping: "always",
    });
    FORMATS.set(key, found);
  }
  return found;
}

/** Decimals that a number needs to be told apart from its neighbours, at six significant digits (hides float noise). */
export function naturalDecimals(value: number): number {
  if (!Number.isFinite(value) || value === 0) return 0;
  const text = String(Number(value.toPrecision(6)));
  const [mantissa = "", exponent] = text.split("e");
  const decimals = mantissa.split(".")[1]?.length ?? 0;
  return Math.min(12, Math.max(0, decimals - (exponent ? Number(exponent) : 0)));
}

/** Decimals for `value` when the method has `decimals`: never so few that a value above zero reads as zero. */
export function usefulDecimals(value: number, decimals: number): number {
  const size = Math.abs(value);
  if (size === 0 || size >= 0.5 * 10 ** -decimals * 10) return decimals;
  // Two significant digits where the usual decimals would leave fewer.
  const needed = Math.ceil(-Math.log10(size)) + 1;
  return Math.min(12, Math.max(decimals, Math.min(needed, Math.max(naturalDecimals(value), decimals))));
}

/**
 * Decimals that a column of raw results shares: as many as its most precise member has, at most the method's own and
 * one more. Numbers lose their trailing zeros on the way here; a column gives them back without inventing digits.
 */
export function sharedDecimals(values: Iterable<number>, decimals: number): number {
  let most = 0;
  for (const value of values) most = Math.max(most, naturalDecimals(value));
  return Math.min(most, decimals + 1);
}

/** A count, a share or any whole quantity. */
export function countIn(language: Language, value: number): string {
  return format(language, 0, 0).format(value);
}

/** A number with a fixed number of decimals. */
export function decimalIn(language: Language, value: number, decimals: number): string {
  return format(language, decimals, decimals).format(value);
}

/** A share 0..1 as a percentage; `decimals` 0 unless the share is small. */
export function percentIn(language: Language, share: number, decimals = 0): string {
  const shown = share > 0 && share < 0.01 && decimals === 0 ? 1 : decimals;
  return `${decimalIn(language, share * 100, shown)}${language === "pt" ? " " : ""}%`;
}

/**
 * A measured or computed value in the digits of its method. `exact` keeps every digit of the value (raw results and
 * legal limits carry their own digits); otherwise `decimals` is the rule.
 */
export function valueIn(
  language: Language,
  value: number | null | undefined,
  options: { decimals?: number; exact?: boolean; censoring?: Censoring; unit?: string } = {},
): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const decimals = options.decimals ?? 2;
  const digits = options.exact
    ? Math.max(Math.min(naturalDecimals(value), 8), decimals)
    : usefulDecimals(value, decimals);
  const sign = options.censoring ? `${options.censoring} ` : "";
  const unit = options.unit ? ` ${options.unit}` : "";
  return `${sign}${decimalIn(language, value, digits)}${unit}`;
}

const BYTES = ["B", "kB", "MB", "GB"] as const;

/** A file size. */
export function bytesIn(language: Language, bytes: number): string {
  let size = bytes;
  let step = 0;
  while (size >= 1000 && step < BYTES.length - 1) {
    size /= 1000;
    step += 1;
  }
  return `${decimalIn(language, size, step > 0 && size < 10 ? 1 : 0)} ${BYTES[step]}`;
}
