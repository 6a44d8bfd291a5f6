/** What other screens lay over the map: their features, how they look, and what a click on one of them means. */
import { ref, shallowReactive, shallowRef } from "vue";
import type { LayerSpecification } from "maplibre-gl";
import type { Box } from "./camera";

/** A layer as MapLibre takes it, without its source: that is the overlay itself. */
type Unbound<T> = T extends unknown ? Omit<T, "source"> : never;
export type OverlayLayer = Unbound<Exclude<LayerSpecification, { type: "background" }>>;

export interface Overlay {
  data: GeoJSON.FeatureCollection;
  layers: OverlayLayer[];
  /** True where it lies below the stations. */
  below?: boolean;
  /** Told the `id` of a feature that was clicked; without it clicks pass through. */
  pick?: (id: string) => void;
}

export const overlays = shallowReactive(new Map<string, Overlay>());

/** Stations step back while something else is looked at. */
export const dimmed = ref(false);

/** Told where the map was clicked (WGS 84 degrees), while somebody asks for a place; clicks choose nothing then. */
export const placing = shallowRef<((at: { lon: number; lat: number }) => void) | null>(null);

/** A box that the map should show whole; a new object asks again. */
export const frame = shallowRef<Box | null>(null);

/** What the map shows now. */
export const viewed = shallowRef<Box | null>(null);

/** The box about all points of some features; null of none. */
export function boxOf(collections: readonly GeoJSON.FeatureCollection[]): Box | null {
  const found: [number, number, number, number] = [Infinity, Infinity, -Infinity, -Infinity];
  const walk = (it: unknown): void => {
    if (!Array.isArray(it)) return;
    if (typeof it[0] === "number" && typeof it[1] === "number") {
      found[0] = Math.min(found[0], it[0]);
      found[1] = Math.min(found[1], it[1]);
      found[2] = Math.max(found[2], it[0]);
      found[3] = Math.max(found[3], it[1]);
    } else it.forEach(walk);
  };
  for (const { features } of collections) {
    for (const { geometry } of features) if (geometry && "coordinates" in geometry) walk(geometry.coordinates);
  }
  return Number.isFinite(found[0]) ? found : null;
}

/** A little room about a box, so that a single point is a place and not everything. */
export function roomy(box: Box, least = 0.02): Box {
  const [wide, tall] = [Math.max(box[2] - box[0], least), Math.max(box[3] - box[1], least)];
  const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  return [x - wide * 0.55, y - tall * 0.55, x + wide * 0.55, y + tall * 0.55];
}
