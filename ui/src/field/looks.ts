/** How events and traces look on the map: neutral and red, for the law's colours belong to verdicts. */
import type { OverlayLayer } from "@/map/overlay";

export interface Look {
  bad: string;
  ink: string;
  paper: string;
  accent: string;
  muted: string;
  far: string;
  fonts: string[];
}

export function lookOf(dark: boolean, fonts: string[]): Look {
  return dark
    ? { bad: "#ff7a63", ink: "#e4ebef", paper: "#11181d", accent: "#6cc3d3", muted: "#8597a2", far: "#2b3f49", fonts }
    : { bad: "#a8321f", ink: "#14202a", paper: "#ffffff", accent: "#0e5a6b", muted: "#687885", far: "#c2d3d8", fonts };
}

/** Severity as size and number; open full, ended hollow, generated with a broken ring about it. */
export function eventLayers(look: Look): OverlayLayer[] {
  const radius = ["+", 7, ["*", 1.6, ["get", "severity"]]];
  return [
    {
      id: "ring",
      type: "circle",
      filter: ["get", "chosen"],
      paint: {
        "circle-radius": ["+", 6, radius],
        "circle-color": look.bad,
        "circle-opacity": 0.18,
        "circle-stroke-color": look.bad,
        "circle-stroke-width": 2,
      },
    },
    {
      id: "disc",
      type: "circle",
      layout: { "circle-sort-key": ["get", "rank"] },
      paint: {
        "circle-radius": radius,
        "circle-color": ["case", ["get", "open"], look.bad, look.paper],
        "circle-stroke-color": ["case", ["get", "open"], look.paper, look.muted],
        "circle-stroke-width": 2,
      },
    },
    {
      id: "number",
      type: "symbol",
      layout: {
        "text-field": ["to-string", ["get", "severity"]],
        "text-font": look.fonts,
        "text-size": 12,
        "text-allow-overlap": true,
        "text-ignore-placement": true,
        "symbol-sort-key": ["get", "rank"],
      },
      paint: { "text-color": ["case", ["get", "open"], look.paper, look.muted] },
    },
  ] as unknown as OverlayLayer[];
}

/** Travel times: near the section dark, far away pale, with the hours written along the rivers. */
export function isochroneLayers(look: Look, most: number): OverlayLayer[] {
  return [
    {
      id: "line",
      type: "line",
      layout: { "line-join": "round", "line-cap": "round" },
      paint: {
        "line-color": ["interpolate", ["linear"], ["get", "hours"], 0, look.accent, Math.max(most, 1), look.far],
        "line-width": ["interpolate", ["linear"], ["zoom"], 7, 1.4, 12, 4],
      },
    },
    {
      id: "hours",
      type: "symbol",
      layout: {
        "symbol-placement": "line-center",
        "text-field": ["concat", ["get", "label"], " h"],
        "text-font": look.fonts,
        "text-size": 10.5,
        "text-padding": 26,
      },
      paint: { "text-color": look.ink, "text-halo-color": look.paper, "text-halo-width": 1.6 },
    },
  ] as unknown as OverlayLayer[];
}

