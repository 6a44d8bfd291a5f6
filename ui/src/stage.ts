/** The map's own chunk: asked for at once, because it is the largest thing the page needs. */
let loading: Promise<typeof import("./map/MapStage.vue")> | undefined;

export function mapStage() {
  loading ??= import("./map/MapStage.vue");
  return loading;
}
