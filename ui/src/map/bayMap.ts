/**
 * The one class that owns a MapLibre map: the base map, the stations on it, what is hovered and selected.
 *
 * Everything outside talks to it in stations and places; nothing else touches MapLibre.
 */
import {
  Map as MapLibre,
  prewarm,
  setWorkerUrl,
  type ExpressionSpecification,
  type GeoJSONSource,
  type LayerSpecification,
  type PaddingOptions as Edges,
  type StyleSpecification,
} from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import type { RuleSet } from "@/api/types";
import type { Place } from "@/permalink";
import { BASE, type BaseData } from "./base";
import { EXTENT, HOME, MAX_ZOOM, TILE_ZOOM } from "./bay";
import { DENSE, DENSE_ZOOM, DOT_SIZES, MARK_SIZES } from "./measures";
import type { Box } from "./camera";
import { drawIcon } from "./icons";
import type { Overlay } from "./overlay";
import type { Palette } from "./palette";

// Without this the production map stays blank: the worker is a file of its own.
setWorkerUrl(workerUrl);
// The worker starts while the drawing surface is still being made, which takes longer than all else.
prewarm();

type Padding = Required<Edges>;
type Points = GeoJSON.FeatureCollection<GeoJSON.Point>;
const NO_POINTS: Points = { type: "FeatureCollection", features: [] };

/** How much of a station is left to see while something else is looked at. */
const DIM = 0.28;
const OVER = "over/";

/** The layers of an overlay, bound to its source; ids begin with `over/<name>/`. */
function overlayLayers(name: string, overlay: Overlay): LayerSpecification[] {
  return overlay.layers.map((it) => ({ ...it, id: `${OVER}${name}/${it.id}`, source: OVER + name }) as LayerSpecification);
}

export interface BayMapOptions {
  container: HTMLElement;
  style: StyleSpecification;
  palette: Palette;
  fonts: string[];
  at: Place;
  points: Points;
  title: string;
  reducedMotion: boolean;
  ruleOf: (id: string) => RuleSet | undefined;
}

/** The layers that draw stations, above everything else. */
function stationLayers(palette: Palette, fonts: string[], dense: boolean, dim: boolean): LayerSpecification[] {
  const on = (name: string) => ["boolean", ["feature-state", name], false];
  return [
    {
      id: "stations/halo",
      type: "circle",
      source: "stations",
      // Hidden until a station is chosen or pointed at: the first view needs no rings.
      layout: { visibility: "none" },
      paint: {
        "circle-radius": [
          "interpolate",
          ["linear"],
          ["zoom"],
          7,
          ["case", on("selected"), 9, on("focus"), 8, 0],
          10.5,
          ["case", on("selected"), 16, on("focus"), 15, 0],
          14,
          ["case", on("selected"), 20, on("focus"), 19, 0],
        ],
        "circle-color": palette.accent,
        "circle-opacity": ["case", on("selected"), 0.22, 0.14],
        "circle-stroke-color": palette.accent,
        "circle-stroke-width": ["case", on("selected"), 2.5, on("focus"), 1.5, 0],
      },
    },
    {
      id: "stations/dots",
      type: "circle",
      source: "stations",
      maxzoom: DENSE_ZOOM,
      layout: { visibility: dense ? "visible" : "none" },
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], ...DOT_SIZES.flat()],
        "circle-color": ["case", ["==", ["get", "colour"], ""], "rgba(0,0,0,0)", ["get", "colour"]],
        "circle-stroke-color": ["case", ["==", ["get", "colour"], ""], palette.ring, palette.outline],
        "circle-stroke-width": 0.8,
        "circle-opacity": dim ? DIM : 1,
        "circle-stroke-opacity": dim ? DIM : 1,
      },
    },
    {
      id: "stations/marks",
      type: "symbol",
      source: "stations",
      ...(dense ? { minzoom: DENSE_ZOOM } : {}),
      layout: {
        "icon-image": ["get", "icon"],
        "icon-size": ["interpolate", ["linear"], ["zoom"], ...MARK_SIZES.flat()],
        "icon-allow-overlap": true,
        // The worst verdicts lie on top: they must not be hidden by better neighbours.
        "symbol-sort-key": ["get", "rank"],
        "text-field": ["step", ["zoom"], "", 10.6, ["get", "code"]],
        "text-font": fonts,
        "text-size": 11,
        "text-anchor": "top",
        "text-offset": [0, 1.05],
        "text-optional": true,
        "text-padding": 1,
      },
      paint: {
        "icon-opacity": dim ? DIM : 1,
        "text-opacity": dim ? 0 : 1,
        "text-color": palette.labelStrong,
        "text-halo-color": palette.haloWater,
        "text-halo-width": 1.5,
      },
    },
  ] as LayerSpecification[];
}

