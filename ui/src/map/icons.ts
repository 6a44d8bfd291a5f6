/** Draws station marks as images for the map: the same marks as in the legend. */
import type { RuleSet } from "@/api/types";
import { markOf, type Mark } from "./marks";
import { paletteOf, type Palette } from "./palette";

/** Images are drawn at this many pixels for each pixel of the map, so that they stay sharp when enlarged. */
const SCALE = 3;
const GRID = 24;
const MARGIN = 2;

/** Name of a mark's image: everything that its picture depends on. */
export function iconName(rule: string, grade: number, hatched: boolean, dark: boolean): string {
  return `mark|${rule}|${grade}|${hatched ? 1 : 0}|${dark ? 1 : 0}`;
}

/** The parts of a mark's name, or null where the name is not one. */
export function readIconName(name: string): { rule: string; grade: number; hatched: boolean; dark: boolean } | null {
  const [kind, rule, grade, hatched, dark] = name.split("|");
  if (kind !== "mark" || rule === undefined) return null;
  return { rule, grade: Number(grade), hatched: hatched === "1", dark: dark === "1" };
}

function drawRing(context: CanvasRenderingContext2D, palette: Palette) {
  context.beginPath();
  context.arc(12, 12, 6.4, 0, 2 * Math.PI);
  context.fillStyle = palette.ringInside;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = palette.ring;
  context.stroke();
}

function drawMark(context: CanvasRenderingContext2D, mark: Mark, dark: boolean, palette: Palette) {
  const path = new Path2D(mark.path);
  // A soft dark edge outside the light one keeps the mark apart from pale water and from its neighbours.
  context.lineJoin = "round";
  context.lineWidth = 4.2;
  context.strokeStyle = dark ? "rgba(255,255,255,0.22)" : "rgba(20,40,52,0.30)";
  context.stroke(path);
  context.lineWidth = 2.8;
  context.strokeStyle = palette.outline;
  context.stroke(path);
  context.fillStyle = dark ? mark.colourDark : mark.colour;
  context.fill(path);
  if (mark.hatched) {
    context.save();
    context.clip(path);
    context.lineWidth = 2.2;
    context.strokeStyle = "rgba(255,255,255,0.5)";
    context.beginPath();
    for (let x = -25; x < 48; x += 7) {
      context.moveTo(x, 26);
      context.lineTo(x + 28, -2);
    }
    context.stroke();
    context.restore();
  }
  const long = [...mark.label].length;
  context.font = `700 ${long > 2 ? 9 : long > 1 ? 11.5 : 13}px "Noto Sans", "Segoe UI", "Noto Sans CJK SC", sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  const box = context.measureText(mark.label);
  context.fillStyle = dark ? mark.inkDark : mark.ink;
  context.fillText(mark.label, 12, 12 + (box.actualBoundingBoxAscent - box.actualBoundingBoxDescent) / 2);
}

/** Draw a mark on its 24 x 24 grid. */
export function drawMarkAt(
  context: CanvasRenderingContext2D,
  parts: { rule: string; grade: number; hatched: boolean; dark: boolean },
  ruleOf: (id: string) => RuleSet | undefined,
): void {
  const rule = ruleOf(parts.rule);
  const mark = markOf(rule, rule?.grades[parts.grade]?.id ?? null, parts.hatched);
  const palette = paletteOf(parts.dark);
  if (mark.shape === "ring") drawRing(context, palette);
  else drawMark(context, mark, parts.dark, palette);
}

/** The picture of a mark by its name; null where the name is not one of ours. */
export function drawIcon(
  name: string,
  ruleOf: (id: string) => RuleSet | undefined,
): { image: ImageData; pixelRatio: number } | null {
  const parts = readIconName(name);
  if (!parts) return null;
  const size = (GRID + 2 * MARGIN) * SCALE;
  const canvas = document.createElement("canvas");
  canvas.width = size;
  canvas.height = size;
  // Read back at once: on a graphics card each reading would stop the first view for a tenth of a second.
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  context.scale(SCALE, SCALE);
  context.translate(MARGIN, MARGIN);
  drawMarkAt(context, parts, ruleOf);
  return { image: context.getImageData(0, 0, size, size), pixelRatio: SCALE };
}
