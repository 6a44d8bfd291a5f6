/** Where places lie on the screen: Web Mercator as the map counts it, 512 pixels round the world at zoom 0. Pure. */
import type { Place } from "@/permalink";

const TILE = 512;

export interface Size {
  width: number;
  height: number;
}
export interface Edges {
  top: number;
  right: number;
  bottom: number;
  left: number;
}
export type Box = readonly [west: number, south: number, east: number, north: number];

/** Web Mercator, 0 to 1 from west to east. */
export const mercatorX = (lon: number): number => (lon + 180) / 360;

/** Web Mercator, 0 to 1 from north to south. */
export const mercatorY = (lat: number): number =>
  (1 - Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) / Math.PI) / 2;

const lonOf = (x: number) => x * 360 - 180;
const latOf = (y: number) => (360 / Math.PI) * Math.atan(Math.exp((1 - 2 * y) * Math.PI)) - 90;

/** The view that shows `box` whole inside what `edges` leave free. */
export function fitted(box: Box, size: Size, edges: Edges, maxZoom: number): Place {
  const [west, east] = [mercatorX(box[0]), mercatorX(box[2])];
  const [north, south] = [mercatorY(box[3]), mercatorY(box[1])];
  const wide = Math.max(size.width - edges.left - edges.right, 1);
  const tall = Math.max(size.height - edges.top - edges.bottom, 1);
  const zoom = Math.min(Math.log2(Math.min(wide / (east - west), tall / (south - north)) / TILE), maxZoom);
  const world = TILE * 2 ** zoom;
  return {
    lon: lonOf((west + east) / 2 - (edges.left - edges.right) / 2 / world),
    lat: latOf((north + south) / 2 - (edges.top - edges.bottom) / 2 / world),
    zoom,
  };
}

/** The nearest view to `place` that shows nothing outside `extent`. */
export function held(place: Place, size: Size, extent: Box): Place {
  const [west, east] = [mercatorX(extent[0]), mercatorX(extent[2])];
  const [north, south] = [mercatorY(extent[3]), mercatorY(extent[1])];
  const least = Math.log2(Math.max(size.width / (east - west), size.height / (south - north)) / TILE);
  const zoom = Math.max(place.zoom, least);
  const world = TILE * 2 ** zoom;
  const inside = (at: number, from: number, to: number, half: number) =>
    to - from <= 2 * half ? (from + to) / 2 : Math.min(Math.max(at, from + half), to - half);
  return {
    lon: lonOf(inside(mercatorX(place.lon), west, east, size.width / 2 / world)),
    lat: latOf(inside(mercatorY(place.lat), north, south, size.height / 2 / world)),
    zoom,
  };
}

/** From degrees to pixels of a view. */
export function projection(place: Place, size: Size): (lon: number, lat: number) => { x: number; y: number } {
  const world = TILE * 2 ** place.zoom;
  const [x0, y0] = [mercatorX(place.lon) * world - size.width / 2, mercatorY(place.lat) * world - size.height / 2];
  return (lon, lat) => ({ x: mercatorX(lon) * world - x0, y: mercatorY(lat) * world - y0 });
}

/** The value at `zoom` on a line through `[zoom, value]` stops; `base` bends it as the map's own interpolation does. */
export function along(stops: readonly (readonly [number, number])[], zoom: number, base = 1): number {
  const after = stops.findIndex(([at]) => at > zoom);
  if (after === 0) return stops[0]![1];
  if (after < 0) return stops.at(-1)![1];
  const [[z0, v0], [z1, v1]] = [stops[after - 1]!, stops[after]!];
  const share = base === 1 ? (zoom - z0) / (z1 - z0) : (base ** (zoom - z0) - 1) / (base ** (z1 - z0) - 1);
  return v0 + (v1 - v0) * share;
}
