import { describe, expect, it } from "vitest";
import { LANGUAGES } from "./languages";
import { MESSAGES } from "./messages";
import { speakerFor } from "./speaker.fixture";

type Tree = { readonly [key: string]: string | Tree };

function flat(tree: Tree, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "string") found.set(path + key, value);
    else for (const [inner, text] of flat(value, `${path}${key}.`)) found.set(inner, text);
  }
  return found;
}

const holes = (text: string) => new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]));
const all = Object.fromEntries(LANGUAGES.map((language) => [language, flat(MESSAGES[language] as unknown as Tree)]));

describe("messages", () => {
  it.each(LANGUAGES)("%s says everything that English says, and nothing is empty", (language) => {
    expect([...all[language]!.keys()].sort()).toEqual([...all.en!.keys()].sort());
    expect([...all[language]!].filter(([, text]) => !text.trim())).toEqual([]);
  });

  it.each(LANGUAGES)("%s fills in the same blanks as English", (language) => {
    const odd = [...all.en!].filter(([key, text]) => {
      const wanted = holes(text);
      const given = holes(all[language]!.get(key)!);
      // A count may be left unsaid in a singular; nothing else may be lost or invented.
      return (
        [...wanted].some((hole) => !given.has(hole) && hole !== "n") || [...given].some((hole) => !wanted.has(hole))
      );
    });
    expect(odd.map(([key]) => key)).toEqual([]);
  });

  it("counts in the singular where there is one", () => {
    expect(speakerFor("en").t("station.observations", {}, 1)).toBe("1 observation");
    expect(speakerFor("en").t("station.observations", {}, 6534)).toBe("6,534 observations");
    expect(speakerFor("pt").t("station.observations", {}, 1)).toBe("1 observação");
    expect(speakerFor("zh-Hant").t("station.observations", {}, 6534)).toBe("6,534 個觀測值");
  });

  it.each([
    // Characters that exist in one script only; those that both share (准, 后, 里) say nothing.
    ["zh-Hant", /[区质类为数达监测评浓层图显击识说项环审应]/u],
    ["zh-Hans", /[區質類為數達標準監測評價濃層圖顯擊識說項環審應]/u],
  ] as const)("%s has no characters of the other script", (language, foreign) => {
    expect([...all[language]!].filter(([, text]) => foreign.test(text)).map(([key]) => key)).toEqual([]);
  });
});
