/** How cases look on the map: late is full with a mark, soon is ringed, in time is hollow; the number is the severity. */
import type { Look } from "@/field/looks";
import type { OverlayLayer } from "@/map/overlay";

export function caseLayers(look: Look): OverlayLayer[] {
  const is = (state: string) => ["==", ["get", "clock"], state];
  const urgent = ["any", is("late"), is("soon")];
  return [
    {
      id: "chosen",
      type: "circle",
      filter: ["get", "chosen"],
      paint: {
        "circle-radius": 23,
        "circle-color": look.accent,
        "circle-opacity": 0.2,
        "circle-stroke-color": look.accent,
        "circle-stroke-width": 2.5,
      },
    },
    {
      id: "ring",
      type: "circle",
      filter: urgent,
      layout: { "circle-sort-key": ["get", "rank"] },
      paint: {
        "circle-radius": 15.5,
        "circle-color": look.paper,
        "circle-stroke-color": look.bad,
        "circle-stroke-width": ["case", is("late"), 2.5, 1.5],
      },
    },
    {
      id: "disc",
      type: "circle",
      layout: { "circle-sort-key": ["get", "rank"] },
      paint: {
        "circle-radius": 11.5,
        "circle-color": ["case", is("late"), look.bad, look.paper],
        "circle-stroke-color": ["case", urgent, look.bad, look.ink],
        "circle-stroke-width": ["case", is("paused"), 1, 2],
      },
    },
    {
      id: "number",
      type: "symbol",
      layout: {
        "text-field": ["case", is("late"), ["concat", ["to-string", ["get", "severity"]], "!"], ["to-string", ["get", "severity"]]],
        "text-font": look.fonts,
        "text-size": 12,
        "text-allow-overlap": true,
        "text-ignore-placement": true,
        "symbol-sort-key": ["get", "rank"],
      },
      paint: { "text-color": ["case", is("late"), look.paper, look.ink] },
    },
  ] as unknown as OverlayLayer[];
}
