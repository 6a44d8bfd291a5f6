/** The map's layers: what the server offers, and which of them are on. */
import { computed, shallowRef } from "vue";
import { api, asProblem, type Problem } from "@/api/client";
import { LAYER_GROUPS, type Layer, type LayerGroup } from "@/api/types";
import { change, state } from "@/state";

export const layers = shallowRef<Layer[]>([]);
export const layersLoaded = shallowRef(false);
export const layersProblem = shallowRef<Problem | null>(null);

let reading: Promise<void> | null = null;

/** Read the list of layers once; call again after a failure to try again. */
export function loadLayers(): Promise<void> {
  reading ??= api.layers().then(
    (page) => {
      layers.value = [...page.items].sort((a, b) => a.order - b.order);
      layersProblem.value = null;
      layersLoaded.value = true;
    },
    (error: unknown) => {
      layersProblem.value = asProblem(error, "/api/layers");
      layersLoaded.value = true;
      reading = null;
    },
  );
  return reading;
}

/** Ids of the layers that are on. */
export const layersOn = computed(
  () => new Set(state.layers ?? layers.value.filter((layer) => layer.default).map((layer) => layer.id)),
);

/** Layers by group, in the house's order; groups without layers are left out. */
export const layerTree = computed<{ group: LayerGroup; items: Layer[] }[]>(() =>
  LAYER_GROUPS.map((group) => ({ group, items: layers.value.filter((layer) => layer.group === group) })).filter(
    ({ items }) => items.length > 0,
  ),
);

/** Switch layers on or off; the defaults leave no trace in the link. */
export function switchLayers(ids: string[], on: boolean): void {
  const next = new Set(layersOn.value);
  for (const id of ids)
    if (on) next.add(id);
    else next.delete(id);
  const isDefault = layers.value.every((layer) => layer.default === next.has(layer.id));
  change({ layers: isDefault ? null : layers.value.map((layer) => layer.id).filter((id) => next.has(id)) });
}

/** Who is to be thanked for the layers that are on, each once. */
export const layerCredits = computed(() => {
  const credits = new Map<string, Layer["attribution"]>();
  for (const layer of layers.value) {
    if (layersOn.value.has(layer.id) && layer.attribution)
      credits.set(JSON.stringify(layer.attribution), layer.attribution);
  }
  return [...credits.values()];
});
