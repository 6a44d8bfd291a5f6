/** A short series as points and a line. */
import { sparkOf } from "./sparkline";

export interface DrawnCourse {
  path: string;
  points: [number, number][];
  end: [number, number] | null;
}

/** The line of `values` in a box `width` by `height`, and the point of every value that there is. */
export function courseOf(values: readonly (number | null)[], width: number, height: number, pad = 5): DrawnCourse {
  const { path, end } = sparkOf(values, width, height, pad);
  const points = [...path.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(
    (match): [number, number] => [Number(match[1]), Number(match[2])],
  );
  return { path, points, end };
}
