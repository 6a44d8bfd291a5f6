/** How a summary becomes a sentence: which message, filled with what. Pure. */
import type { Summary } from "@/data/summary";
import { LOCALES, type Language } from "@/i18n/languages";

/** A name as it stands inside a sentence: `Worse than class 4` -> `worse than class 4`, `AQHI` and `pH` untouched. */
export function midSentence(name: string, lang: Language): string {
  const [first = "", second = ""] = name;
  if (lang.startsWith("zh") || second === second.toLocaleUpperCase(LOCALES[lang])) return name;
  return first.toLocaleLowerCase(LOCALES[lang]) + name.slice(1);
}

/** The message and its parameters for a summary; pure, so that every language can be tested with every kind. */
export function sentenceParts(summary: Summary, words: SentenceWords): { key: string; values: Record<string, string> } {
  const { period, count, grade, reason } = words;
  switch (summary.kind) {
    case "none":
      return { key: "none", values: { period } };
    case "allBest":
      return { key: "allBest", values: { period, total: count(summary.total), grade: grade(summary.grade) } };
    case "attained":
      return { key: "attained", values: { period, total: count(summary.total) } };
    case "index":
      return {
        key: "index",
        values: { period, count: count(summary.count), total: count(summary.total), grade: grade(summary.grade) },
      };
    case "worst":
    case "missed": {
      const values: Record<string, string> = { period, count: count(summary.count), total: count(summary.total) };
      if (summary.kind === "worst") values["grade"] = grade(summary.grade);
      if (summary.reason) values["reason"] = reason(summary.reason);
      return { key: summary.reason ? `${summary.kind}Because` : summary.kind, values };
    }
  }
}

export interface SentenceWords {
  period: string;
  count: (n: number) => string;
  grade: (id: string) => string;
  reason: (code: string) => string;
}
