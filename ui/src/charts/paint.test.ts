import { describe, expect, it } from "vitest";
import { tinted, wrapped } from "./paint";

describe("wrapped", () => {
  const each = (text: string) => text.length;

  it("breaks Latin between words, Chinese anywhere, and a long link where it must", () => {
    expect(wrapped(each, "free use, also commercial", 10)).toEqual(["free use,", "also", "commercial"]);
    expect(wrapped(each, "海水水质标准", 4)).toEqual(["海水水质", "标准"]);
    expect(wrapped(each, "http://a.b/cdefgh", 8)).toEqual(["http://a", ".b/cdefg", "h"]);
    expect(wrapped(each, "", 8)).toEqual([]);
  });
});

describe("tinted", () => {
  it("gives a colour of the law an opacity", () => {
    expect(tinted("#2a6fd0", 0.15)).toBe("rgb(42 111 208 / 0.15)");
  });
});
