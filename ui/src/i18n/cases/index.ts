/** The words of cases, added to the page's own when the first of their screens opens. */
import { LANGUAGES } from "@/i18n/languages";
import { i18n, language } from "@/i18n";
import { countIn } from "@/i18n/numbers";
import en, { type CaseKey, type CaseWords } from "./en";
import pt from "./pt";
import zhHans from "./zh-Hans";
import zhHant from "./zh-Hant";

export type { CaseKey };

const WORDS: Record<(typeof LANGUAGES)[number], CaseWords> = { en, pt, "zh-Hans": zhHans, "zh-Hant": zhHant };

for (const each of LANGUAGES) i18n.global.mergeLocaleMessage(each, { cases: WORDS[each] });

/** A message of these screens in the page's language; `plural` chooses between its forms and fills `{n}`. */
export function c(key: CaseKey, named: Record<string, string | number> = {}, plural?: number): string {
  const locale = language.value;
  if (plural === undefined) return i18n.global.t(`cases.${key}`, named, { locale });
  return i18n.global.t(`cases.${key}`, { n: countIn(locale, plural), ...named }, { locale, plural });
}

/** The word under `key`, or `otherwise` where the page has none for it: kinds that a playbook or a server may add. */
export function knownCase(key: string, otherwise: string): string {
  return i18n.global.te(`cases.${key}`, "en")
    ? i18n.global.t(`cases.${key}`, {}, { locale: language.value })
    : otherwise;
}