export class BayMap {
  readonly map: MapLibre;
  private points: Points = NO_POINTS;
  private dense = false;
  private selected: string | null = null;
  private focused: string | null = null;
  private overlays = new Map<string, Overlay>();
  private dim = false;
  private readonly ruleOf: BayMapOptions["ruleOf"];
  private base: Pick<BayMapOptions, "style" | "palette" | "fonts">;
  /** Resolves when the style is there and sources can be filled. */
  private readonly styled: Promise<void>;

  constructor(options: BayMapOptions) {
    this.base = options;
    this.points = options.points;
    this.ruleOf = options.ruleOf;
    const { at } = options;
    this.map = new MapLibre({
      container: options.container,
      style: this.whole(),
      center: [at.lon, at.lat],
      zoom: at.zoom,
      maxBounds: EXTENT,
      maxZoom: MAX_ZOOM,
      maxPitch: 0,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: false,
      attributionControl: false,
      // Verdicts change at once; a fade would show colours that no law knows.
      fadeDuration: 0,
      validateStyle: false,
      reduceMotion: options.reducedMotion,
      locale: { "Map.Title": options.title },
    });
    this.styled = new Promise((resolve) => void this.map.once("style.load", () => resolve()));
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.setMissingStyleImageResolver(async (name: string) => {
      const icon = drawIcon(name, options.ruleOf);
      if (icon && !this.map.hasImage(name)) this.map.addImage(name, icon.image, { pixelRatio: icon.pixelRatio });
    });
  }

  private whole(): StyleSpecification {
    const { style, palette, fonts } = this.base;
    return {
      ...style,
      sources: {
        ...style.sources,
        stations: { type: "geojson", data: this.points, promoteId: "id", maxzoom: TILE_ZOOM },
        ...Object.fromEntries(
          [...this.overlays].map(([name, { data }]) => [OVER + name, { type: "geojson" as const, data, promoteId: "id" }]),
        ),
      },
      layers: [
        ...style.layers,
        ...this.overlaid(true),
        ...stationLayers(palette, fonts, this.dense, this.dim),
        ...this.overlaid(false),
      ],
    };
  }

  private overlaid(below: boolean): LayerSpecification[] {
    return [...this.overlays].flatMap(([name, it]) => ((it.below ?? false) === below ? overlayLayers(name, it) : []));
  }

  /** Lay these over the map and take away those that are not among them. */
  async showOverlays(wanted: ReadonlyMap<string, Overlay>): Promise<void> {
    await this.styled;
    for (const name of [...this.overlays.keys()]) {
      if (wanted.has(name)) continue;
      for (const { id } of overlayLayers(name, this.overlays.get(name)!)) if (this.map.getLayer(id)) this.map.removeLayer(id);
      if (this.map.getSource(OVER + name)) this.map.removeSource(OVER + name);
      this.overlays.delete(name);
    }
    for (const [name, overlay] of wanted) {
      const before = this.overlays.get(name);
      this.overlays.set(name, overlay);
      const source = this.map.getSource<GeoJSONSource>(OVER + name);
      if (source && before && before.layers === overlay.layers) {
        if (before.data !== overlay.data) await source.setData(overlay.data);
        continue;
      }
      if (before) for (const { id } of overlayLayers(name, before)) if (this.map.getLayer(id)) this.map.removeLayer(id);
      if (source) await source.setData(overlay.data);
      else this.map.addSource(OVER + name, { type: "geojson", data: overlay.data, promoteId: "id" });
      const above = overlay.below ? "stations/halo" : undefined;
      for (const layer of overlayLayers(name, overlay)) this.map.addLayer(layer, above);
    }
  }

