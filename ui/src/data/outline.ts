/** The coarse shore of the first view, read once: the first drawing needs no more. */
import { shallowRef } from "vue";
import { api } from "@/api/client";
import type { Outline } from "@/api/types";
import { placeText } from "@/permalink";
import { state } from "@/state";

export const outline = shallowRef<Outline | null>(null);

/** Ask for the shore about the view that the link says; without an answer the map itself is the first drawing. */
export async function loadOutline(): Promise<void> {
  try {
    outline.value = await api.outline(state.at ? placeText(state.at) : "");
  } catch {
    // The map comes all the same, a moment later.
  }
}
