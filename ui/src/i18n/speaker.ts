/**
 * A speaker says things in one language: messages, texts of the server, numbers, times and periods.
 *
 * The functions that decide what a page shows take a speaker, so that they can be tested in any language without a
 * browser. The page's own speaker (`@/i18n`) follows the language of the page.
 */
import type { MessageKey } from "./en";
import { textIn, withinSentence, type Language, type Text } from "./languages";
import { countIn, decimalIn, percentIn, valueIn, type Censoring } from "./numbers";
import { ageIn, dateIn, periodIn, timeIn } from "./times";

export type Named = Record<string, string | number>;

/** The message engine: `key` with `named` filled in, the form chosen by `plural` where the message has several. */
export type Translate = (key: string, named: Named, plural: number | undefined, language: Language) => string;

export interface ValueOptions {
  decimals?: number;
  exact?: boolean;
  censoring?: Censoring;
  unit?: string;
}

export interface Speaker {
  readonly language: Language;
  /** A message; `plural` chooses between its forms and fills `{n}` in the local way of counting. */
  t(key: MessageKey, named?: Named, plural?: number): string;
  /** A text of the server in this language, or the nearest one. */
  say(text: Text | string | null | undefined, fallback?: string): string;
  /** A name as it stands inside a sentence. */
  within(name: string): string;
  count(value: number): string;
  decimal(value: number, decimals: number): string;
  percent(share: number, decimals?: number): string;
  value(value: number | null | undefined, options?: ValueOptions): string;
  date(time: string | number, offset?: number): string;
  time(time: string | number, offset?: number): string;
  period(period: string): string;
  age(time: string | number, now: number): string;
  /** Items joined as the language joins them; beyond `most` the rest are counted. */
  list(items: readonly string[], most?: number): string;
}

/** A speaker of the language that `language` answers now. */
export function speakerOf(language: () => Language, translate: Translate): Speaker {
  const t: Speaker["t"] = (key, named = {}, plural) => {
    const now = language();
    const filled = plural === undefined || "n" in named ? named : { ...named, n: countIn(now, plural) };
    return translate(key, filled, plural, now);
  };
  return {
    get language() {
      return language();
    },
    t,
    say: (text, fallback) => textIn(language(), text, fallback),
    within: (name) => withinSentence(language(), name),
    count: (value) => countIn(language(), value),
    decimal: (value, decimals) => decimalIn(language(), value, decimals),
    percent: (share, decimals) => percentIn(language(), share, decimals),
    value: (value, options) => valueIn(language(), value, options),
    date: (time, offset) => dateIn(language(), time, offset),
    time: (time, offset) => timeIn(language(), time, offset),
    period: (period) => periodIn(language(), period),
    age: (time, now) => ageIn(language(), time, now),
    list: (items, most = Number.POSITIVE_INFINITY) => {
      const shown = items.length > most ? items.slice(0, most) : items;
      const joined = shown.join(t("common.comma"));
      return shown.length < items.length
        ? t("common.andMore", { list: joined, n: items.length - shown.length })
        : joined;
    },
  };
}
