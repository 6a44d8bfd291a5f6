/** The desk: what is open and most urgent, and the open events that nobody has made a case of. */
import { computed, ref, shallowRef } from "vue";
import { asProblem, type Problem } from "@/api/client";
import { field, type EventBrief } from "@/api/field";
import { c } from "@/i18n/cases";
import { announce, state } from "@/state";
import { toast } from "@/shell/toast";
import { casework, type CaseBrief, type CaseQuery, type Counts } from "./api";
import { wantLatest } from "./latest";
import { deskNews } from "./models/desk";
import { titleOf } from "./naming";
import { me } from "./session";

export const SORTS = ["", "late", "soon", "new", "worse", "mine"] as const;
export type Sort = (typeof SORTS)[number];

export const counts = shallowRef<Counts | null>(null);
export const items = shallowRef<CaseBrief[]>([]);
export const loose = shallowRef<EventBrief[]>([]);
/** Every open event that is known, with or without a case. */
export const openEvents = shallowRef<EventBrief[]>([]);
export const deskLoaded = ref(false);
export const deskProblem = shallowRef<Problem | null>(null);
/** When the desk was last read well, in milliseconds. */
export const deskRead = ref(0);
/** True where there are more cases than are shown. */
export const more = ref(false);

const MOST = 100;
const PACE = 10_000;
const STREAM = "/api/events/stream";

/** Which of the desk's sorts is looked at. */
export const sort = computed<Sort>(() => SORTS.find((it) => it === state.only) ?? "");

function asked(of: Sort): CaseQuery {
  if (of === "late") return { late: true };
  if (of === "mine") return { assignee: me.value.id || "-" };
  return { only: of as "soon" | "new" | "worse" };
}

let reading: AbortController | null = null;
let everything: CaseBrief[] | null = null;

/** The events among `found` that no open case answers for; asked one by one only where the desk is too full to know. */
async function withoutCase(found: EventBrief[], cases: CaseBrief[], whole: boolean, signal: AbortSignal) {
  const events = new Set(cases.map((it) => it.event));
  const aims = new Set(cases.map((it) => `${it.station}|${it.property}`));
  const left = found.filter(
    (it) => !it.case && !events.has(it.id) && !it.properties.some((code) => aims.has(`${it.station}|${code}`)),
  );
  if (whole || left.every((it) => it.case === null)) return left;
  const free: EventBrief[] = [];
  for (const it of left.slice(0, 10)) {
    const answer = await casework.list({ event: it.id, limit: 1 }, signal);
    if (!answer.items.length) free.push(it);
  }
  return free;
}

/** Read the desk; `quiet` where nobody asked for it. */
export async function readDesk(quiet = false): Promise<void> {
  reading?.abort();
  const mine = new AbortController();
  reading = mine;
  const of = sort.value;
  if (!quiet) deskProblem.value = null;
  try {
    const [desk, list, events] = await Promise.all([
      casework.desk(MOST, mine.signal),
      of ? casework.list({ ...asked(of), limit: MOST }, mine.signal) : null,
      // Events are beside the point of the desk: without them it still stands.
      field.events({ status: "open", limit: 100 }, mine.signal).then((it) => it.items, () => []),
    ]);
    if (reading !== mine) return;
    if (quiet && everything) tell(everything, desk.items);
    everything = desk.items;
    counts.value = desk.counts;
    items.value = list ? list.items : desk.items;
    more.value = (list ? list.next : desk.next) !== null;
    openEvents.value = events;
    deskLoaded.value = true;
    deskProblem.value = null;
    deskRead.value = Date.now();
    wantLatest(items.value);
    loose.value = await withoutCase(events, desk.items, desk.next === null, mine.signal);
  } catch (error) {
    if (reading !== mine) return;
    deskProblem.value = asProblem(error, "/api/desk");
    deskLoaded.value = true;
  }
}

function tell(before: readonly CaseBrief[], now: readonly CaseBrief[]): void {
  const said = deskNews(before, now).map(({ it, what }) => c(`desk.news.${what}`, { title: titleOf(it) }));
  if (!said.length) return;
  toast(said[0]!);
  announce(said.slice(0, 3).join(" "));
}

/** Put a case as it now stands in the place of what is shown of it. */
export function place(one: CaseBrief): void {
  items.value = items.value.map((it) => (it.id === one.id ? one : it)).filter((it) => it.status === "open");
}

/** The event of a case among those that are open. */
export function eventOf(it: CaseBrief): EventBrief | undefined {
  if (it.event) return openEvents.value.find((one) => one.id === it.event);
  return undefined;
}

/** Follow the desk until the answer is called. */
export function followDesk(): () => void {
  let soon: ReturnType<typeof setTimeout> | undefined;
  const again = () => {
    clearTimeout(soon);
    soon = setTimeout(() => void readDesk(true), 250);
  };
  const timer = setInterval(() => {
    if (document.visibilityState === "visible") void readDesk(true);
  }, PACE);
  const back = () => document.visibilityState === "visible" && again();
  document.addEventListener("visibilitychange", back);
  addEventListener("online", again);
  let source: EventSource | null = null;
  if (typeof EventSource === "function") {
    source = new EventSource(STREAM);
    source.addEventListener("change", again);
  }
  return () => {
    clearInterval(timer);
    clearTimeout(soon);
    document.removeEventListener("visibilitychange", back);
    removeEventListener("online", again);
    source?.close();
    reading?.abort();
    everything = null;
  };
}
