/** The words of these pages, added to the page's own when the first of them opens. */
import { LANGUAGES } from "@/i18n/languages";
import { i18n, language } from "@/i18n";
import { countIn } from "@/i18n/numbers";
import en, { type PhoneKey, type PhoneWords } from "./en";
import pt from "./pt";
import zhHans from "./zh-Hans";
import zhHant from "./zh-Hant";

export type { PhoneKey };

export const PHONE: Record<(typeof LANGUAGES)[number], PhoneWords> = { en, pt, "zh-Hans": zhHans, "zh-Hant": zhHant };

for (const each of LANGUAGES) i18n.global.mergeLocaleMessage(each, { phone: PHONE[each] });

/** A message of these pages in the page's language; `plural` chooses between its forms and fills `{n}`. */
export function p(key: PhoneKey, named: Record<string, string | number> = {}, plural?: number): string {
  const locale = language.value;
  if (plural === undefined) return i18n.global.t(`phone.${key}`, named, { locale });
  return i18n.global.t(`phone.${key}`, { n: countIn(locale, plural), ...named }, { locale, plural });
}
