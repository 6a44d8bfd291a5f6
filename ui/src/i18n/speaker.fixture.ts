/** A speaker for tests: the real messages and the real engine, without a page. */
import { createI18n } from "vue-i18n";
import type { Language } from "./languages";
import { MESSAGES } from "./messages";
import { speakerOf, type Speaker } from "./speaker";

const i18n = createI18n({ legacy: false, locale: "en", messages: MESSAGES });

export function speakerFor(language: Language): Speaker {
  return speakerOf(
    () => language,
    (key, named, plural, locale) =>
      plural === undefined ? i18n.global.t(key, named, { locale }) : i18n.global.t(key, named, { locale, plural }),
  );
}
