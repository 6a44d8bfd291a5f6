import { describe, expect, it } from "vitest";
import { languageOf, preferredLanguage, textIn, withinSentence } from "./languages";

describe("languageOf", () => {
  it.each([
    ["zh-CN", "zh-Hans"],
    ["zh", "zh-Hans"],
    ["zh-HK", "zh-Hant"],
    ["zh-MO", "zh-Hant"],
    ["zh-Hant-CN", "zh-Hant"],
    ["zh-Hans-HK", "zh-Hans"],
    ["pt-BR", "pt"],
    ["en-GB", "en"],
    ["fr", null],
  ])("reads %s as %s", (tag, language) => {
    expect(languageOf(tag)).toBe(language);
  });
});

describe("preferredLanguage", () => {
  it("takes the first language that is spoken here, English of none", () => {
    expect(preferredLanguage(["fr-FR", "pt-PT", "en"])).toBe("pt");
    expect(preferredLanguage(["ja", "ko"])).toBe("en");
    expect(preferredLanguage([])).toBe("en");
  });
});

describe("textIn", () => {
  it("falls back to the reading nearest to the language", () => {
    expect(textIn("zh-Hant", { "zh-Hans": "深圳湾", en: "Deep Bay" })).toBe("深圳湾");
    expect(textIn("pt", { "zh-Hant": "后海灣", en: "Deep Bay" })).toBe("Deep Bay");
    expect(textIn("en", null, "DM1")).toBe("DM1");
    expect(textIn("en", "GB 3097-1997")).toBe("GB 3097-1997");
    expect(textIn("en", {}, "DM1")).toBe("DM1");
  });
});

describe("withinSentence", () => {
  it("begins names small inside a sentence, but never a proper name or a symbol", () => {
    expect(withinSentence("en", "Total inorganic nitrogen")).toBe("total inorganic nitrogen");
    expect(withinSentence("pt", "Azoto inorgânico total")).toBe("azoto inorgânico total");
    expect(withinSentence("en", "pH")).toBe("pH");
    expect(withinSentence("en", "E. coli")).toBe("E. coli");
    expect(withinSentence("en", "Escherichia coli")).toBe("Escherichia coli");
    expect(withinSentence("zh-Hans", "溶解氧")).toBe("溶解氧");
  });
});
