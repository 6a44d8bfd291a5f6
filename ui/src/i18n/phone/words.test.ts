import { describe, expect, it } from "vitest";
import en from "./en";
import pt from "./pt";
import zhHans from "./zh-Hans";
import zhHant from "./zh-Hant";

type Tree = { [key: string]: string | Tree };
const flat = (tree: Tree, path = ""): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[`${path}${key}`, value] as [string, string]] : flat(value, `${path}${key}.`),
  );
const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

describe("every language", () => {
  const english = new Map(flat(en as unknown as Tree));
  for (const [name, words] of Object.entries({ pt, zhHans, zhHant })) {
    it(`fills the same blanks in ${name}, and says everything`, () => {
      const found = flat(words as unknown as Tree);
      expect(found.map(([key]) => key).sort()).toEqual([...english.keys()].sort());
      for (const [key, text] of found) expect(placeholders(text), key).toEqual(placeholders(english.get(key)!));
    });
  }

  it.each([
    ["zh-Hant", zhHant, /[区质类为数达监测评浓层图显击识说项环审应时间这国]/u],
    ["zh-Hans", zhHans, /[區質類為數達標準監測評價濃層圖顯擊識說項環審應時間這國]/u],
  ] as const)("%s has no characters of the other script", (_, words, foreign) => {
    expect(flat(words as unknown as Tree).filter(([, text]) => foreign.test(text)).map(([key]) => key)).toEqual([]);
  });
});
