/** How much room there is, and what of the map the furniture covers. */
import { computed, reactive, ref } from "vue";
import { onMap, open, state } from "@/state";

const query = typeof matchMedia === "function" ? matchMedia("(max-width: 820px)") : null;
/** True on a phone: one column, bottom sheet, big targets. */
export const narrow = ref(query?.matches ?? false);
query?.addEventListener("change", (event) => (narrow.value = event.matches));

const motion = typeof matchMedia === "function" ? matchMedia("(prefers-reduced-motion: reduce)") : null;
export const reducedMotion = ref(motion?.matches ?? false);
motion?.addEventListener("change", (event) => (reducedMotion.value = event.matches));

/** Whether the panel with legend and layers is open; on a phone it begins closed. */
export const panelOpen = ref(!narrow.value);

/** Whether the list begins with only the stations that have no position. */
export const listUnlocated = ref(false);

export function openList(unlocated = false): void {
  listUnlocated.value = unlocated;
  open("list");
}

export type SheetHeight = "low" | "half" | "full";
export const sheetHeight = ref<SheetHeight>("half");

/** Heights of the furniture in pixels, measured by those who draw it. */
export const measured = reactive({ bar: 52, time: 92, panel: 316, desk: 560, sheet: 400 });

/** What of the map is covered, in pixels from each edge. */
export const covered = computed(() => {
  const selected = state.sel !== null || (onMap.value && state.event !== "");
  const listed = state.view === "events" || state.view === "trace" || state.view === "desk";
  if (narrow.value) {
    const open = selected || listed;
    const sheet = open && sheetHeight.value !== "low" ? Math.round(window.innerHeight * 0.5) : measured.time;
    return { top: measured.bar + 76, right: 16, bottom: sheet + 28, left: 16 };
  }
  return {
    top: measured.bar + 24,
    right: selected ? measured.sheet + 36 : 64,
    bottom: measured.time + 40,
    left: state.view === "desk" ? measured.desk + 36 : listed || panelOpen.value ? measured.panel + 36 : 64,
  };
});
