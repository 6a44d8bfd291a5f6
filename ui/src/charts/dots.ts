/** Samples as dots in a small box, on a logarithmic height where they spread over decades. */
import { spansDecades } from "./series";

export interface Dot {
  x: number;
  y: number;
  open: boolean;
}

export interface Dots {
  points: Dot[];
  /** Height of a value in the box, held inside it. */
  y: (value: number) => number;
}

/** `lines` are values that must be in sight too (a limit, a mean). */
export function dotsOf(
  samples: readonly { time: number; value: number; open: boolean }[],
  lines: readonly number[],
  width: number,
  height: number,
  pad = 6,
): Dots {
  const values = [...samples.map((it) => it.value), ...lines];
  const log = spansDecades(samples.map((it) => it.value)) && lines.every((it) => it > 0);
  const scaled = (value: number) => (log ? Math.log10(Math.max(value, 1e-12)) : value);
  const low = Math.min(...values.map(scaled));
  const high = Math.max(...values.map(scaled));
  const times = samples.map((it) => it.time);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const y = (value: number) => {
    const share = high > low ? (scaled(value) - low) / (high - low) : 0.5;
    return height - pad - Math.min(1, Math.max(0, share)) * (height - 2 * pad);
  };
  return {
    points: samples.map((it) => ({
      x: last > first ? pad + ((it.time - first) / (last - first)) * (width - 2 * pad) : width / 2,
      y: y(it.value),
      open: it.open,
    })),
    y,
  };
}
