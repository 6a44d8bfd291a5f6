/** How many observations stand behind each period: what the time slider draws behind itself. */
import { shallowReactive } from "vue";
import { api } from "@/api/client";
import type { Granularity, Timeline } from "@/api/types";

const known = shallowReactive(new Map<string, Timeline | null>());

/** The timeline of a medium, or null until it has come; the slider works without it. */
export function timelineOf(medium: string, granularity: Granularity): Timeline | null {
  const key = `${medium}|${granularity}`;
  if (!known.has(key)) {
    // Set after the present computation: a computed must not change what it reads.
    queueMicrotask(() => {
      if (known.has(key)) return;
      known.set(key, null);
      api.timeline({ medium, granularity }).then(
        (timeline) => known.set(key, timeline),
        () => known.set(key, null),
      );
    });
  }
  return known.get(key) ?? null;
}
