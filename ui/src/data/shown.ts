/** What the map shows: one side, or two that are compared. */
import { computed, watch } from "vue";
import type { Medium, RuleSet } from "@/api/types";
import { change, meta, rule, ruleSet, ruleSets, state } from "@/state";
import { compareOf, formatCompare } from "@/permalink";
import { loadDetail } from "./confidence";
import { loadMatrix, matrixFor } from "./matrix";
import { nearest, newestFull, translated } from "./periods";

/** The other side of the comparison, as the link says it. */
export const compared = computed(() => compareOf(state.compare));

export const main = matrixFor(() => state.rule);
export const other = matrixFor(() => compared.value?.rule ?? "");

/** The period that the other side shows: its own, or the one nearest to the main side's. */
export const otherPeriod = computed(() => {
  const periods = other.value.matrix?.periods ?? [];
  const wanted = compared.value?.period || state.t;
  return periods.includes(wanted) ? wanted : nearest(periods, wanted);
});

/** The medium that the present rule set judges. */
export const medium = computed<Medium | null>(() => rule.value?.media[0] ?? null);

/** Rule sets that judge a medium. */
export function rulesFor(wanted: Medium | null): RuleSet[] {
  return ruleSets.value.filter((it) => wanted !== null && it.media.includes(wanted));
}

// A period that the matrix does not have is translated once, and the link then says what is really shown.
watch(
  () => main.value.matrix,
  (matrix) => {
    if (!matrix?.periods.length) return;
    if (!state.t) change({ t: newestFull(matrix) });
    else if (!matrix.periods.includes(state.t)) change({ t: translated(matrix, state.t) });
  },
  { flush: "sync", immediate: true },
);

/** Judge the map by another rule set, keeping everything of the present view that it can answer. */
export function chooseRule(id: string): void {
  const next = ruleSet(id);
  if (!next || id === state.rule) return;
  performance.clearMarks("rule-switch:start");
  performance.mark("rule-switch:start");
  const g = next.granularities.includes(state.g) ? state.g : (next.granularities[0] ?? state.g);
  change(
    {
      rule: id,
      g,
      depth: !next.depths.length || next.depths.includes(state.depth) ? state.depth : next.depths[0]!,
      property: next.kind !== "index" && next.properties.includes(state.property) ? state.property : "",
      compare: compared.value?.rule === id && !compared.value.period ? formatCompare(state.rule) : state.compare,
    },
    "push",
  );
}

/** Open or close the comparison: with another rule set for the same medium, else with the same one ten years before. */
export function toggleCompare(): void {
  if (state.compare) return change({ compare: "" }, "push");
  const rival = rulesFor(medium.value).find((it) => it.id !== state.rule && it.granularities.includes(state.g));
  const periods = main.value.matrix?.periods ?? [];
  const back = String(Number(state.t.slice(0, 4)) - 10);
  change({ compare: rival ? rival.id : formatCompare(state.rule, nearest(periods, back)) }, "push");
}

// The law's own numbers say which verdicts are drawn hatched.
watch(
  () => [state.rule, compared.value?.rule ?? ""] as const,
  (ids) => ids.forEach((id) => void loadDetail(id)),
  { immediate: true },
);

let prefetched = "";

/** While nothing else is to do: read what the next click will want. */
export function prefetch(): void {
  const key = `${state.rule}|${state.g}|${state.depth}|${state.property}`;
  if (!meta.value || !main.value.matrix || prefetched === key) return;
  prefetched = key;
  const near = rulesFor(medium.value);
  const far = ruleSets.value.filter((it) => !near.includes(it));
  const reads = [...near, ...far].map((it) => () => loadMatrix(it.id));
  near.forEach((it) => void loadDetail(it.id));
  // One after another: a prefetch must never stand in the way of what a person asks for.
  void reads.reduce((before, read) => before.then(read), Promise.resolve());
}
