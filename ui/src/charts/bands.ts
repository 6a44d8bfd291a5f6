/** A rule set's limits for one property as bands and lines that a chart can draw behind a series. */
import type { Confidence, Depth, LawItem, LawObjective, RuleSetDetail } from "@/api/types";

/** A span of values that one grade covers; open ends are infinite. */
export interface Band {
  grade: string;
  from: number;
  to: number;
}

/** A limit as a line; `grade` is the best grade whose limit it is. */
export interface LimitLine {
  grade: string;
  value: number;
}

export interface LimitScale {
  bands: Band[];
  lines: LimitLine[];
  confidence: Confidence;
  /** The objective behind the lines, where the rule set judges by objectives. */
  objective: LawObjective | null;
}

/** What decides which of a rule set's limits hold at a station. */
export interface Place {
  zone: string;
  water_type: string;
}

type Limit = number | [number, number];

const falling = (op: string) => op === "ge" || op === "gt";

/** Limits best grade first, as far as the item sets any; the grades after the last are beyond it. */
function ordered(grades: readonly string[], limits: Record<string, Limit>): [string, Limit][] {
  return grades.flatMap((grade) => {
    const limit = limits[grade];
    return limit === undefined || limit === null ? [] : [[grade, limit] as [string, Limit]];
  });
}

/**
 * Bands of a scale of single limits, best grade first. Grades that share a limit fall together into the best of them,
 * as the law reports the best class met. Values beyond the last limit belong to the next grade, if there is one.
 */
export function bandsOfLimits(grades: readonly string[], limits: Record<string, Limit>, op: string): Band[] {
  const steps = ordered(grades, limits).filter((step): step is [string, number] => typeof step[1] === "number");
  const last = steps.at(-1);
  if (!last) return [];
  const beyond = grades[grades.indexOf(last[0]) + 1];
  const bands: Band[] = [];
  if (falling(op)) {
    let upper = Infinity;
    for (const [grade, limit] of steps) {
      if (limit < upper) bands.push({ grade, from: limit, to: upper });
      upper = Math.min(upper, limit);
    }
    if (beyond) bands.push({ grade: beyond, from: -Infinity, to: upper });
  } else {
    let lower = -Infinity;
    for (const [grade, limit] of steps) {
      if (limit > lower) bands.push({ grade, from: lower, to: limit });
      lower = Math.max(lower, limit);
    }
    if (beyond) bands.push({ grade: beyond, from: lower, to: Infinity });
  }
  return bands;
}

/** Bands of nested ranges (pH): the best grade inside, each next one on both sides of what is already covered. */
export function bandsOfRanges(grades: readonly string[], limits: Record<string, Limit>): Band[] {
  const steps = ordered(grades, limits).filter((step): step is [string, [number, number]] => Array.isArray(step[1]));
  const last = steps.at(-1);
  if (!last) return [];
  const bands: Band[] = [];
  let inner: [number, number] | null = null;
  for (const [grade, [low, high]] of steps) {
    if (inner === null) bands.push({ grade, from: low, to: high });
    else {
      if (low < inner[0]) bands.push({ grade, from: low, to: inner[0] });
      if (high > inner[1]) bands.push({ grade, from: inner[1], to: high });
    }
    inner = inner === null ? [low, high] : [Math.min(low, inner[0]), Math.max(high, inner[1])];
  }
  const beyond = grades[grades.indexOf(last[0]) + 1];
  if (beyond && inner) {
    bands.push({ grade: beyond, from: -Infinity, to: inner[0] }, { grade: beyond, from: inner[1], to: Infinity });
  }
  return bands;
}

/** Each finite edge once, named by the best grade that it limits. */
export function linesOf(bands: readonly Band[]): LimitLine[] {
  const seen = new Set<number>();
  const lines: LimitLine[] = [];
  for (const band of bands) {
    for (const value of [band.from, band.to]) {
      if (!Number.isFinite(value) || seen.has(value)) continue;
      seen.add(value);
      lines.push({ grade: band.grade, value });
    }
  }
  return lines;
}

/** The limits of an item that hold for the kind of water; null where the item does not judge it. */
export function limitsOfItem(item: LawItem, waterType: string): Record<string, Limit> | null {
  if (item.judged === false || item.op === "not_judged") return null;
  if (item.water_types?.length && !item.water_types.includes(waterType || "river")) return null;
  return waterType === "lake" && item.lake_limits ? item.lake_limits : item.limits;
}

