/** The words of these screens, added to the page's own when the first of them opens. */
import { LANGUAGES } from "@/i18n/languages";
import { i18n, language } from "@/i18n";
import { countIn } from "@/i18n/numbers";
import en, { type FieldKey, type FieldWords } from "./en";
import pt from "./pt";
import zhHans from "./zh-Hans";
import zhHant from "./zh-Hant";

export type { FieldKey };

export const FIELD: Record<(typeof LANGUAGES)[number], FieldWords> = { en, pt, "zh-Hans": zhHans, "zh-Hant": zhHant };

for (const each of LANGUAGES) i18n.global.mergeLocaleMessage(each, { field: FIELD[each] });

/** A message of these screens in the page's language; `plural` chooses between its forms and fills `{n}`. */
export function f(key: FieldKey, named: Record<string, string | number> = {}, plural?: number): string {
  const locale = language.value;
  if (plural === undefined) return i18n.global.t(`field.${key}`, named, { locale });
  return i18n.global.t(`field.${key}`, { n: countIn(locale, plural), ...named }, { locale, plural });
}

/** The word under `key`, or `otherwise` where the page has none for it: kinds that a server may add. */
export function known(key: string, otherwise: string): string {
  return i18n.global.te(`field.${key}`, "en") ? i18n.global.t(`field.${key}`, {}, { locale: language.value }) : otherwise;
}
