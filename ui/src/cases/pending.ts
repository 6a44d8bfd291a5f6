/**
 * Something that is about to be sent: for a few seconds it can be taken back, then it goes out. Leaving the page sends
 * it at once, so that nothing said to be done is lost.
 */
import { shallowRef } from "vue";
import { announce } from "@/state";

export interface Pending {
  /** The case that it concerns. */
  of: string;
  /** What is being done, in words. */
  words: string;
  /** When it goes out, in milliseconds. */
  at: number;
  /** Does it; `leaving` where the page is being left and nobody waits for an answer. */
  send: (leaving: boolean) => Promise<void>;
}

/** How long something can be taken back, in milliseconds. */
export const GRACE = 5_000;

export const pending = shallowRef<Pending | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Send what waits now. */
export async function sendNow(leaving = false): Promise<void> {
  const one = pending.value;
  if (!one) return;
  clearTimeout(timer);
  pending.value = null;
  await one.send(leaving);
}

/** Let something wait; what waited before goes out. */
export function sendLater(of: string, words: string, send: Pending["send"]): void {
  void sendNow();
  pending.value = { of, words, at: Date.now() + GRACE, send };
  announce(words);
  timer = setTimeout(() => void sendNow(), GRACE);
}

/** Take back what waits; true where something did. */
export function takeBack(): boolean {
  if (!pending.value) return false;
  clearTimeout(timer);
  pending.value = null;
  return true;
}

if (typeof window !== "undefined") window.addEventListener("pagehide", () => void sendNow(true));
