/** The words of the shell and the map in the four languages. */
import en from "./en";
import pt from "./pt";
import zhHans from "./zh-Hans";
import zhHant from "./zh-Hant";
import type { Language } from "@/i18n/languages";

/** The shape of the English words: another language that misses a key fails the type check. */
export type Shape<T> = { [K in keyof T]: T[K] extends string ? string : Shape<T[K]> };
export type MapWords = Shape<typeof en>;

export const words: Record<Language, MapWords> = { en, pt, "zh-Hans": zhHans, "zh-Hant": zhHant };
