import { describe, expect, it } from "vitest";
import { LANGUAGES } from "@/api/types";
import type { Summary } from "@/data/summary";
import { words } from "@/words";
import { midSentence, sentenceParts } from "./sentence";

const KINDS: Summary[] = [
  { kind: "none" },
  { kind: "allBest", grade: "1", total: 3 },
  { kind: "worst", grade: "4+", count: 41, total: 76, reason: "DIN" },
  { kind: "worst", grade: "4+", count: 41, total: 76, reason: null },
  { kind: "attained", total: 3 },
  { kind: "missed", count: 1, total: 3, reason: "DIN" },
  { kind: "missed", count: 1, total: 3, reason: null },
  { kind: "index", grade: "10+", count: 1, total: 3 },
];
const WORDS = {
  period: "2019",
  count: String,
  grade: () => "worse than class 4",
  reason: () => "inorganic nitrogen",
};

describe("the sentence", () => {
  it("is said whole in every language: no placeholder is left open", () => {
    for (const language of LANGUAGES) {
      for (const summary of KINDS) {
        const { key, values } = sentenceParts(summary, WORDS);
        const message = words[language].sentence[key as keyof (typeof words)["en"]["sentence"]];
        const said = message.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "{?}");
        expect(said, `${language} ${key}`).not.toContain("{?}");
      }
    }
  });

  it("reads as a person would say it", () => {
    const { key, values } = sentenceParts(KINDS[2]!, WORDS);
    const message = words.en.sentence[key as "worstBecause"];
    expect(message.replace(/\{(\w+)\}/g, (_, name: string) => values[name]!)).toBe(
      "In 2019, 41 of 76 stations were worse than class 4; main reason: inorganic nitrogen.",
    );
  });
});

describe("a name inside a sentence", () => {
  it("begins small where the language does so, and keeps acronyms", () => {
    expect(midSentence("Worse than class 4", "en")).toBe("worse than class 4");
    expect(midSentence("Pior do que a classe 4", "pt")).toBe("pior do que a classe 4");
    expect(midSentence("pH", "en")).toBe("pH");
    expect(midSentence("BOD5", "en")).toBe("BOD5");
    expect(midSentence("劣四类", "zh-Hans")).toBe("劣四类");
  });
});
