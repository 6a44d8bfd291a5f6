/**
 * The base map as a MapLibre style, from the server's layers: sea, land, coast, seabed, rivers, islands, units, places.
 *
 * No `glyphs` address: labels are drawn from fonts of this machine, so that no request leaves for them. A layer of the
 * server becomes one source and a few style layers; its group and geometry say how it is drawn. Pure.
 */
import type { ExpressionSpecification, LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import type { Language, Layer } from "@/api/types";
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

/** The style layers of one server layer; ids begin with `<layer id>/`. */
export function drawn(layer: Layer, palette: Palette, language: Language): LayerSpecification[] {
  const geometry = geometryOf(layer);
  const source = layer.id;
  const id = (part: string) => `${layer.id}/${part}`;
  const line = (part: string, paint: Record<string, unknown>): LayerSpecification => ({
    id: id(part),
    type: "line",
    source,
    layout: { "line-join": "round", "line-cap": "round" },
    paint,
  });
  const fill = (part: string, paint: Record<string, unknown>): LayerSpecification => ({
    id: id(part),
    type: "fill",
    source,
    paint,
  });
  const label = (layout: Record<string, unknown>, water = false): LayerSpecification => ({
    id: id("label"),
    type: "symbol",
    source,
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
      return [
        fill("fill", { "fill-color": palette.sea }),
        label({ "text-size": 14, "text-letter-spacing": 0.3 }, true),
      ];
    case "seabed polygon":
      // Depth darkens; the shallowest step is the sea's own colour, so that only its edge is seen.
      return [
        fill("fill", {
          "fill-color": palette.deep,
          "fill-opacity": [
            "interpolate",
            ["linear"],
            ["to-number", ["get", "depth"], 0],
            0,
            0,
            10,
            0.3,
            50,
            0.6,
            200,
            1,
          ],
        }),
        line("line", { "line-color": palette.contour, "line-width": 0.6, "line-opacity": 0.7 }),
      ];
    case "seabed line":
      return [line("line", { "line-color": palette.contour, "line-width": width(0.5, 1) })];
    case "coast polygon":
      return [
        fill("fill", { "fill-color": palette.land }),
        line("line", { "line-color": palette.shore, "line-width": width(0.5, 1.2) }),
      ];
    case "coast line":
      return [line("line", { "line-color": palette.shore, "line-width": width(0.7, 1.4), "line-dasharray": [2, 2] })];
    case "islands polygon":
      return [
        fill("fill", { "fill-color": palette.land }),
        line("line", { "line-color": palette.shore, "line-width": width(0.5, 1.2) }),
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
      return [line("line", { "line-color": palette.unit, "line-width": width(0.7, 1.2), "line-dasharray": [3, 2.5] })];
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
          paint: {
            "circle-radius": 3,
            "circle-color": palette.land,
            "circle-stroke-color": palette.mark,
            "circle-stroke-width": 1.4,
          },
        },
        label({ "text-size": 11, "text-anchor": "left", "text-offset": [0.7, 0], "text-optional": true }),
      ];
  }
}

/** The whole base map; layers that are off are there but hidden, so that switching them needs no new style. */
export function baseStyle(
  layers: readonly Layer[],
  on: ReadonlySet<string>,
  palette: Palette,
  language: Language,
): StyleSpecification {
  const sources: Record<string, SourceSpecification> = {};
  const inOrder = [...layers].sort((a, b) => heightOf(a) - heightOf(b) || a.order - b.order);
  const painted: LayerSpecification[] = [];
  const labels: LayerSpecification[] = [];
  for (const layer of inOrder) {
    sources[layer.id] = { type: "geojson", data: layer.url, tolerance: 0.2 };
    for (const each of drawn(layer, palette, language)) {
      const layout = { ...(each as { layout?: object }).layout, visibility: on.has(layer.id) ? "visible" : "none" };
      const spec = { ...each, layout } as LayerSpecification;
      (each.type === "symbol" ? labels : painted).push(spec);
    }
  }
  return {
    version: 8,
    name: "clearbay",
    sources,
    layers: [
      { id: "background", type: "background", paint: { "background-color": palette.sea } },
      ...painted,
      ...labels,
    ],
  };
}