  /** The feature of a clickable overlay at a point of the screen. */
  overlayAt(point: { x: number; y: number }, reach: number): { name: string; id: string } | null {
    const layers = [...this.overlays]
      .filter(([, it]) => it.pick)
      .flatMap(([name, it]) => overlayLayers(name, it).map(({ id }) => id))
      .filter((id) => this.map.getLayer(id));
    if (!layers.length) return null;
    const box: [[number, number], [number, number]] = [
      [point.x - reach, point.y - reach],
      [point.x + reach, point.y + reach],
    ];
    const found = this.map.queryRenderedFeatures(box, { layers })[0];
    return found ? { name: found.layer.id.split("/")[1]!, id: String(found.properties["id"]) } : null;
  }

  /** Let the stations step back, or stand forth again. */
  async dimStations(dim: boolean): Promise<void> {
    if (dim === this.dim) return;
    this.dim = dim;
    await this.styled;
    for (const [layer, name, on] of [
      ["stations/marks", "icon-opacity", DIM],
      ["stations/marks", "text-opacity", 0],
      ["stations/dots", "circle-opacity", DIM],
      ["stations/dots", "circle-stroke-opacity", DIM],
    ] as const) {
      if (this.map.getLayer(layer)) this.map.setPaintProperty(layer, name, dim ? on : 1);
    }
  }

  /** Let the map go as far as `box`, where that lies outside the shipped base map. */
  widen(box: Box): void {
    const [west, south, east, north] = EXTENT;
    this.map.setMaxBounds([
      [Math.min(west, box[0] - 0.5), Math.min(south, box[1] - 0.5)],
      [Math.max(east, box[2] + 0.5), Math.max(north, box[3] + 0.5)],
    ]);
  }

  /** What is seen now: west, south, east, north. */
  bounds(): Box {
    const it = this.map.getBounds();
    return [it.getWest(), it.getSouth(), it.getEast(), it.getNorth()];
  }

  /** Draw the base map anew: another theme, another language. */
  restyle(base: Pick<BayMapOptions, "style" | "palette" | "fonts">): void {
    this.base = base;
    this.map.setStyle(this.whole(), { diff: true });
    this.map.once("styledata", () => this.marks());
  }

  /** Switch base layers on and off by the id of the server's layer; `ground` is the colour below them all. */
  showLayers(on: ReadonlySet<string>, ground: string | ExpressionSpecification): void {
    this.map.setPaintProperty("background", "background-color", ground);
    for (const layer of this.map.getStyle()?.layers ?? []) {
      const source = layer.id.split("/")[0]!;
      if (layer.id === "background" || source === "stations" || layer.id.startsWith(OVER)) continue;
      const visibility = on.has(source) ? "visible" : "none";
      if (this.map.getLayoutProperty(layer.id, "visibility") !== visibility) {
        this.map.setLayoutProperty(layer.id, "visibility", visibility);
      }
    }
  }

  /** Fill the base map, once its layers have come. */
  async showBase(data: BaseData): Promise<void> {
    await this.styled;
    await this.map.getSource<GeoJSONSource>(BASE)?.setData(data);
  }

  /** Put stations on the map; resolves when they have been drawn. */
  async showStations(points: Points): Promise<void> {
    this.points = points;
    await this.styled;
    // Whoever was asked for last is shown: an earlier call that waited longer must not win.
    if (this.points !== points) return;
    const dense = points.features.length > DENSE;
    if (dense !== this.dense) {
      this.dense = dense;
      this.map.setStyle(this.whole(), { diff: true });
    }
    const source = this.map.getSource<GeoJSONSource>("stations");
    if (!source) return;
    await source.setData(points);
    this.marks();
    await this.drawn();
  }

