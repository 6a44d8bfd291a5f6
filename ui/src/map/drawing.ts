/** When the map has drawn everything that it knows: for tests, measurements and whoever waits for a picture. */
import { ref } from "vue";

/** The only grade that is shown, by its id; empty for stations without a verdict, null for all. */
export const onlyGrade = ref<string | null>(null);

let waiting: (() => void)[] = [];
let first = false;

window.__clearbay = {
  idle: false,
  whenIdle: () =>
    window.__clearbay.idle ? Promise.resolve() : new Promise((resolve) => waiting.push(() => resolve())),
};

/** The map is idle, and everything that it knows is on the screen. */
export function drawnFirst(): void {
  if (!first) {
    first = true;
    performance.mark("first-view");
  }
  window.__clearbay.idle = true;
  const resolved = waiting;
  waiting = [];
  resolved.forEach((resolve) => resolve());
}
