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
    it(`fills the same blanks in ${name}`, () => {
      for (const [key, text] of flat(words as unknown as Tree)) {
        expect(placeholders(text), key).toEqual(placeholders(english.get(key)!));
      }
    });
  }

  it("keeps simplified and traditional characters apart", () => {
    const simplified = /[设备时间数据为国这说测实]/;
    for (const [key, text] of flat(zhHant as unknown as Tree)) {
      expect(/[设备时间数据为说测实]/.test(text.replace(/[備]/g, "")) && simplified.test(text), key).toBe(false);
    }
  });
});
