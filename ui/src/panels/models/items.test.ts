import { describe, expect, it } from "vitest";
import { speakerFor } from "@/i18n/speaker.fixture";
import { attainmentRule, classRule, explanation, indexRule, item, oxygen, properties } from "./examples.fixture";
import { arithmeticSteps, itemRows, sourcesOf } from "./items";

const en = speakerFor("en");
const plain = (text: string) => text.replace(/\u00a0/g, " ");

describe("itemRows", () => {
  it("puts what decided first, then the rest from worst to best", () => {
    const rows = itemRows(
      explanation({ items: [oxygen, item({ property: "DIP", grade: "2" }), item({})] }),
      classRule,
      properties,
      en,
    );
    expect(rows.map((row) => row.key)).toEqual(["DIN", "DIP", "DO"]);
    expect(rows.map((row) => row.deciding)).toEqual([true, false, false]);
  });

  it("leads with the item nearest to its limit where nothing is wrong", () => {
    const near = item({ grade: "1", value: 0.19, rounded: 0.19 });
    const rows = itemRows(explanation({ grade: "1", items: [oxygen, near] }), classRule, properties, en);
    expect(rows.map((row) => row.key)).toEqual(["DIN", "DO"]);
  });

  it("shows the limit of the next better class with the law's own sign", () => {
    const [first, second] = itemRows(explanation({}), classRule, properties, en);
    expect(plain(first!.limit)).toBe("≤ 0.30");
    expect(plain(second!.limit)).toBe("> 6");
  });

  it("says how many times over only where the rule set does", () => {
    expect(itemRows(explanation({}), classRule, properties, en)[0]!.multiple).toBe("");
    expect(itemRows(explanation({ items: [item({ multiple: 0.2 })] }), classRule, properties, en)[0]!.multiple).toBe(
      "0.20×",
    );
    expect(itemRows(explanation({ items: [item({ multiple: 11.94 })] }), classRule, properties, en)[0]!.multiple).toBe(
      "11.9×",
    );
  });

  it("shows shares as shares, never as concentrations", () => {
    const share = item({
      property: "DO",
      op: "ge",
      unit: "1",
      statistic: "share_of_samples",
      value: 0.67,
      rounded: 0.67,
      limit: 0.9,
      limits: { attained: 0.9 },
      attained: false,
      grade: "not_attained",
    });
    const [row] = itemRows(explanation({ grade: "not_attained", items: [share] }), attainmentRule, properties, en);
    expect([row!.value, row!.unit, plain(row!.limit)]).toEqual(["67%", "", "≥ 90%"]);
    expect(row!.verdict).toBe("not met");
  });

  it("shows of an index its grade and what each pollutant adds", () => {
    const rows = itemRows(
      explanation({
        grade: "7",
        items: [
          item({ property: "NO2", grade: null, value: 231.33, rounded: null, limit: null, contribution: 10.875 }),
          item({ property: "AQHI", unit: "%", value: 12.5, rounded: 12.5, grade: "7", limit: 12.91 }),
        ],
      }),
      indexRule,
      properties,
      en,
    );
    expect(rows.map((row) => [row.key, row.value, plain(row.limit)])).toEqual([
      ["AQHI", "7", "12.50%"],
      ["NO2", "231", "+ 10.88%"],
    ]);
  });
});

describe("arithmeticSteps", () => {
  const steps = (patch: Parameters<typeof item>[0]) => {
    const one = item(patch);
    return arithmeticSteps(one, explanation({ items: [one] }), classRule, properties, en).map((step) => [
      step.label,
      plain(step.text),
      step.notes,
    ]);
  };

  it("goes from samples over the statistic and its rounding to the limits and their source", () => {
    expect(steps({ censored: 2, clause: "table 1" })).toEqual([
      ["Statistic", "arithmetic mean", ["12 samples, 2 below detection"]],
      ["Computed", "0.3551 mg/L", []],
      ["Rounded for the comparison", "0.36 mg/L", []],
      ["Compared with", "1: ≤ 0.20 · 2: ≤ 0.30 · 3: ≤ 0.40 · 4: ≤ 0.50 mg/L", []],
      ["Clause", "table 1", []],
      ["Source", "Two sources agree", ["a book"]],
    ]);
  });

  it("keeps a remark in English apart from what is said in the reader's language", () => {
    const one = item({ note: "A lower bound." });
    const found = arithmeticSteps(one, explanation({ items: [one] }), classRule, properties, en);
    expect(found.flatMap((step) => step.notes)).not.toContain("A lower bound.");
    expect(found.find((step) => step.english)?.label).toBe("Compared with");
  });

  it("leaves out a rounding that changed nothing", () => {
    expect(steps({ value: 0.36 }).map(([label]) => label)).not.toContain("Rounded for the comparison");
  });

  it("names a source by its id where the server tells no more", () => {
    expect(sourcesOf(item({ sources: ["Z9"] }), explanation({}))).toEqual([{ id: "Z9", ref: "Z9" }]);
  });
});
