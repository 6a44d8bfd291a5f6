/** Texts of the server in the language of the page. */
import { textIn, type Text } from "@/i18n/languages";
import { language } from "@/i18n";

/** `text` in the page's language, else in the nearest one that exists; reactive to the language. */
export function say(text: Text | string | null | undefined, fallback = ""): string {
  return textIn(language.value, text, fallback);
}
