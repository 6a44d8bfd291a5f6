import { describe, expect, it } from "vitest";
import type { Health, Layer, Meta, RuleSetDetail } from "@/api/types";
import { speakerFor } from "@/i18n/speaker.fixture";
import { classRule, properties } from "./examples.fixture";
import { inForce, limitsTable, missingSentences, sourceCards } from "./about";

const en = speakerFor("en");
const law = (patch: Partial<RuleSetDetail>): RuleSetDetail => ({
  ...classRule,
  sources: [],
  items: [
    {
      property: "DIP",
      op: "le",
      limits: { "1": 0.015, "2": 0.03 },
      unit: "mg/L",
      confidence: "unverified",
      sources: [],
      clause: "",
    },
    {
      property: "pH",
      op: "range",
      limits: {},
      unit: "",
      confidence: "primary",
      sources: [],
      clause: "",
      judged: false,
    },
  ],
  objectives: [],
  rounding: "",
  notes: [],
  parameters: {},
  ...patch,
});
const layer = (id: string, attribution: string): Layer => ({
  id,
  group: "coast",
  name: { en: id },
  geometry: "line",
  url: "",
  attribution,
  licence: "open",
  default: true,
  order: 1,
});
const meta: Meta = {
  version: "0.1.0",
  data_version: 1,
  languages: ["en"],
  time: { from: null, to: null },
  rule_sets: [],
  properties: [],
  depths: [],
  media: [
    { id: "sea", name: { en: "Sea water" }, stations: 94, located: 94 },
    { id: "river", name: { en: "Rivers" }, stations: 87, located: 0 },
    { id: "air", name: { en: "Air" }, stations: 16, located: 16 },
  ],
  granularities: [],
};

describe("sourceCards", () => {
  it("names every source once and says which layers come from it", () => {
    const cards = sourceCards(
      [{ id: "epd", title: { en: "Marine monitoring" }, licence: "free", attribution: "EPD" }],
      [layer("Coast", "OSM"), layer("Sea", "OSM"), layer("Rivers", "Natural Earth")],
      en,
    );
    expect(cards.map((card) => [card.title, card.uses])).toEqual([
      ["Marine monitoring", []],
      ["OSM", ["Coast", "Sea"]],
      ["Natural Earth", ["Rivers"]],
    ]);
  });
});

describe("inForce", () => {
  it("says since when, or from when to when, a rule set is in force", () => {
    expect(inForce(classRule, en)).toBe("since 1 Jul 1998");
    expect(inForce({ ...classRule, in_force_to: "2025-03-21" }, en)).toBe("1 Jul 1998 to 21 Mar 2025");
  });
});

describe("limitsTable", () => {
  it("has a column for each class that has limits, and says what is not judged", () => {
    const table = limitsTable(law({}), properties, en);
    expect(table.heads).toEqual(["1", "2"]);
    expect(
      table.rows.map((row) => [row.name, row.cells.map((cell) => cell.replace(/\u00a0/g, " ")), row.unverified]),
    ).toEqual([
      ["Orthophosphate phosphorus (mg/L)", ["≤ 0.015", "≤ 0.030"], true],
      ["pH", ["not judged"], false],
    ]);
  });

  it("gives the spread of an objective that goes by zone", () => {
    const table = limitsTable(
      law({
        objectives: [
          {
            id: "tin",
            name: { en: "TIN" },
            property: "DIN",
            op: "le",
            statistic: "annual_mean",
            depth: "mean",
            zones: { a: 0.1, b: 0.3, c: 0.7 },
            unit: "mg/L",
            confidence: "unverified",
            sources: [],
            clause: "",
          },
        ],
      }),
      properties,
      en,
    );
    expect(table.rows[0]!.cells[0]!.replace(/\u00a0/g, " ")).toBe("≤ 0.10 – 0.70 (by zone)");
  });
});

describe("missingSentences", () => {
  it("counts stations without a position, names media without stations and rule sets that are not verified", () => {
    const said = missingSentences(meta, null, [law({})], en);
    expect(said[0]).toBe(
      "87 of 197 stations (Rivers) have no coordinates in their source: they are in the list and the charts, not on the map.",
    );
    expect(said[1]).toBe("No stations of this medium: Lake or reservoir, Effluent.");
    expect(said[2]).toContain("SEA 1");
  });

  it("says first that data are generated, where any are", () => {
    const health = { generated: true } as Health;
    expect(missingSentences(meta, health, [], en)[0]).toMatch(/^This home holds generated data/);
  });
});
