/** Limits of several laws on one scale: the stretch of values that each class covers. */

export interface ScaleLimit {
  grade: string;
  /** What stands in the stretch. */
  label: string;
  colour: string;
  op: string;
  low: number | null;
  high: number | null;
}

export interface ScaleSegment {
  grade: string;
  label: string;
  colour: string;
  /** Place on the scale, 0 to 1. */
  from: number;
  to: number;
}

export interface Scale {
  log: boolean;
  min: number;
  max: number;
  at: (value: number) => number;
  ticks: number[];
}

const ends = (limits: readonly ScaleLimit[]) =>
  limits.flatMap((it) => [it.low, it.high].filter((end): end is number => end !== null));

/** 1, 2 or 5 times a power of ten, at least `size`. */
function niceStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  return [1, 2, 5, 10].map((it) => it * power).find((it) => it >= size * 0.999)!;
}

const clean = (value: number) => Number(value.toPrecision(12));

/** The scale that holds all limits: logarithmic where they span more than a factor of 30; null where there is none. */
export function scaleOf(limits: readonly ScaleLimit[]): Scale | null {
  const all = ends(limits);
  if (!all.length) return null;
  const low = Math.min(...all);
  const high = Math.max(...all);
  const ranges = limits.some((it) => it.low !== null && it.high !== null);
  if (!ranges && low > 0 && high / low > 30) {
    const first = Math.floor(Math.log10(low) - 0.3);
    const last = Math.log10(high) + 0.25;
    const ticks = Array.from({ length: Math.floor(last) - first + 1 }, (_, at) => clean(10 ** (first + at)));
    const at = (value: number) => Math.min(1, Math.max(0, (Math.log10(value) - first) / (last - first)));
    return { log: true, min: 10 ** first, max: 10 ** last, at, ticks };
  }
  const min = ranges ? low - Math.max(0.5, (high - low) * 0.2) : 0;
  const max = ranges ? high + Math.max(0.5, (high - low) * 0.2) : high > 0 ? high * 1.18 : 1;
  const step = niceStep((max - min) / 6);
  const ticks: number[] = [];
  for (let tick = Math.ceil(min / step) * step; tick <= max * 1.0001; tick += step) ticks.push(clean(tick));
  const at = (value: number) => Math.min(1, Math.max(0, (value - min) / (max - min)));
  return { log: false, min, max, at, ticks };
}

/**
 * The stretches that the classes of one rule cover, best first: each from the limit of the class before to its own.
 * Ranges lie within each other. A class whose limit is that of a better one covers nothing.
 */
export function segmentsOf(limits: readonly ScaleLimit[], scale: Scale): ScaleSegment[] {
  const found: ScaleSegment[] = [];
  const push = (it: ScaleLimit, from: number, to: number) => {
    if (to > from) found.push({ grade: it.grade, label: it.label, colour: it.colour, from, to });
  };
  const within = limits.filter((it) => it.low !== null && it.high !== null);
  if (within.length) {
    // From the innermost outwards: what a better class covers already is not drawn again.
    let inner: [number, number] | null = null;
    for (const it of within) {
      const [low, high] = [scale.at(it.low!), scale.at(it.high!)];
      if (inner === null) push(it, low, high);
      else {
        push(it, low, Math.min(high, inner[0]));
        push(it, Math.max(low, inner[1]), high);
      }
      inner = inner === null ? [low, high] : [Math.min(inner[0], low), Math.max(inner[1], high)];
    }
    return found;
  }
  const upper = limits.filter((it) => it.high !== null).sort((a, b) => a.high! - b.high!);
  let from = 0;
  for (const it of upper) {
    push(it, from, scale.at(it.high!));
    from = Math.max(from, scale.at(it.high!));
  }
  const lower = limits.filter((it) => it.low !== null).sort((a, b) => b.low! - a.low!);
  let to = 1;
  for (const it of lower) {
    push(it, scale.at(it.low!), to);
    to = Math.min(to, scale.at(it.low!));
  }
  return found;
}
