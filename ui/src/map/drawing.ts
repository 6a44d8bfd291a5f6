/** What is on the screen already: for tests, measurements and whoever waits for a picture. */
import { ref, shallowRef } from "vue";

/** The only grade that is shown, by its id; empty for stations without a verdict, null for all. */
export const onlyGrade = ref<string | null>(null);

let waiting: (() => void)[] = [];
let ready = false;

window.__clearbay = {
  idle: false,
  whenIdle: () =>
    window.__clearbay.idle ? Promise.resolve() : new Promise((resolve) => waiting.push(() => resolve())),
};

/** True once the coloured stations and the land are on the screen, or nobody waits for them any longer. */
export const begun = shallowRef(false);

/** The stations with the land about them have been painted: by the first drawing, or by the map itself. */
export function seen(): void {
  if (!performance.getEntriesByName("first-view").length) performance.mark("first-view");
  begun.value = true;
}

/** What can wait for the first view waits no longer than this, in milliseconds. */
const PATIENCE = 800;
setTimeout(() => (begun.value = true), PATIENCE);

/** The map is idle, and everything that it knows is on the screen. */
export function drawnFirst(): void {
  if (!ready) {
    ready = true;
    seen();
    performance.mark("map-ready");
  }
  window.__clearbay.idle = true;
  const resolved = waiting;
  waiting = [];
  resolved.forEach((resolve) => resolve());
}
