/** The present moment, told again every few seconds while somebody looks: clocks on the page run by it. */
import { onScopeDispose, ref } from "vue";

const now = ref(Date.now());
let watchers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

/** Milliseconds since the epoch, a few seconds old at most, for as long as the component lives. */
export function useNow() {
  now.value = Date.now();
  if (watchers++ === 0) timer = setInterval(() => (now.value = Date.now()), 10_000);
  onScopeDispose(() => {
    if (--watchers === 0) clearInterval(timer);
  });
  return now;
}
