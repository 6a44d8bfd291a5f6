import { describe, expect, it } from "vitest";
import { speakerFor } from "@/i18n/speaker.fixture";
import {
  attainmentRule,
  classRule,
  explanation,
  indexRule,
  item,
  oxygen,
  properties,
  station,
} from "./examples.fixture";
import { computedText, limitText, tellingDecimals, unfitSentence, verdictSentence } from "./verdict";

const en = speakerFor("en");
const said = (patch: Parameters<typeof explanation>[0], rule = classRule, speaker = en) =>
  verdictSentence(explanation(patch), rule, properties, speaker);

describe("verdictSentence", () => {
  it("names class, period, item, value and the limit of the next better class", () => {
    expect(said({}).sentence).toBe("Class 3 in 2019: total inorganic nitrogen 0.36 mg/L, limit of class 2 is 0.30");
  });

  it("says the same in each language's own order", () => {
    expect(said({}, classRule, speakerFor("zh-Hans")).sentence).toBe(
      "2019年为第三类：无机氮 0.36 mg/L，第二类限值为 0.30",
    );
    expect(said({}, classRule, speakerFor("pt")).sentence).toBe(
      "Classe 3 (2019): total inorganic nitrogen 0,36 mg/L; o limite da classe 2 é 0,30",
    );
  });

  it("says of a strict lower bound that more is needed, not at least", () => {
    const low = { ...oxygen, value: 5.6, rounded: 5.6, grade: "2" };
    expect(said({ grade: "2", items: [low] }).sentence).toBe(
      "Class 2 in 2019: dissolved oxygen 5.60 mg/L, class 1 needs more than 6",
    );
    expect(said({ grade: "2", items: [{ ...low, op: "ge" }] }).sentence).toContain("class 1 needs at least 6");
  });

  it("leads with the item furthest beyond its limit and names the others that decided", () => {
    const verdict = said({
      items: [
        item({ property: "DIP", value: 0.031, rounded: 0.031, beyond: 0.0333 }),
        item({ value: 0.39, rounded: 0.39, beyond: 0.3 }),
      ],
    });
    expect(verdict.sentence).toContain("total inorganic nitrogen 0.39");
    expect(verdict.also).toBe("Also decided by orthophosphate phosphorus");
  });

  it("says how many items kept the best limits where nothing is wrong", () => {
    expect(said({ grade: "1", items: [oxygen] }).sentence).toBe(
      "Class 1 in 2019: the item judged keeps the best limits.",
    );
    expect(said({ grade: "1", items: [oxygen, item({ grade: "1" })] }).sentence).toBe(
      "Class 1 in 2019: all 2 items judged keep the best limits.",
    );
  });

  it("marks a verdict as unverified only where nothing verified decides it", () => {
    const shaky = item({ confidence: "unverified" });
    expect(said({ items: [shaky] }).unverified).toBe(true);
    expect(said({ items: [shaky, item({ property: "DIP", limits: { "2": 0.3 } })] }).unverified).toBe(false);
    expect(said({ items: [item({}), { ...oxygen, confidence: "unverified" }] }).unverified).toBe(false);
  });

  it("says why nothing was judged", () => {
    expect(said({ grade: null, items: [], missing: [] }).sentence).toBe(
      "Not judged in 2019: no samples in this period",
    );
    expect(said({ grade: null, items: [], missing: ["DIN", "DO"] }).sentence).toBe(
      "Not judged in 2019: total inorganic nitrogen, dissolved oxygen not measured",
    );
  });

  it("tells an objective that is missed by its mean from one missed by its share of samples", () => {
    const limits = { attained: 0.4 };
    const mean = item({
      objective: "tin",
      name: { en: "Inorganic nitrogen" },
      attained: false,
      grade: "not_attained",
      limit: 0.4,
      limits,
    });
    expect(
      said({ grade: "not_attained", items: [{ ...mean, value: 0.52, rounded: 0.52 }] }, attainmentRule).sentence,
    ).toBe("Not attained in 2019: inorganic nitrogen 0.52 mg/L, the objective is at most 0.40");
    const share = {
      ...mean,
      property: "DO",
      name: { en: "Oxygen at the bottom" },
      op: "ge",
      statistic: "share_of_samples",
      value: 0.67,
      rounded: 0.67,
      limit: 0.9,
    };
    expect(said({ grade: "not_attained", items: [share] }, attainmentRule).sentence).toBe(
      "Not attained in 2019: oxygen at the bottom met in 67% of samples, the objective asks for 90%",
    );
  });

  it("counts the objectives that are met", () => {
    const met = item({ attained: true, grade: "attained" });
    expect(said({ grade: "attained", items: [met, met, met] }, attainmentRule).sentence).toBe(
      "Attained in 2019: all 3 objectives are met.",
    );
  });

  it("names the hour in which an index stood highest, and what added most", () => {
    const hour = item({
      property: "AQHI",
      unit: "%",
      grade: "7",
      samples: [{ time: "2019-08-24T09:00:00Z", depth: "", value: 12, censoring: "" }],
    });
    const gas = item({ property: "NO2", grade: null, contribution: 8.2 });
    const verdict = said({ grade: "7", items: [hour, gas] }, indexRule);
    expect(verdict.sentence).toBe("AQHI 7 (high) in 2019, by its highest hour");
    expect(verdict.also).toBe("Highest hour: 24 Aug 2019 17:00 (UTC+8); nitrogen dioxide adds most");
  });
});

describe("computedText", () => {
  it("shows more digits where a value and its limit would read the same", () => {
    expect(tellingDecimals(0.304, 0.3, 2)).toBe(3);
    expect(tellingDecimals(0.36, 0.3, 2)).toBe(2);
    expect(tellingDecimals(0.3, 0.3, 2)).toBe(2);
    expect(computedText(item({ value: 0.304, rounded: null }), properties("DIN"), en)).toBe("0.304 mg/L");
  });
});

describe("limitText", () => {
  it("prints limits in the digits of the law", () => {
    const among = { "1": 0.015, "2": 0.03, "3": 0.03, "4": 0.045 };
    expect(limitText(0.03, properties("DIP"), en, among)).toBe("0.030");
    expect(limitText(0.3, properties("DIN"), en)).toBe("0.30");
    expect(limitText(6, properties("DO"), en, { "1": 7.5, "2": 6 })).toBe("6");
    expect(limitText([7.8, 8.5], properties("pH"), en)).toBe("7.80 – 8.50");
    expect(limitText(610, properties("E_coli"), en)).toBe("610");
    expect(limitText(null, undefined, en)).toBe("–");
  });
});

describe("unfitSentence", () => {
  it("says for each reason why a rule set cannot judge", () => {
    const because = (why: string, missing: string[] = []) =>
      unfitSentence({ id: "sea", applicable: false, missing, why }, classRule, station().medium, properties, en);
    expect(because("other_medium")).toBe("Not judged: SEA 1 is not a rule for Sea");
    expect(because("no_zone")).toContain("goes by zone");
    expect(because("other_time")).toContain("not in force");
    expect(because("nothing_measured", ["DIN"])).toBe("Missing: total inorganic nitrogen");
  });
});
