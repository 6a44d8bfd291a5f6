import { describe, expect, it } from "vitest";
import { LANGUAGES, type Layer } from "@/api/types";
import { baseStyle, gathered } from "./base";
import { DARK, LIGHT } from "./palette";

const layer = (id: string, group: Layer["group"], geometry: string, order: number): Layer => ({
  id,
  group,
  name: { en: id },
  geometry,
  url: `/api/layers/${id}`,
  attribution: "",
  licence: "",
  default: true,
  order,
});
const LAYERS = [
  layer("places", "admin", "point", 1),
  layer("rivers", "watershed", "line", 2),
  layer("land", "coast", "polygon", 3),
  layer("new-land", "coast", "polygon", 4),
  layer("slope", "seabed", "polygon", 5),
  layer("sea", "seawater", "polygon", 6),
];
const NONE = gathered([]);
const on = (...ids: string[]) => new Set(ids);

describe("the base map", () => {
  it("asks nobody for fonts, pictures or tiles", () => {
    for (const language of LANGUAGES) {
      const text = JSON.stringify(baseStyle(LAYERS, on("land"), LIGHT, language, NONE));
      expect(text).not.toMatch(/https?:|glyphs|sprite|"tiles"/);
    }
  });

  it("lies in its natural order, whatever order the layers come in: seabed, shores, land, rivers, names", () => {
    const ids = baseStyle(LAYERS, on(), LIGHT, "en", NONE).layers.map((it) => it.id);
    const order = [
      "background",
      "slope/fill",
      "land/line",
      "new-land/line",
      "land/fill",
      "rivers/line",
      "places/label",
    ];
    const places = order.map((id) => ids.indexOf(id));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it("hides what is off, and shows neutral ground where the sea is off", () => {
    const style = baseStyle(LAYERS, on("land"), DARK, "en", NONE);
    const visible = style.layers.filter((it) => it.layout?.visibility === "visible").map((it) => it.id);
    expect(visible).toEqual(["land/line", "land/fill"]);
    expect(style.layers[0]).toMatchObject({ paint: { "background-color": DARK.void } });
    expect(baseStyle(LAYERS, on("sea"), DARK, "en", NONE).layers[0]).toMatchObject({
      paint: { "background-color": DARK.sea },
    });
  });

  it("marks each feature with its layer and leaves the server's features as they are", () => {
    const feature: GeoJSON.Feature = {
      type: "Feature",
      properties: { name: "x" },
      geometry: { type: "Point", coordinates: [114, 22] },
    };
    const found = gathered([{ id: "places", data: { type: "FeatureCollection", features: [feature] } }]);
    expect(found.features[0]?.properties).toEqual({ name: "x", "@layer": "places" });
    expect(feature.properties).toEqual({ name: "x" });
  });
});
