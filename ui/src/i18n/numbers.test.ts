import { describe, expect, it } from "vitest";
import { bytesIn, countIn, naturalDecimals, percentIn, sharedDecimals, usefulDecimals, valueIn } from "./numbers";

/** Portuguese separates thousands by a no-break space. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

describe("numbers", () => {
  it("separates thousands as each place does, four digits too", () => {
    expect(countIn("en", 1234567)).toBe("1,234,567");
    expect(countIn("zh-Hans", 1234)).toBe("1,234");
    expect(plain(countIn("pt", 1234))).toBe("1 234");
    expect(plain(countIn("pt", 1234567))).toBe("1 234 567");
  });

  it("writes a censored value with its sign, apart from the number", () => {
    expect(valueIn("en", 0.5, { decimals: 1, censoring: "<" })).toBe("< 0.5");
    expect(valueIn("pt", 0.5, { decimals: 1, censoring: "<" })).toBe("< 0,5");
    expect(valueIn("en", 16000, { decimals: 0, exact: true, censoring: ">" })).toBe("> 16,000");
  });

  it("keeps the digits of the method, and never lets a value above zero read as zero", () => {
    expect(valueIn("en", 0.3567, { decimals: 2, unit: "mg/L" })).toBe("0.36 mg/L");
    expect(valueIn("en", 0.3, { decimals: 2 })).toBe("0.30");
    expect(valueIn("en", 0.0042, { decimals: 2 })).toBe("0.0042");
    expect(valueIn("en", 0, { decimals: 2 })).toBe("0.00");
    expect(usefulDecimals(12.3456, 2)).toBe(2);
  });

  it("shows every digit of a raw result, but not the noise of floating point", () => {
    expect(valueIn("en", 0.1 + 0.2, { decimals: 1, exact: true })).toBe("0.3");
    expect(valueIn("en", 0.0125, { decimals: 2, exact: true })).toBe("0.0125");
    expect(naturalDecimals(0.30000000000000004)).toBe(1);
    expect(naturalDecimals(5e-5)).toBe(5);
    expect(naturalDecimals(120)).toBe(0);
  });

  it("gives a column of raw results the decimals of its most precise member", () => {
    expect(sharedDecimals([5.8, 6, 5.95], 2)).toBe(2);
    expect(sharedDecimals([5, 6], 2)).toBe(0);
    expect(sharedDecimals([0.123456], 2)).toBe(3);
  });

  it("says a dash where there is no number", () => {
    expect(valueIn("en", null)).toBe("–");
    expect(valueIn("en", NaN)).toBe("–");
  });

  it("writes shares as each language does, with a decimal where they are small", () => {
    expect(percentIn("en", 0.6)).toBe("60%");
    expect(plain(percentIn("pt", 0.6))).toBe("60 %");
    expect(percentIn("en", 0.004)).toBe("0.4%");
  });

  it("names file sizes in powers of a thousand", () => {
    expect(bytesIn("en", 1500)).toBe("1.5 kB");
    expect(bytesIn("en", 12_400_000)).toBe("12 MB");
  });
});