/** Rivers by their water, broken where they are generated; sections full, outlets small, all else hollow. */
export function networkLayers(look: Look, generated: boolean): OverlayLayer[] {
  return [
    {
      id: "line",
      type: "line",
      filter: ["==", ["geometry-type"], "LineString"],
      layout: { "line-join": "round", "line-cap": "round" },
      paint: {
        "line-color": look.accent,
        "line-opacity": 0.75,
        "line-width": [
          "interpolate",
          ["linear"],
          ["zoom"],
          7,
          ["interpolate", ["linear"], ["sqrt", ["max", 0, ["coalesce", ["get", "discharge"], 0]]], 0, 0.5, 12, 2.5],
          12,
          ["interpolate", ["linear"], ["sqrt", ["max", 0, ["coalesce", ["get", "discharge"], 0]]], 0, 1.4, 12, 7],
        ],
        ...(generated ? { "line-dasharray": [2.5, 1.2] } : {}),
      },
    },
    {
      id: "site",
      type: "circle",
      filter: ["==", ["geometry-type"], "Point"],
      minzoom: 7.5,
      paint: {
        "circle-radius": ["match", ["get", "kind"], "section", 5, "outlet", 3.2, 4.2],
        "circle-color": ["match", ["get", "kind"], "section", look.accent, "outlet", look.muted, look.paper],
        "circle-stroke-color": ["match", ["get", "kind"], ["section", "outlet"], look.paper, look.accent],
        "circle-stroke-width": 1.6,
      },
    },
    {
      id: "name",
      type: "symbol",
      filter: ["all", ["==", ["geometry-type"], "Point"], ["!=", ["get", "kind"], "outlet"]],
      minzoom: 9.5,
      layout: {
        "text-field": ["get", "text"],
        "text-font": look.fonts,
        "text-size": 11,
        "text-anchor": "top",
        "text-offset": [0, 0.8],
        "text-optional": true,
      },
      paint: { "text-color": look.ink, "text-halo-color": look.paper, "text-halo-width": 1.5 },
    },
  ] as unknown as OverlayLayer[];
}

/** Rivers as ground for a trace. */
export function riverLayers(look: Look): OverlayLayer[] {
  return [
    {
      id: "line",
      type: "line",
      layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": look.muted, "line-opacity": 0.45, "line-width": ["interpolate", ["linear"], ["zoom"], 7, 0.7, 12, 2] },
    },
  ] as unknown as OverlayLayer[];
}

/** The posterior: wider and stronger where the release is likelier. */
export function posteriorLayers(look: Look): OverlayLayer[] {
  return [
    {
      id: "line",
      type: "line",
      layout: { "line-join": "round", "line-cap": "butt", "line-sort-key": ["get", "share"] },
      paint: {
        "line-color": look.bad,
        "line-opacity": ["interpolate", ["linear"], ["get", "share"], 0, 0.08, 1, 0.85],
        "line-width": [
          "interpolate",
          ["linear"],
          ["zoom"],
          7,
          ["+", 2, ["*", 4, ["get", "share"]]],
          12,
          ["+", 5, ["*", 9, ["get", "share"]]],
        ],
      },
    },
  ] as unknown as OverlayLayer[];
}

/** Suspects with their rank, what is reached next, and the section. */
export function placeLayers(look: Look): OverlayLayer[] {
  const is = (kind: string) => ["==", ["get", "kind"], kind];
  return [
    {
      id: "mark",
      type: "circle",
      layout: { "circle-sort-key": ["get", "rank"] },
      paint: {
        "circle-radius": ["case", is("suspect"), 10, is("section"), 8, 6],
        "circle-color": ["case", is("suspect"), look.bad, is("section"), look.accent, look.paper],
        "circle-stroke-color": ["case", is("target"), look.accent, look.paper],
        "circle-stroke-width": ["case", is("target"), 3, 2],
      },
    },
    {
      id: "rank",
      type: "symbol",
      filter: is("suspect"),
      layout: {
        "text-field": ["get", "text"],
        "text-font": look.fonts,
        "text-size": 11.5,
        "text-allow-overlap": true,
        "text-ignore-placement": true,
        "symbol-sort-key": ["get", "rank"],
      },
      paint: { "text-color": look.paper },
    },
    {
      id: "name",
      type: "symbol",
      filter: ["!", is("suspect")],
      layout: {
        "text-field": ["get", "text"],
        "text-font": look.fonts,
        "text-size": 11.5,
        "text-anchor": "top",
        "text-offset": [0, 0.9],
        "text-optional": true,
      },
      paint: { "text-color": look.ink, "text-halo-color": look.paper, "text-halo-width": 1.6 },
    },
  ] as unknown as OverlayLayer[];
}
