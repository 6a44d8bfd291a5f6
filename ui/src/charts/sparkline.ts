/** A series reduced to a small line. */
import type { Series } from "@/api/types";

export interface Spark {
  /** SVG path in a box of the given size; pen lifted at gaps. */
  path: string;
  /** The last point. */
  end: [number, number] | null;
}

/** Yearly medians of a series (all depths together), in time order; a year without samples is a gap. */
export function yearlyMedians(series: Series, offset: number): { year: number; value: number | null }[] {
  const byYear = new Map<number, number[]>();
  series.time.forEach((time, row) => {
    const year = new Date((time + offset * 60) * 1000).getUTCFullYear();
    const values = byYear.get(year) ?? [];
    values.push(series.value[row]!);
    byYear.set(year, values);
  });
  if (!byYear.size) return [];
  const years = [...byYear.keys()];
  const first = Math.min(...years);
  return Array.from({ length: Math.max(...years) - first + 1 }, (_, index) => {
    const values = byYear.get(first + index)?.sort((a, b) => a - b);
    const middle = values ? (values[(values.length - 1) >> 1]! + values[values.length >> 1]!) / 2 : null;
    return { year: first + index, value: middle };
  });
}

/** The line of `values` in a box `width` by `height`, with `pad` kept free all round. */
export function sparkOf(values: readonly (number | null)[], width: number, height: number, pad = 2): Spark {
  const present = values.filter((value): value is number => value !== null);
  if (!present.length) return { path: "", end: null };
  const low = Math.min(...present);
  const high = Math.max(...present);
  const x = (index: number) => pad + (values.length > 1 ? (index / (values.length - 1)) * (width - 2 * pad) : 0);
  const y = (value: number) =>
    high > low ? height - pad - ((value - low) / (high - low)) * (height - 2 * pad) : height / 2;
  let path = "";
  let pen = false;
  let end: Spark["end"] = null;
  values.forEach((value, index) => {
    if (value === null) {
      pen = false;
      return;
    }
    path += `${pen ? "L" : "M"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = true;
    end = [x(index), y(value)];
  });
  return { path, end };
}
