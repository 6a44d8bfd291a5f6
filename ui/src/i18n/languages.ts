/** The four languages of the bay, their tags for the browser, and how a first visit chooses one. */

export const LANGUAGES = ["zh-Hans", "zh-Hant", "en", "pt"] as const;
export type Language = (typeof LANGUAGES)[number];

/** A text in the four languages, as the API hands it out; a language may be missing in data that people load. */
export type Text = Partial<Record<Language, string>>;

/** Each language by its own name: a reader looks for the word that they know. */
export const LANGUAGE_NAMES: Record<Language, string> = {
  "zh-Hans": "简体中文",
  "zh-Hant": "繁體中文",
  en: "English",
  pt: "Português",
};

/** The locale whose number and date habits stand for a language: Macao's for Portuguese, Hong Kong's for English. */
export const LOCALES: Record<Language, string> = {
  "zh-Hans": "zh-CN",
  "zh-Hant": "zh-HK",
  en: "en-HK",
  pt: "pt-MO",
};

export function isLanguage(tag: string): tag is Language {
  return (LANGUAGES as readonly string[]).includes(tag);
}

/** The language of a BCP 47 tag, or null: `zh-TW`, `zh-HK`, `zh-MO` read traditional characters, other `zh` simplified. */
export function languageOf(tag: string): Language | null {
  const low = tag.toLowerCase();
  if (low.startsWith("zh")) return /hant|-tw|-hk|-mo/.test(low) && !/hans/.test(low) ? "zh-Hant" : "zh-Hans";
  if (low.startsWith("pt")) return "pt";
  if (low.startsWith("en")) return "en";
  return null;
}

/** The first language among the reader's preferences that is spoken here; English where none is. */
export function preferredLanguage(tags: readonly string[]): Language {
  for (const tag of tags) {
    const language = languageOf(tag);
    if (language) return language;
  }
  return "en";
}

/** Words that keep their capital inside a sentence: people's and genera's names. */
const PROPER = /^(?:Escherichia|Secchi|Kjeldahl|Hong|Macau)\b/;

/** A name as it stands inside a sentence: `Total inorganic nitrogen` begins small there, `pH` and `E. coli` do not change. */
export function withinSentence(language: Language, name: string): string {
  if (language !== "en" && language !== "pt") return name;
  return /^\p{Lu}\p{Ll}/u.test(name) && !PROPER.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name;
}

/** The order in which a text is looked up when its own language is missing: the nearest reading first. */
const FALLBACKS: Record<Language, readonly Language[]> = {
  "zh-Hans": ["zh-Hans", "zh-Hant", "en", "pt"],
  "zh-Hant": ["zh-Hant", "zh-Hans", "en", "pt"],
  en: ["en", "zh-Hant", "zh-Hans", "pt"],
  pt: ["pt", "en", "zh-Hant", "zh-Hans"],
};

/** The text in `language`, else in the nearest one that exists, else `fallback`. */
export function textIn(language: Language, text: Text | string | null | undefined, fallback = ""): string {
  if (text === null || text === undefined) return fallback;
  if (typeof text === "string") return text || fallback;
  for (const each of FALLBACKS[language]) {
    const found = text[each];
    if (found) return found;
  }
  return fallback;
}
