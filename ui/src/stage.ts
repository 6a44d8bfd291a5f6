/** The map's own chunk, the largest thing of all: its code runs when the first drawing is on the screen. */
let loading: Promise<typeof import("./map/bayMap")> | undefined;

export function loadBayMap() {
  loading ??= import("./map/bayMap");
  return loading;
}
