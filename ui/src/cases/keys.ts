/** Single keys as commands, for those who want them: off by a switch, silent while somebody types. */
import { onBeforeUnmount, onMounted, ref } from "vue";

const KEPT = "clearbay.keys";

function kept(): boolean {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
}

/** Whether single keys do anything on this machine. */
export const keysOn = ref(typeof localStorage === "undefined" ? true : kept());

export function setKeys(on: boolean): void {
  keysOn.value = on;
  try {
    localStorage.setItem(KEPT, on ? "on" : "off");
  } catch {
    // It holds for this visit.
  }
}

/** True where a key belongs to what has the focus and not to the page. */
export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest("dialog, [role=dialog]") !== null;
}

/** Do `commands[key]` when it is pressed alone; `?` works even where single keys are off. */
export function useKeys(commands: () => Record<string, (() => void) | undefined>): void {
  const press = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target) || (!keysOn.value && event.key !== "?")) return;
    const command = commands()[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!command) return;
    event.preventDefault();
    command();
  };
  onMounted(() => addEventListener("keydown", press));
  onBeforeUnmount(() => removeEventListener("keydown", press));
}
