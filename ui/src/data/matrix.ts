/**
 * Verdicts of whole rule sets, kept in memory so that switching between them needs no request.
 *
 * A matrix answers for every station and period at once; one is kept for each rule set, granularity, depth and
 * property that was looked at.
 */
import { computed, shallowReactive, watch, type ComputedRef } from "vue";
import { api, asProblem, type Problem } from "@/api/client";
import type { AssessmentQuery } from "@/api/client";
import type { Matrix } from "@/api/types";
import { ruleSet, state } from "@/state";

export interface MatrixEntry {
  matrix: Matrix | null;
  loading: boolean;
  problem: Problem | null;
}

const entries = shallowReactive(new Map<string, MatrixEntry>());
const EMPTY: MatrixEntry = { matrix: null, loading: true, problem: null };

/** What is asked of the server for a rule set in the present state: only what the rule set can answer. */
function queryFor(ruleId: string): AssessmentQuery {
  const rule = ruleSet(ruleId);
  const granularity = !rule || rule.granularities.includes(state.g) ? state.g : rule.granularities[0];
  return {
    standard: ruleId,
    granularity,
    depth: !rule || rule.depths.includes(state.depth) ? state.depth : "",
    property: !rule || (rule.kind !== "index" && rule.properties.includes(state.property)) ? state.property : "",
  };
}

const keyOf = (query: AssessmentQuery) => `${query.standard}|${query.granularity}|${query.depth}|${query.property}`;

async function fetchInto(key: string, query: AssessmentQuery): Promise<void> {
  entries.set(key, { matrix: entries.get(key)?.matrix ?? null, loading: true, problem: null });
  try {
    const matrix = await api.matrix(query);
    entries.set(key, { matrix, loading: false, problem: null });
  } catch (error) {
    entries.set(key, { matrix: null, loading: false, problem: asProblem(error, "/api/assessments") });
  }
}

/** Read the matrix of a rule set unless it is there or under way; `again` asks anew after a failure. */
export function loadMatrix(ruleId: string, again = false): Promise<void> {
  if (!ruleId) return Promise.resolve();
  const query = queryFor(ruleId);
  const key = keyOf(query);
  if (entries.has(key) && !again) return Promise.resolve();
  return fetchInto(key, query);
}

/** The matrix of a rule set for the present granularity, depth and property; asks for it when first used. */
export function matrixFor(ruleId: () => string): ComputedRef<MatrixEntry> {
  watch(
    () => (ruleId() ? keyOf(queryFor(ruleId())) : ""),
    () => void loadMatrix(ruleId()),
    { immediate: true },
  );
  return computed(() => entries.get(keyOf(queryFor(ruleId()))) ?? EMPTY);
}

export interface Verdict {
  grade: string | null;
  /** Code of the property that decided, where one did. */
  worst: string | null;
  samples: number;
}

const columns = new WeakMap<Matrix, { station: Map<string, number>; period: Map<string, number> }>();

function indexOf(matrix: Matrix) {
  let index = columns.get(matrix);
  if (!index) {
    index = {
      station: new Map(matrix.stations.map((id, i) => [id, i])),
      period: new Map(matrix.periods.map((period, i) => [period, i])),
    };
    columns.set(matrix, index);
  }
  return index;
}

/** The verdict on a station in a period; null where the matrix knows nothing of the station. */
export function verdict(matrix: Matrix | null, station: string, period: string): Verdict | null {
  if (!matrix) return null;
  const index = indexOf(matrix);
  const row = index.station.get(station);
  const column = index.period.get(period);
  if (row === undefined || column === undefined) return null;
  return {
    grade: matrix.grades[matrix.grade[row]?.[column] ?? -1] ?? null,
    worst: matrix.properties[matrix.worst[row]?.[column] ?? -1] ?? null,
    samples: matrix.samples[row]?.[column] ?? 0,
  };
}
