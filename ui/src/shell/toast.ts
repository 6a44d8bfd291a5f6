/** A short message that goes away by itself; screen readers hear it too. */
import { ref } from "vue";
import { announce } from "@/state";

export const message = ref("");
let timer: ReturnType<typeof setTimeout> | undefined;

export function toast(text: string): void {
  message.value = text;
  announce(text);
  clearTimeout(timer);
  timer = setTimeout(() => (message.value = ""), 3500);
}
