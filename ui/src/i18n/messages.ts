/** What surrounds the map, in every language: no browser needed, so that what a page says can be tested. */
import en, { type Messages } from "./en";
import type { Language } from "./languages";
import pt from "./pt";
import zhHans from "./zh-Hans";
import zhHant from "./zh-Hant";

export const MESSAGES: Record<Language, Messages> = { en, "zh-Hans": zhHans, "zh-Hant": zhHant, pt };
