/** Texts that are being written: kept on the telephone with every pause, there again after a reload. */
import { onBeforeUnmount, reactive, ref, toRaw, watch } from "vue";
import { read, write } from "./memory";

/** A draft under a key; `ready` once what was kept is there. */
export function useDraft<T extends object>(key: () => string, empty: () => T) {
  const draft = reactive(empty()) as T;
  const ready = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let at = key();

  async function save() {
    clearTimeout(timer);
    timer = undefined;
    await write({ store: "drafts", key: at, value: structuredClone(toRaw(draft)) }).catch(() => undefined);
  }

  async function open() {
    ready.value = false;
    at = key();
    const kept = await read<T>("drafts", at).catch(() => undefined);
    Object.assign(draft, empty(), kept);
    ready.value = true;
  }

  /** Written and done with. */
  async function clear() {
    Object.assign(draft, empty());
    clearTimeout(timer);
    timer = undefined;
    await write({ store: "drafts", key: at, value: undefined }).catch(() => undefined);
  }

  const loaded = open();
  watch(key, async () => {
    if (timer) await save();
    await open();
  });
  watch(
    () => JSON.stringify(draft),
    () => {
      if (!ready.value) return;
      clearTimeout(timer);
      timer = setTimeout(() => void save(), 250);
    },
  );
  const now = () => void (timer && save());
  addEventListener("pagehide", now);
  onBeforeUnmount(() => {
    removeEventListener("pagehide", now);
    now();
  });
  return { draft, ready, clear, loaded };
}
