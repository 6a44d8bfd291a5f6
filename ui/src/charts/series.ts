/** A series of the server as lines that a chart can draw: depths apart, real gaps left open, censored values marked. */
import type { Censoring, Depth, Series } from "@/api/types";

/** One depth of a series on the common time axis. `undefined` is no sample of this depth, `null` a gap in the line. */
export interface Line {
  depth: "" | Depth;
  value: (number | null | undefined)[];
  censoring: Censoring[];
  flag: number[];
  count: number;
}

export interface Drawing {
  /** Seconds since 1970 UTC, ascending, each once. */
  time: number[];
  lines: Line[];
}

const ORDER: readonly string[] = ["surface", "middle", "bottom", "mean", ""];

/** The depths of a series, from the surface down. */
export function depthsOf(series: Series | null): ("" | Depth)[] {
  return [...new Set(series?.depth ?? [])].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
}

/** The value below which the share `q` of `sorted` lies. */
export function quantile(sorted: readonly number[], q: number): number {
  if (!sorted.length) return NaN;
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  return low + (high - low) * (at - Math.floor(at));
}

/**
 * The longest pause that still counts as continuous sampling: three usual intervals, or twice the longest usual one
 * where sampling is uneven. Infinite for fewer than three samples.
 */
export function longestPause(times: readonly number[]): number {
  if (times.length < 3) return Infinity;
  const steps = times.slice(1).map((time, index) => time - times[index]!);
  steps.sort((a, b) => a - b);
  const usual = steps[Math.floor((steps.length - 1) * 0.9)]!;
  return Math.max(3 * quantile(steps, 0.5), 2 * usual);
}

/** The chosen depths of a series on one time axis. */
export function drawingOf(series: Series, depths: readonly string[]): Drawing {
  interface Sample {
    time: number;
    value: number | null;
    censoring: Censoring;
    flag: number;
  }
  const byDepth = new Map<string, Sample[]>(depths.map((depth) => [depth, []]));
  for (let row = 0; row < series.time.length; row += 1) {
    byDepth.get(series.depth[row]!)?.push({
      time: series.time[row]!,
      value: series.value[row]!,
      censoring: series.censoring[row] ?? "",
      flag: series.flag[row] ?? 2,
    });
  }
  const all = new Set<number>();
  for (const samples of byDepth.values()) {
    samples.sort((a, b) => a.time - b.time);
    const pause = longestPause(samples.map((it) => it.time));
    for (let at = samples.length - 1; at > 0; at -= 1) {
      const before = samples[at - 1]!.time;
      const after = samples[at]!.time;
      if (after - before > pause) {
        samples.splice(at, 0, { time: Math.round((before + after) / 2), value: null, censoring: "", flag: 9 });
      }
    }
    for (const sample of samples) all.add(sample.time);
  }
  const time = [...all].sort((a, b) => a - b);
  const place = new Map(time.map((at, index) => [at, index]));
  const lines = [...byDepth].map(([depth, samples]): Line => {
    const line: Line = {
      depth: depth as Line["depth"],
      value: new Array<number | null | undefined>(time.length).fill(undefined),
      censoring: new Array<Censoring>(time.length).fill(""),
      flag: new Array<number>(time.length).fill(0),
      count: 0,
    };
    for (const sample of samples) {
      const index = place.get(sample.time)!;
      line.value[index] = sample.value;
      line.censoring[index] = sample.censoring;
      line.flag[index] = sample.flag;
      if (sample.value !== null) line.count += 1;
    }
    return line;
  });
  return { time, lines: lines.filter((line) => line.count > 0) };
}

/** True where values spread over so many powers of ten that only a logarithmic axis shows them (bacteria counts). */
export function spansDecades(values: readonly number[]): boolean {
  if (values.length < 8 || values.some((value) => value <= 0)) return false;
  const sorted = [...values].sort((a, b) => a - b);
  return quantile(sorted, 0.95) / quantile(sorted, 0.5) >= 12;
}

/**
 * The span of the value axis: the data with some air, from zero where zero is near, and the nearest limit where it is
 * close enough to matter. `low` and `high` are the data's own.
 */
export function valueSpan(low: number, high: number, limits: readonly number[], log: boolean): [number, number] {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return log ? [0.1, 10] : [0, 1];
  if (log) {
    const near = limits.filter((limit) => limit > 0 && limit >= low / 10 && limit <= high * 10);
    const bottom = Math.min(low, ...near);
    const top = Math.max(high, ...near);
    return [10 ** Math.floor(Math.log10(bottom) - 0.05), 10 ** Math.ceil(Math.log10(top) + 0.05)];
  }
  const size = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const reach = Math.max(high - low, size * 0.02);
  const close = limits.filter((limit) => limit >= low - reach * 0.75 && limit <= high + reach * 0.75);
  const least = Math.min(low, ...close);
  const most = Math.max(high, ...close);
  const air = Math.max(most - least, size * 0.02) * 0.08;
  const fromZero = least >= 0 && least < most * 0.55;
  return [fromZero ? 0 : least - air, most + air];
}