/** An objective's limit in a zone: its own, else that of the zone it lies in (`a.b.c` lies in `a.b`). */
export function zoneLimit(objective: LawObjective, zone: string): number | null {
  for (let name = zone; name; name = name.slice(0, Math.max(0, name.lastIndexOf(".")))) {
    const limit = objective.zones[name];
    if (typeof limit === "number") return limit;
  }
  return null;
}

function objectiveFor(law: RuleSetDetail, property: string, zone: string, depth: Depth): LawObjective | undefined {
  const fitting = law.objectives.filter((it) => it.property === property && zoneLimit(it, zone) !== null);
  return fitting.find((it) => it.depth === depth) ?? fitting[0];
}

/** The scale of `property` under a rule set at a place; null where the rule set sets no limit for it there. */
export function scaleOf(law: RuleSetDetail, property: string, place: Place, depth: Depth): LimitScale | null {
  const grades = law.grades.map((it) => it.id);
  if (law.kind === "attainment") {
    const objective = objectiveFor(law, property, place.zone, depth);
    const limit = objective ? zoneLimit(objective, place.zone) : null;
    const met = grades[0];
    if (!objective || limit === null || met === undefined) return null;
    const bands = bandsOfLimits(grades.slice(0, 2), { [met]: limit }, objective.op);
    return { bands, lines: [{ grade: met, value: limit }], confidence: objective.confidence, objective };
  }
  if (law.kind === "index") {
    if (property !== "AQHI") return null;
    // An index is whole numbers: each grade is the span around its own.
    const bands = grades.map((grade, at) => ({
      grade,
      from: at === 0 ? -Infinity : at + 0.5,
      to: at === grades.length - 1 ? Infinity : at + 1.5,
    }));
    return { bands, lines: [], confidence: law.confidence, objective: null };
  }
  const item = law.items.find((it) => it.property === property);
  const limits = item && limitsOfItem(item, place.water_type);
  if (!item || !limits) return null;
  const bands = item.op === "range" ? bandsOfRanges(grades, limits) : bandsOfLimits(grades, limits, item.op);
  return bands.length ? { bands, lines: linesOf(bands), confidence: item.confidence, objective: null } : null;
}

/** One step of a ruler that stands for a scale: its grade and its place from 0 (best) to 1. */
export interface RulerStep {
  grade: string;
  from: number;
  to: number;
}

/**
 * A scale as a ruler of equal steps, best grade first, with the place of `value` on it; between two limits the place
 * is linear, beyond the last it nears the end. Null where the scale is not one of single limits.
 */
export function rulerOf(
  grades: readonly string[],
  limits: Record<string, Limit>,
  op: string,
  value: number | null,
): { steps: RulerStep[]; at: number | null } | null {
  const bands = bandsOfLimits(grades, limits, op);
  if (bands.length < 2) return null;
  const size = 1 / bands.length;
  const steps = bands.map((band, index) => ({ grade: band.grade, from: index * size, to: (index + 1) * size }));
  if (value === null || !Number.isFinite(value)) return { steps, at: null };
  const down = falling(op);
  const strict = op === "lt" || op === "gt";
  const index = bands.findIndex((band) =>
    down ? (strict ? value > band.from : value >= band.from) : strict ? value < band.to : value <= band.to,
  );
  const found = index < 0 ? bands.length - 1 : index;
  const band = bands[found]!;
  let within: number;
  if (down) {
    if (band.to === Infinity) within = band.from > 0 ? Math.max(0, 1 - (value - band.from) / band.from) : 0.5;
    else if (band.from === -Infinity) within = band.to > 0 ? 1 - Math.max(0, value) / band.to : 0.5;
    else within = (band.to - value) / (band.to - band.from);
  } else if (band.from === -Infinity) within = band.to > 0 ? Math.max(0, value) / band.to : 0.5;
  else if (band.to === Infinity) within = value > 0 ? 1 - band.from / value : 0.5;
  else within = (value - band.from) / (band.to - band.from);
  return { steps, at: (found + Math.min(1, Math.max(0, within))) * size };
}
