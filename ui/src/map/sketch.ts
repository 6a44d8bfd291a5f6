/**
 * The first drawing: land, water and stations on a plain canvas, exactly where the map will put them. It needs no
 * graphics context, no worker and no style, so it is on the screen while those are still being made.
 */
import type { Outline, RuleSet } from "@/api/types";
import type { Place } from "@/permalink";
import { along, projection, type Size } from "./camera";
import { DENSE, DENSE_ZOOM, DOT_SIZES, MARK_SIZES, SHORE_WIDTHS } from "./measures";
import { drawMarkAt, readIconName } from "./icons";
import type { Palette } from "./palette";

export interface Sketch {
  place: Place;
  size: Size;
  palette: Palette;
  ground: string;
  /** Null where the land is switched off. */
  land: Outline | null;
  points: GeoJSON.FeatureCollection<GeoJSON.Point>;
  ruleOf: (id: string) => RuleSet | undefined;
}

/** The land as one path in pixels. */
export function landPath<P extends Pick<Path2D, "moveTo" | "lineTo" | "closePath">>(
  path: P,
  { bbox: [west, south], unit, rings }: Outline,
  place: Place,
  size: Size,
): P {
  const project = projection(place, size);
  for (const ring of rings) {
    let lon = 0;
    let lat = 0;
    for (let i = 0; i + 1 < ring.length; i += 2) {
      lon += ring[i]!;
      lat += ring[i + 1]!;
      const { x, y } = project(west + lon * unit, south + lat * unit);
      if (i === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
    }
    path.closePath();
  }
  return path;
}

/** Paint the whole first drawing. */
export function paint(context: CanvasRenderingContext2D, sketch: Sketch): void {
  const { place, size, palette, land } = sketch;
  context.fillStyle = sketch.ground;
  context.fillRect(0, 0, size.width, size.height);
  if (land) {
    const path = landPath(new Path2D(), land, place, size);
    context.lineJoin = "round";
    // The shore lies below the land, as on the map: only its outer half shows.
    context.lineWidth = along(SHORE_WIDTHS, place.zoom, 1.4);
    context.strokeStyle = palette.shore;
    context.stroke(path);
    context.fillStyle = palette.land;
    context.fill(path, "nonzero");
  }
  const project = projection(place, size);
  const { features } = sketch.points;
  const dots = features.length > DENSE && place.zoom < DENSE_ZOOM;
  const scale = along(MARK_SIZES, place.zoom);
  const radius = along(DOT_SIZES, place.zoom);
  const shown = dots ? features : [...features].sort((a, b) => rankOf(a) - rankOf(b));
  for (const { geometry, properties } of shown) {
    const { x, y } = project(geometry.coordinates[0]!, geometry.coordinates[1]!);
    if (x < -20 || y < -20 || x > size.width + 20 || y > size.height + 20) continue;
    if (dots) {
      const colour = String(properties?.["colour"] ?? "");
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fillStyle = colour || "transparent";
      context.fill();
      context.lineWidth = 0.8;
      context.strokeStyle = colour ? palette.outline : palette.ring;
      context.stroke();
      continue;
    }
    const parts = readIconName(String(properties?.["icon"] ?? ""));
    if (!parts) continue;
    context.save();
    context.translate(x, y);
    context.scale(scale, scale);
    context.translate(-12, -12);
    drawMarkAt(context, parts, sketch.ruleOf);
    context.restore();
  }
}

const rankOf = (feature: GeoJSON.Feature) => Number(feature.properties?.["rank"] ?? -1);
