/**
 * The base map as a MapLibre style, from the server's layers: sea, land, coast, seabed, rivers, islands, units, places.
 *
 * No `glyphs` address: labels are drawn from fonts of this machine, so that no request leaves for them. All layers
 * share one source, each feature marked with its layer: a tile then crosses to the worker and back once and not a
 * dozen times, which halves the time to the first view. A layer's group and geometry say how it is drawn. Pure.
 */
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { Language, Layer } from "@/api/types";
import { GROUND, TILE_ZOOM } from "./bay";
import { SHORE_WIDTHS } from "./measures";
import type { Palette } from "./palette";

/** Fonts for map labels; the first that the machine has is drawn. */
const FONTS: Record<Language, string[]> = {
  "zh-Hans": ["Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "sans-serif"],
  "zh-Hant": ["Noto Sans CJK HK", "Noto Sans CJK TC", "PingFang HK", "Microsoft JhengHei", "sans-serif"],
  en: ["Noto Sans", "Noto Sans CJK SC", "Segoe UI", "Helvetica Neue", "sans-serif"],
  pt: ["Noto Sans", "Noto Sans CJK SC", "Segoe UI", "Helvetica Neue", "sans-serif"],
};

export const fontsOf = (language: Language): string[] => FONTS[language];

/** Keys under which GeoJSON of different makers keeps a name, nearest reading first. */
const NAME_KEYS: Record<Language, string[]> = {
  "zh-Hans": ["name_zh-Hans", "name:zh-Hans", "name_zh", "name_zh-Hant", "name_en", "name"],
  "zh-Hant": ["name_zh-Hant", "name:zh-Hant", "name_zh-Hans", "name_zh", "name_en", "name"],
  en: ["name_en", "name:en", "name", "name_zh-Hans", "name_zh"],
  pt: ["name_pt", "name:pt", "name_en", "name:en", "name", "name_zh-Hans", "name_zh"],
};

/** The name of a feature in a language, else in the nearest one that it has. */
export function nameOf(language: Language): ExpressionSpecification {
  const gets = NAME_KEYS[language].map((key) => ["get", key] as ExpressionSpecification);
  return ["to-string", ["coalesce", ...gets, ""]] as ExpressionSpecification;
}

type Geometry = "polygon" | "line" | "point";

export function geometryOf(layer: Layer): Geometry {
  const text = layer.geometry.toLowerCase();
  return text.includes("poly") || text === "fill" ? "polygon" : text.includes("line") ? "line" : "point";
}

/** From the bottom of the sea upwards: what covers what. */
const HEIGHT: Record<string, number> = {
  "seawater polygon": 0,
  "seabed polygon": 1,
  "seabed line": 2,
  "seawater line": 3,
  "coast polygon": 4,
  "islands polygon": 5,
  "watershed polygon": 6,
  "watershed line": 7,
  "admin polygon": 8,
  "admin line": 8,
  "coast line": 9,
  "islands line": 9,
  "air polygon": 10,
  "air line": 10,
};

const heightOf = (layer: Layer) => HEIGHT[`${layer.group} ${geometryOf(layer)}`] ?? 12;

/** Wider with the zoom, as lines on a map should be. */
const width = (thin: number, thick: number): ExpressionSpecification =>
  ["interpolate", ["exponential", 1.4], ["zoom"], 7, thin, 13, thick] as ExpressionSpecification;
const SHORE = ["interpolate", ["exponential", 1.4], ["zoom"], ...SHORE_WIDTHS.flat()] as ExpressionSpecification;

/** The style layers of one server layer; ids begin with `<layer id>/`. */
export function drawn(layer: Layer, palette: Palette, language: Language): LayerSpecification[] {
  const geometry = geometryOf(layer);
  const source = BASE;
  const filter = ["==", ["get", LAYER_MARK], layer.id] as ExpressionSpecification;
  const id = (part: string) => `${layer.id}/${part}`;
  const line = (part: string, paint: Record<string, unknown>): LayerSpecification => ({
    id: id(part),
    type: "line",
    source,
    filter,
    layout: { "line-join": "round", "line-cap": "round" },
    paint,
  });
  const fill = (part: string, paint: Record<string, unknown>): LayerSpecification => ({
    id: id(part),
    type: "fill",
    source,
    filter,
    // Every fill has its own outline: smoothing its edge would draw it twice.
    paint: { "fill-antialias": false, ...paint },
  });
  const label = (layout: Record<string, unknown>, water = false): LayerSpecification => ({
    id: id("label"),
    type: "symbol",
    source,
    filter,
    layout: {
      "text-field": nameOf(language),
      "text-font": fontsOf(language),
      "text-size": 12,
      "text-padding": 6,
      "text-max-width": 8,
      ...layout,
    },
    paint: {
      "text-color": water ? palette.labelWater : palette.label,
      "text-halo-color": water ? palette.haloWater : palette.halo,
      "text-halo-width": 1.4,
    },
  });

  switch (`${layer.group} ${geometry}`) {
    case "seawater polygon":
      // The open sea is the map's ground; other waters of this group are names and areas in it.
      return layer.id === GROUND ? [] : [label({ "text-size": 14, "text-letter-spacing": 0.3 }, true)];
    case "seabed polygon":
      // Light over the shelf, darker below 200 m.
      return [
        {
          ...fill("shallow", { "fill-color": palette.shallow }),
          filter: ["all", filter, ["<", ["to-number", ["get", "depth"], 0], 10]],
        } as LayerSpecification,
        {
          ...fill("fill", { "fill-color": palette.deep }),
          filter: ["all", filter, [">=", ["to-number", ["get", "depth"], 0], 10]],
        } as LayerSpecification,
        {
          ...line("line", { "line-color": palette.contour, "line-width": 0.8 }),
          filter: ["all", filter, [">=", ["to-number", ["get", "depth"], 0], 10]],
        } as LayerSpecification,
      ];
    case "seabed line":
      return [line("line", { "line-color": palette.contour, "line-width": width(0.5, 1) })];
    case "coast polygon":
      return [
        fill("fill", { "fill-color": palette.land }),
        line("line", { "line-color": palette.shore, "line-width": SHORE }),
      ];
    case "coast line":
      return [line("line", { "line-color": palette.shore, "line-width": width(0.7, 1.4) })];
    case "islands polygon":
      return [
        fill("fill", { "fill-color": palette.land }),
        line("line", { "line-color": palette.shore, "line-width": SHORE }),
        label({ "text-size": 11 }),
      ];
    case "watershed polygon":
      return [
        fill("fill", { "fill-color": palette.lake }),
        line("line", { "line-color": palette.river, "line-width": 0.7 }),
        label({ "text-size": 11 }, true),
      ];
    case "watershed line":
      return [
        line("line", { "line-color": palette.river, "line-width": width(0.8, 2.6) }),
        label(
          { "symbol-placement": "line", "text-size": 11, "symbol-spacing": 400, "text-letter-spacing": 0.08 },
          true,
        ),
      ];
    case "admin polygon":
    case "admin line":
      return [line("line", { "line-color": palette.unit, "line-width": width(0.7, 1.2) })];
    case "admin point":
      return [
        {
          ...label({
            "text-size": ["interpolate", ["linear"], ["zoom"], 7, 11.5, 11, 15],
            "symbol-sort-key": ["to-number", ["get", "scalerank"], 5],
            "text-variable-anchor": ["center", "top", "bottom"],
          }),
          paint: {
            "text-color": palette.labelStrong,
            "text-halo-color": palette.halo,
            "text-halo-width": 1.6,
          },
        } as LayerSpecification,
      ];
    default:
      if (geometry === "polygon") {
        return [
          fill("fill", { "fill-color": palette.mark, "fill-opacity": 0.08 }),
          line("line", { "line-color": palette.mark, "line-width": 0.8 }),
          label({ "text-size": 11 }),
        ];
      }
      if (geometry === "line") return [line("line", { "line-color": palette.mark, "line-width": 1 })];
      return [
        {
          id: id("point"),
          type: "circle",
          source,
          filter,
          paint: {
            // Solid and small: a hollow ring is a station without a verdict.
            "circle-radius": 2.6,
            "circle-color": palette.mark,
            "circle-stroke-color": palette.halo,
            "circle-stroke-width": 1.2,
          },
        },
        label({ "text-size": 11, "text-anchor": "left", "text-offset": [0.7, 0], "text-optional": true }),
      ];
  }
}

/** The one source of the base map, and the property that tells whose a feature is. */
export const BASE = "base";
const LAYER_MARK = "@layer";

export type BaseData = GeoJSON.FeatureCollection;

/** The features of all layers in one collection, each marked with its layer. */
export function gathered(parts: readonly { id: string; data: GeoJSON.FeatureCollection }[]): BaseData {
  return {
    type: "FeatureCollection",
    features: parts.flatMap(({ id, data }) =>
      data.features.map((feature) => ({ ...feature, properties: { ...feature.properties, [LAYER_MARK]: id } })),
    ),
  };
}

/**
 * The map's ground: the sea where it is switched on, else neutral paper. With the seabed on, the sea turns to the
 * shelf's colour as one comes near: its edge is drawn for the overview and would lie beside the shore.
 */
export function groundOf(
  layers: readonly Layer[],
  on: ReadonlySet<string>,
  palette: Palette,
): string | ExpressionSpecification {
  if (!on.has(GROUND)) return palette.void;
  const seabed = layers.some((it) => it.group === "seabed" && geometryOf(it) === "polygon" && on.has(it.id));
  if (!seabed) return palette.sea;
  return ["interpolate", ["linear"], ["zoom"], 8.5, palette.sea, 10, palette.shallow] as ExpressionSpecification;
}

/** The whole base map; layers that are off are there but hidden, so that switching them needs no new style. */
export function baseStyle(
  layers: readonly Layer[],
  on: ReadonlySet<string>,
  palette: Palette,
  language: Language,
  data: BaseData,
): StyleSpecification {
  const inOrder = [...layers].sort((a, b) => heightOf(a) - heightOf(b) || a.order - b.order);
  const floor: LayerSpecification[] = [];
  const shores: LayerSpecification[] = [];
  const painted: LayerSpecification[] = [];
  const labels: LayerSpecification[] = [];
  for (const layer of inOrder) {
    for (const each of drawn(layer, palette, language)) {
      const layout = { ...(each as { layout?: object }).layout, visibility: on.has(layer.id) ? "visible" : "none" };
      const spec = { ...each, layout } as LayerSpecification;
      // Shores lie below all land: where two layers of land meet, no seam shows.
      const dry = (layer.group === "coast" || layer.group === "islands") && geometryOf(layer) === "polygon";
      const wet = layer.group === "seabed" || layer.group === "seawater";
      (each.type === "symbol" ? labels : wet ? floor : dry && each.type === "line" ? shores : painted).push(spec);
    }
  }
  return {
    version: 8,
    name: "clearbay",
    sources: { [BASE]: { type: "geojson", data, tolerance: 0.25, maxzoom: TILE_ZOOM } },
    layers: [
      { id: "background", type: "background", paint: { "background-color": groundOf(layers, on, palette) } },
      ...floor,
      ...shores,
      ...painted,
      ...labels,
    ],
  };
}
