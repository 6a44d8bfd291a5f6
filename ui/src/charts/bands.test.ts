import { describe, expect, it } from "vitest";
import type { LawItem, LawObjective, RuleSetDetail } from "@/api/types";
import { bandsOfLimits, bandsOfRanges, linesOf, rulerOf, scaleOf, zoneLimit } from "./bands";

const GRADES = ["1", "2", "3", "4", "4+"];

const law = (patch: Partial<RuleSetDetail>): RuleSetDetail => ({
  id: "x",
  code: "X",
  name: { en: "X" },
  short: "X",
  kind: "class",
  media: ["sea"],
  jurisdiction: "100000",
  in_force_from: "1998-07-01",
  in_force_to: null,
  confidence: "two_sources",
  grades: GRADES.map((id) => ({ id, name: { en: id }, short: id, colour: "#000000", colour_dark: "#ffffff" })),
  granularities: ["year"],
  properties: [],
  depths: ["mean"],
  sources: [],
  items: [],
  objectives: [],
  rounding: "",
  notes: [],
  parameters: {},
  ...patch,
});
const item = (patch: Partial<LawItem>): LawItem => ({
  property: "DIN",
  op: "le",
  limits: { "1": 0.2, "2": 0.3, "3": 0.4, "4": 0.5 },
  unit: "mg/L",
  confidence: "two_sources",
  sources: [],
  clause: "",
  ...patch,
});
const objective = (patch: Partial<LawObjective>): LawObjective => ({
  id: "tin",
  name: { en: "TIN" },
  property: "DIN",
  op: "le",
  statistic: "annual_mean",
  depth: "mean",
  zones: { "hk.wcz.deep-bay": 0.5, "hk.wcz.deep-bay.inner": 0.7 },
  unit: "mg/L",
  confidence: "unverified",
  sources: [],
  clause: "",
  ...patch,
});
const NOWHERE = { zone: "", water_type: "" };

describe("bandsOfLimits", () => {
  it("puts each class between its limit and the better one's, the rest beyond the last", () => {
    expect(bandsOfLimits(GRADES, item({}).limits, "le")).toEqual([
      { grade: "1", from: -Infinity, to: 0.2 },
      { grade: "2", from: 0.2, to: 0.3 },
      { grade: "3", from: 0.3, to: 0.4 },
      { grade: "4", from: 0.4, to: 0.5 },
      { grade: "4+", from: 0.5, to: Infinity },
    ]);
  });

  it("turns the scale round for a lower bound such as dissolved oxygen", () => {
    const bands = bandsOfLimits(GRADES, { "1": 6, "2": 5, "3": 4, "4": 3 }, "gt");
    expect(bands[0]).toEqual({ grade: "1", from: 6, to: Infinity });
    expect(bands.at(-1)).toEqual({ grade: "4+", from: -Infinity, to: 3 });
  });

  it("gives a shared limit to the best class that has it", () => {
    const bands = bandsOfLimits(GRADES, { "1": 0.015, "2": 0.03, "3": 0.03, "4": 0.045 }, "le");
    expect(bands.map((band) => band.grade)).toEqual(["1", "2", "4", "4+"]);
  });

  it("lets the first class without a limit begin where the last limit ends", () => {
    const bands = bandsOfLimits(GRADES, { "1": 2000, "2": 2000, "3": 2000 }, "le");
    expect(bands).toEqual([
      { grade: "1", from: -Infinity, to: 2000 },
      { grade: "4", from: 2000, to: Infinity },
    ]);
  });
});

describe("bandsOfRanges", () => {
  it("nests the ranges, each further class on both sides", () => {
    const bands = bandsOfRanges(GRADES, { "1": [7.8, 8.5], "2": [7.8, 8.5], "3": [6.8, 8.8], "4": [6.8, 8.8] });
    expect(bands).toEqual([
      { grade: "1", from: 7.8, to: 8.5 },
      { grade: "3", from: 6.8, to: 7.8 },
      { grade: "3", from: 8.5, to: 8.8 },
      { grade: "4+", from: -Infinity, to: 6.8 },
      { grade: "4+", from: 8.8, to: Infinity },
    ]);
    expect(linesOf(bands).map((line) => line.value)).toEqual([7.8, 8.5, 6.8, 8.8]);
  });
});

describe("scaleOf", () => {
  it("draws nothing for an item that is not judged", () => {
    expect(scaleOf(law({ items: [item({ judged: false })] }), "DIN", NOWHERE, "mean")).toBeNull();
    expect(scaleOf(law({}), "DIN", NOWHERE, "mean")).toBeNull();
  });

  it("uses the lake's limits for a lake, and none where the item is for lakes only", () => {
    const lakes = law({ items: [item({ lake_limits: { "1": 0.1 } })] });
    expect(scaleOf(lakes, "DIN", { zone: "", water_type: "lake" }, "mean")?.lines).toEqual([
      { grade: "1", value: 0.1 },
    ]);
    const only = law({ items: [item({ water_types: ["lake"] })] });
    expect(scaleOf(only, "DIN", { zone: "", water_type: "river" }, "mean")).toBeNull();
  });

  it("takes an objective's limit from the zone, or from the zone it lies in", () => {
    const wqo = law({
      kind: "attainment",
      grades: law({}).grades.slice(0, 2),
      objectives: [objective({})],
    });
    expect(scaleOf(wqo, "DIN", { zone: "hk.wcz.deep-bay.inner", water_type: "" }, "mean")?.lines[0]?.value).toBe(0.7);
    expect(scaleOf(wqo, "DIN", { zone: "hk.wcz.deep-bay.outer", water_type: "" }, "mean")?.lines[0]?.value).toBe(0.5);
    expect(scaleOf(wqo, "DIN", { zone: "hk.wcz.tolo", water_type: "" }, "mean")).toBeNull();
    expect(zoneLimit(objective({}), "")).toBeNull();
  });
});

describe("rulerOf", () => {
  it("places a value within the step of its class, in equal steps", () => {
    const ruler = rulerOf(GRADES, item({}).limits, "le", 0.35)!;
    expect(ruler.steps).toHaveLength(5);
    expect(ruler.at).toBeCloseTo(0.5);
    expect(rulerOf(GRADES, item({}).limits, "le", 0.2)!.at).toBeCloseTo(0.2);
  });

  it("keeps what lies far beyond the last limit on the ruler", () => {
    expect(rulerOf(GRADES, item({}).limits, "le", 1000)!.at).toBeLessThanOrEqual(1);
    expect(rulerOf(GRADES, { "1": 6, "2": 5, "3": 4, "4": 3 }, "gt", 0)!.at).toBeCloseTo(1);
  });

  it("counts a value at the limit as within for ≥, as beyond for >", () => {
    const limits = { "1": 6, "2": 5, "3": 4, "4": 3 };
    expect(rulerOf(GRADES, limits, "ge", 6)!.at).toBeLessThanOrEqual(0.2);
    expect(rulerOf(GRADES, limits, "gt", 6)!.at).toBeGreaterThanOrEqual(0.2);
  });

  it("has no place for ranges", () => {
    expect(rulerOf(GRADES, { "1": [7.8, 8.5] }, "range", 8)).toBeNull();
  });
});
