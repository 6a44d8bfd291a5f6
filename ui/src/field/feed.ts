/** The events, read while somebody looks and told of as they come. */
import { computed, ref, shallowRef } from "vue";
import { asProblem, type Problem } from "@/api/client";
import { field, type EventBrief, type Playing } from "@/api/field";
import { speaker } from "@/i18n";
import { f } from "@/i18n/field";
import { announce, state } from "@/state";
import { toast } from "@/shell/toast";
import { news, ordered, statusOf } from "./models/event";

export const events = shallowRef<EventBrief[]>([]);
export const eventsLoaded = ref(false);
export const eventsProblem = shallowRef<Problem | null>(null);
export const live = ref(false);
/** The generated incident that runs here, if one does. */
export const playing = shallowRef<Playing | null>(null);
/** How many events there are beside those that are here. */
export const more = ref(0);

/** Where the server tells that something happened; what happened is then read as every list is. */
const STREAM = "/api/events/stream";
const PAGE = 200;
/** Between two readings, in milliseconds: where the server tells by itself only to be sure, else to keep up. */
const PACE = { live: 60_000, alone: 10_000 };

const asked = computed(() => ({ status: statusOf(state.only), kind: state.kind, limit: PAGE }));
let reading: AbortController | null = null;
let shownFor = "";

/** Read the events of the present filters; `quiet` where nobody asked for it. */
export async function readEvents(quiet = false): Promise<void> {
  reading?.abort();
  const mine = new AbortController();
  reading = mine;
  const key = JSON.stringify(asked.value);
  if (!quiet) eventsProblem.value = null;
  try {
    const [page, now] = await Promise.all([
      field.events(asked.value, mine.signal),
      field.playing(mine.signal).catch(() => null),
    ]);
    if (reading !== mine) return;
    playing.value = now?.clock ? now : null;
    if (quiet && shownFor === key) tell(page.items);
    shownFor = key;
    events.value = ordered(page.items);
    more.value = page.total - page.items.length;
    eventsProblem.value = null;
    eventsLoaded.value = true;
  } catch (error) {
    if (reading !== mine) return;
    if (!quiet || !eventsLoaded.value) eventsProblem.value = asProblem(error, "/api/events");
    eventsLoaded.value = true;
  }
}

/** Read the page after those that are here. */
export async function readEarlier(): Promise<void> {
  if (!more.value) return;
  try {
    const page = await field.events({ ...asked.value, offset: events.value.length });
    const known = new Set(events.value.map((it) => it.id));
    events.value = ordered([...events.value, ...page.items.filter((it) => !known.has(it.id))]);
    more.value = page.items.length ? page.total - events.value.length : 0;
  } catch (error) {
    eventsProblem.value = asProblem(error, "/api/events");
  }
}

function tell(now: readonly EventBrief[]): void {
  const found = news(events.value, now);
  if (!found.length) return;
  const key = { new: "event.arrived", worse: "event.worsened", ended: "event.endedSay" } as const;
  const said = found.slice(0, 3).map(({ event, what }) => f(key[what], { title: speaker.say(event.title, event.id) }));
  toast(said[0]!);
  announce(said.join(" "));
}

/** Follow the events until the answer is called. */
export function follow(): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let soon: ReturnType<typeof setTimeout> | undefined;
  const again = () => {
    clearTimeout(soon);
    // A burst of messages is one change of the list.
    soon = setTimeout(() => void readEvents(true), 150);
  };
  const tick = () => {
    timer = setTimeout(
      () => {
        if (document.visibilityState === "visible") void readEvents(true);
        tick();
      },
      live.value ? PACE.live : PACE.alone,
    );
  };
  tick();
  if (typeof EventSource === "function") {
    source = new EventSource(STREAM);
    source.onopen = () => (live.value = true);
    source.addEventListener("change", again);
    source.onerror = () => {
      live.value = false;
      // A server without a stream answers once; asking again and again would only be noise.
      if (source?.readyState === EventSource.CLOSED) source = null;
    };
  }
  return () => {
    clearTimeout(timer);
    clearTimeout(soon);
    source?.close();
    live.value = false;
    reading?.abort();
  };
}
