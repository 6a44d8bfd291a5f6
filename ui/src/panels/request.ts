/** Something read from the server for a component: its data, its loading, its problem, and a way to try again. */
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from "vue";
import { aborted, asProblem, Problem } from "@/api/client";
import type { Speaker } from "@/i18n/speaker";

/** A problem as the page says it: a name that nobody knows gets the page's own words, the rest is the server's. */
export function namedProblem(problem: Problem | null, id: string, speaker: Speaker): Problem | null {
  if (problem?.status !== 404) return problem;
  return new Problem(404, speaker.t("error.notFound", { id }), "", problem.where, speaker.t("error.notFoundMend"));
}

export interface Request<T> {
  data: ShallowRef<T | null>;
  problem: ShallowRef<Problem | null>;
  /** True while an answer is awaited; the last data stay, so that a page dims and does not jump. */
  loading: Ref<boolean>;
  retry: () => void;
}

/**
 * Reads again whenever `key` changes; an empty key asks for nothing. `keep` says whether the last data may stay on the
 * page meanwhile (another period of the same station) or must go (another station).
 */
export function useRequest<T>(
  key: () => string,
  read: (signal: AbortSignal) => Promise<T>,
  options: { where: string; keep?: (before: string, now: string) => boolean },
): Request<T> {
  const data = shallowRef<T | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const loading = ref(false);
  let control: AbortController | null = null;

  async function ask() {
    control?.abort();
    const mine = new AbortController();
    control = mine;
    loading.value = true;
    problem.value = null;
    try {
      const answer = await read(mine.signal);
      if (control !== mine) return;
      data.value = answer;
      loading.value = false;
    } catch (error) {
      if (control !== mine || aborted(error)) return;
      data.value = null;
      problem.value = asProblem(error, options.where);
      loading.value = false;
    }
  }

  watch(
    key,
    (now, before) => {
      if (!now) {
        control?.abort();
        data.value = null;
        problem.value = null;
        loading.value = false;
        return;
      }
      if (before && !(options.keep?.(before, now) ?? false)) data.value = null;
      void ask();
    },
    { immediate: true },
  );
  onScopeDispose(() => control?.abort());
  return { data, problem, loading, retry: () => void ask() };
}
