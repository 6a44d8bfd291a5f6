/**
 * The ground of most pages is the map, with everything that its first view needs: all of it is asked for at once.
 *
 * Pages for a telephone on a bad line do without until somebody asks for the map: there it would cost more than the page.
 */
import { ref } from "vue";
import { loadLayers } from "@/data/layers";
import { loadMatrix } from "@/data/matrix";
import { loadOutline } from "@/data/outline";
import { loadStations } from "@/data/stations";
import type { ViewName } from "@/permalink";
import { FIRST_RULE, loadMeta, state } from "@/state";

const LIGHT: readonly ViewName[] = ["handle", "complain", "follow"];

/** True for pages that stand without a map. */
export const isLight = (view: ViewName): boolean => LIGHT.includes(view);

/** True once the map is wanted; it stays. */
export const grounded = ref(false);

/** Ask for the rule sets, the verdicts, the stations and the layers; once. */
export function ground(): void {
  if (grounded.value) return;
  grounded.value = true;
  void loadMeta();
  void loadMatrix(state.rule || FIRST_RULE);
  void loadStations();
  void loadOutline();
  void loadLayers();
}