  /** Resolves at the first frame that shows the stations' source whole. */
  private drawn(): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!this.map.isSourceLoaded("stations")) return;
        this.map.off("render", look);
        resolve();
      };
      this.map.on("render", look);
      // While its tiles are on their way they bring a frame of their own: one before them would only show the old again.
      if (this.map.isSourceLoaded("stations")) this.map.triggerRepaint();
    });
  }

  /** Draw marks before anybody asks for them: the first switch to a rule set then waits for no picture. */
  prepare(names: readonly string[]): void {
    for (const name of names) {
      if (this.map.hasImage(name)) continue;
      const icon = drawIcon(name, this.ruleOf);
      if (icon) this.map.addImage(name, icon.image, { pixelRatio: icon.pixelRatio });
    }
  }

  private flag(name: "selected" | "focus", before: string | null, after: string | null): void {
    if (!this.map.getSource("stations")) return;
    if (after && this.map.getLayoutProperty("stations/halo", "visibility") === "none") {
      this.map.setLayoutProperty("stations/halo", "visibility", "visible");
    }
    if (before) this.map.removeFeatureState({ source: "stations", id: before }, name);
    if (after) this.map.setFeatureState({ source: "stations", id: after }, { [name]: true });
  }

  /** New data or a new style may have dropped the flags. */
  private marks(): void {
    this.flag("selected", null, this.selected);
    this.flag("focus", null, this.focused);
  }

  select(id: string | null): void {
    this.flag("selected", this.selected, id);
    this.selected = id;
  }

  /** The station that the pointer or the keyboard is on. */
  focus(id: string | null): void {
    if (id === this.focused) return;
    this.flag("focus", this.focused, id);
    this.focused = id;
    this.map.getCanvas().style.cursor = id ? "pointer" : "";
  }

  /** The station nearest to a point of the screen, within `reach` pixels. */
  stationAt(point: { x: number; y: number }, reach: number): string | null {
    const layers = ["stations/marks", "stations/dots"].filter((id) => this.map.getLayer(id));
    if (!layers.length) return null;
    const box: [[number, number], [number, number]] = [
      [point.x - reach, point.y - reach],
      [point.x + reach, point.y + reach],
    ];
    let best: string | null = null;
    let nearest = Infinity;
    for (const feature of this.map.queryRenderedFeatures(box, { layers })) {
      if (feature.geometry.type !== "Point") continue;
      const at = this.map.project(feature.geometry.coordinates as [number, number]);
      const distance = Math.hypot(at.x - point.x, at.y - point.y);
      if (distance < nearest && distance <= reach + 8) {
        nearest = distance;
        best = String(feature.properties["id"]);
      }
    }
    return best;
  }

  /** Where a place lies on the screen, in pixels of the container. */
  project(lon: number, lat: number): { x: number; y: number } {
    return this.map.project([lon, lat]);
  }

  place(): Place {
    const { lng, lat } = this.map.getCenter();
    return { lon: lng, lat, zoom: this.map.getZoom() };
  }

  /** Look at a place; `padding` is what furniture covers. */
  look(place: { lon: number; lat: number; zoom?: number }, padding: Padding): void {
    const offset: [number, number] = [(padding.left - padding.right) / 2, (padding.top - padding.bottom) / 2];
    this.map.easeTo({ center: [place.lon, place.lat], zoom: place.zoom ?? this.map.getZoom(), offset, duration: 600 });
  }

  /** Stand exactly where another map stands. */
  follow(other: BayMap): void {
    this.map.jumpTo({ center: other.map.getCenter(), zoom: other.map.getZoom() });
  }

  home(padding: Padding): void {
    this.map.fitBounds(HOME, { padding, duration: 600 });
  }

  fit(bounds: Box, padding: Padding): void {
    this.map.fitBounds([bounds[0], bounds[1], bounds[2], bounds[3]], { padding, duration: 600, maxZoom: 12 });
  }

  zoomBy(steps: number): void {
    this.map.easeTo({ zoom: this.map.getZoom() + steps, duration: 250 });
  }

  /** The picture of the map now, as a PNG data URL. */
  picture(): Promise<string> {
    return new Promise((resolve) => {
      this.map.once("render", () => resolve(this.map.getCanvas().toDataURL("image/png")));
      this.map.triggerRepaint();
    });
  }

  remove(): void {
    this.map.remove();
  }
}
