/** The page's language, its messages and its speaker. */
import { computed, watch } from "vue";
import { createI18n } from "vue-i18n";
import { words } from "@/words";
import { state } from "@/state";
import "./fonts.css";
import { LANGUAGES, preferredLanguage, type Language } from "./languages";
import { MESSAGES } from "./messages";
import { speakerOf, type Speaker } from "./speaker";

export type { MessageKey, Messages, Shape } from "./en";
export type { Speaker } from "./speaker";
export { LANGUAGES };

/** The language in force: the chosen one, else the first of the browser's that is spoken here. */
export const language = computed<Language>(() => state.lang ?? preferredLanguage(navigator.languages));

export const i18n = createI18n({
  legacy: false,
  locale: language.value,
  fallbackLocale: "en",
  messages: {
    en: { ...MESSAGES.en, map: words.en },
    "zh-Hans": { ...MESSAGES["zh-Hans"], map: words["zh-Hans"] },
    "zh-Hant": { ...MESSAGES["zh-Hant"], map: words["zh-Hant"] },
    pt: { ...MESSAGES.pt, map: words.pt },
  },
});

watch(
  language,
  (now) => {
    i18n.global.locale.value = now;
    // Fonts, line breaking, hyphenation and screen readers' voices follow this attribute.
    document.documentElement.lang = now;
  },
  { immediate: true },
);

/** Speaks the language of the page; what is said follows when the language changes. */
export const speaker: Speaker = speakerOf(
  () => language.value,
  (key, named, plural, locale) =>
    plural === undefined ? i18n.global.t(key, named, { locale }) : i18n.global.t(key, named, { locale, plural }),
);
