/**
 * How a verdict looks: the law's colour, doubled by a shape and a letter, so that it survives a colour-blind eye, a
 * grey printer and a small screen. The better half of a scale is round, the worse half square, the worst a diamond.
 */
import type { RuleSet } from "@/api/types";

export type Shape = "ring" | "circle" | "square" | "diamond";

export interface Mark {
  shape: Shape;
  /** SVG path on a 24 x 24 grid; empty for the ring, which has no inside: no data is not a value. */
  path: string;
  label: string;
  colour: string;
  colourDark: string;
  /** Colour of the letter on `colour` and on `colourDark`, by contrast. */
  ink: string;
  inkDark: string;
  /** The verdict rests on a number of the law that nobody has verified. */
  hatched: boolean;
}

const SHAPES: Record<Exclude<Shape, "ring">, string> = {
  circle: "M12 2.5a9.5 9.5 0 1 1 0 19a9.5 9.5 0 1 1 0-19Z",
  square:
    "M6.5 3h11a3.5 3.5 0 0 1 3.5 3.5v11a3.5 3.5 0 0 1-3.5 3.5h-11a3.5 3.5 0 0 1-3.5-3.5v-11a3.5 3.5 0 0 1 3.5-3.5Z",
  diamond:
    "M10.5 1.4a2.1 2.1 0 0 1 3 0l9.1 9.1a2.1 2.1 0 0 1 0 3l-9.1 9.1a2.1 2.1 0 0 1-3 0l-9.1-9.1a2.1 2.1 0 0 1 0-3Z",
};

const NONE: Mark = {
  shape: "ring",
  path: "",
  label: "",
  colour: "transparent",
  colourDark: "transparent",
  ink: "#000",
  inkDark: "#fff",
  hatched: false,
};

/** Relative luminance (WCAG 2) of `#rrggbb`. */
export function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

/** Black or white, whichever is read better on `hex`. */
export function inkOn(hex: string): string {
  return luminance(hex) > 0.179 ? "#000000" : "#ffffff";
}

/** The shape for place `index` of `count` grades, best first. */
export function shapeAt(index: number, count: number): Exclude<Shape, "ring"> {
  const share = count > 1 ? index / (count - 1) : 0;
  return share >= 1 ? "diamond" : share >= 0.5 ? "square" : "circle";
}

/** What stands in the mark: a tick or a cross for attained or not, else the grade's own short name. */
export function labelOf(rule: RuleSet, index: number): string {
  if (rule.kind === "attainment") return index === 0 ? "✓" : "✕";
  const grade = rule.grades[index];
  return grade ? grade.short || grade.id : "";
}

/** The mark of a grade under a rule set; the hollow ring where there is no verdict. */
export function markOf(rule: RuleSet | undefined, gradeId: string | null, hatched = false): Mark {
  const index = rule?.grades.findIndex((it) => it.id === gradeId) ?? -1;
  const grade = rule?.grades[index];
  if (!rule || !grade) return NONE;
  const shape = shapeAt(index, rule.grades.length);
  return {
    shape,
    path: SHAPES[shape],
    label: labelOf(rule, index),
    colour: grade.colour,
    colourDark: grade.colour_dark,
    ink: inkOn(grade.colour),
    inkDark: inkOn(grade.colour_dark),
    hatched,
  };
}
