/** The map's layers: what the server offers, and which of them are on. */
import { computed, shallowRef, watch } from "vue";
import { api, asProblem, type Problem } from "@/api/client";
import { LAYER_GROUPS, type Layer, type LayerGroup } from "@/api/types";
import { GROUND } from "@/map/bay";
import { begun } from "@/map/drawing";
import { change, state } from "@/state";

export const layers = shallowRef<Layer[]>([]);
export const layersLoaded = shallowRef(false);
export const layersProblem = shallowRef<Problem | null>(null);

/** The geometry of every layer that is on, or has been, in the order in which it came. */
export const layerData = shallowRef<{ id: string; data: GeoJSON.FeatureCollection }[]>([]);
const asked = new Set<string>();
const failed = shallowRef<ReadonlySet<string>>(new Set());

/** Read the geometry of layers that are on and not read yet; one that fails stays away and is named. */
export async function loadLayerData(ids: Iterable<string>): Promise<void> {
  const wanted = [...ids].filter((id) => id !== GROUND && !asked.has(id));
  wanted.forEach((id) => asked.add(id));
  if (!wanted.length) return;
  const answers = await Promise.allSettled(wanted.map(async (id) => ({ id, data: await api.layer(id) })));
  const came = answers.filter((it) => it.status === "fulfilled").map((it) => it.value);
  if (came.length) layerData.value = [...layerData.value, ...came];
  const lost = answers.flatMap((it, i) =>
    it.status === "rejected" ? [{ id: wanted[i]!, reason: it.reason as unknown }] : [],
  );
  lost.forEach(({ id }) => asked.delete(id));
  failed.value = new Set(lost.map(({ id }) => id));
  if (lost[0]) layersProblem.value = asProblem(lost[0].reason, `/api/layers/${lost[0].id}`);
}

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

/** Ids of the layers that are on; what is switched on is read. */
export const layersOn = computed(
  () => new Set(state.layers ?? layers.value.filter((layer) => layer.default).map((layer) => layer.id)),
);

/** Layers by group, in the house's order; groups without layers are left out. */
export const layerTree = computed<{ group: LayerGroup; items: Layer[] }[]>(() =>
  LAYER_GROUPS.map((group) => ({ group, items: layers.value.filter((layer) => layer.group === group) })).filter(
    ({ items }) => items.length > 0,
  ),
);

/** Try again what could not be read. */
export function retryLayers(): void {
  layersProblem.value = null;
  void loadLayers().then(() => loadLayerData(layersOn.value));
}

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

// The whole geometry is half a megabyte and more: it comes when the first drawing, which needs little of it, is there.
watch(
  () => (begun.value ? layersOn.value : null),
  (on) => void (on && loadLayerData(on)),
  { flush: "sync", immediate: true },
);

/** True once every layer that is on has come, or is known not to come. */
export const layersSettled = computed(() => {
  const came = new Set(layerData.value.map(({ id }) => id));
  return layersLoaded.value && [...layersOn.value].every((id) => id === GROUND || came.has(id) || failed.value.has(id));
});
