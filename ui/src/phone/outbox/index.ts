/**
 * The outbox: what somebody did without a line, or while it broke, goes when it can, in order, and each thing once.
 *
 * Everything is on the telephone before anybody is told that it is kept. One tab sends at a time; the others show what
 * it does. What the server refuses stays here, with why, until the person decides.
 */
import { computed, ref, shallowRef } from "vue";
import { asProblem, Problem } from "@/api/client";
import { apiKey, ask } from "@/api/door";
import { known, me, refresh } from "@/cases/session";
import { all, persist, read, whenNothingIsKept, write, type Write } from "../memory";
import { within } from "../patience";
import type { Dossier } from "../types";
import { backoff, GRACE, meaning, meanwhile, next, type Act, type Item, type Sending } from "./model";
import { sendFile } from "./tus";

/** Everything of this person that is not sent yet, oldest first. */
export const items = shallowRef<readonly Item[]>([]);
/** False while the browser itself knows that there is no line. */
export const online = ref(typeof navigator === "undefined" ? true : navigator.onLine);
/** True where the server asks who is calling: nothing goes before somebody signs in. */
export const locked = ref(false);
/** When the next try comes, in milliseconds; null while nothing waits for one. */
export const nextTry = ref<number | null>(null);
/** Counts what went through, so that pages look again. */
export const gone = ref(0);

/** False where this browser keeps nothing: what is not sent is lost with the page. */
export const durable = ref(true);
whenNothingIsKept(() => (durable.value = false));

export const waiting = computed(() => items.value.length);

/** Whose outbox this is; empty until it is known. */
let owner: string | null = null;
/** Told of each thing that went through, with the server's answer. */
const listeners = new Set<(item: Item, answer: unknown) => void>();

export function onSent(listener: (item: Item, answer: unknown) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("clearbay-outbox");
channel?.addEventListener("message", () => void load().then(wake));

async function load(): Promise<void> {
  if (owner === null) return;
  const found = await all<Item>("items", `${owner}|`);
  // What this tab is sending is newer here than on the disk.
  items.value = found
    .map((it) => items.value.find((here) => here.id === it.id && here.standing === "sending") ?? it)
    .sort((a, b) => a.order - b.order);
}

const keyOf = (item: Item) => `${item.owner}|${item.id}`;
const asWrite = (item: Item): Write => ({ store: "items", key: keyOf(item), value: item });
/** It and its bytes, taken from the telephone. */
const asGone = (item: Item): Write[] => [
  { store: "items", key: keyOf(item), value: undefined },
  { store: "files", key: keyOf(item), value: undefined },
];

async function put(item: Item, ...more: Write[]): Promise<void> {
  // "Sending" is of this moment and this tab: on the disk it waits.
  await write(asWrite(item.standing === "sending" ? { ...item, standing: "waiting" } : item), ...more);
  const others = items.value.filter((it) => it.id !== item.id);
  items.value = [...others, item].sort((a, b) => a.order - b.order);
  if (item.standing !== "sending") channel?.postMessage("changed");
}

const uuid = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (it) => it.toString(16).padStart(2, "0")).join("");
};

function fresh(scope: string, title: string, what: Item["what"], grace: number): Item {
  const made = Date.now();
  return {
    id: uuid(),
    owner: owner ?? "",
    scope,
    title,
    made,
    order: Math.max(made, ...items.value.map((it) => it.order + 1)),
    what,
    standing: "waiting",
    tries: 0,
    after: made + grace,
    why: null,
    meanwhile: [],
  };
}

/** Keep a step or a word until it is sent; returns once it is on the telephone. It can be taken back for a moment. */
export async function queueAct(scope: string, title: string, act: Omit<Act, "kind">): Promise<Item> {
  const item = fresh(scope, title, { kind: "act", ...act }, GRACE);
  await put(item);
  void persist();
  wake();
  return item;
}

export interface Given {
  file: File;
  evidence: string;
  note?: string;
  longitude?: number | null;
  latitude?: number | null;
  complaint?: string;
}

/** Larger files are not hashed here: it would take all of them into memory. The server hashes every file anyway. */
const HASHED = 64 * 1024 * 1024;

async function sha256(file: Blob): Promise<string> {
  if (!globalThis.crypto?.subtle || file.size > HASHED) return "";
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (it) => it.toString(16).padStart(2, "0")).join("");
}

/** Keep a file until it is sent; returns once its bytes are on the telephone. Rejects where there is no room. */
export async function queueFile(scope: string, title: string, given: Given): Promise<Item> {
  const { file } = given;
  const what: Sending = {
    kind: "file",
    name: file.name || "file",
    type: file.type || "application/octet-stream",
    size: file.size,
    sha256: await sha256(file).catch(() => ""),
    evidence: given.evidence,
    taken: new Date(file.lastModified || Date.now()).toISOString(),
    longitude: given.longitude ?? null,
    latitude: given.latitude ?? null,
    note: given.note ?? "",
    complaint: given.complaint ?? "",
    location: "",
    sent: 0,
  };
  const item = fresh(scope, title, what, 0);
  // The bytes themselves: a File that lies on a card, or in another program, may be gone tomorrow. Films are left to the
  // database, which copies them without taking them into memory whole.
  const bytes = file.size > HASHED ? file : new Blob([await file.arrayBuffer()], { type: what.type });
  await put(item, { store: "files", key: keyOf(item), value: bytes });
  void persist();
  wake();
  return item;
}

/** The bytes of a file that waits, to be looked at. */
export const fileOf = (item: Item) => read<Blob>("files", keyOf(item));

/** Take something back that is not sent. */
export async function remove(item: Item): Promise<void> {
  if (current?.item.id === item.id) current.stop.abort();
  await write(...asGone(item));
  items.value = items.value.filter((it) => it.id !== item.id);
  channel?.postMessage("changed");
  if (item.what.kind === "file" && item.what.location) {
    void ask("DELETE", item.what.location, { headers: { "Tus-Resumable": "1.0.0" } }).catch(() => undefined);
  }
  wake();
}

/** Try again what was refused, or what somebody was quicker with; `patch` changes what it says first. */
export async function again(item: Item, patch: Partial<Act> = {}): Promise<void> {
  const what = item.what.kind === "act" ? { ...item.what, ...patch } : item.what;
  await put({ ...item, what, standing: "waiting", tries: 0, after: 0, why: null, meanwhile: [] });
  wake();
}

/** Try everything that waits now. */
export function hurry(): void {
  for (const it of items.value) if (it.standing === "waiting" && it.tries) it.after = 0;
  locked.value = false;
  wake();
}

// ---- Sending -------------------------------------------------------------------------------------------------------

let current: { item: Item; stop: AbortController } | null = null;
let running = false;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Look whether something can go. */
export function wake(): void {
  clearTimeout(timer);
  if (running || owner === null) return;
  running = true;
  void alone(run).finally(() => {
    running = false;
    const { item, at } = next(items.value, Date.now());
    nextTry.value = locked.value || !online.value ? null : at;
    if (locked.value) return;
    // Another tab may be sending: this one looks after it now and then.
    const pause = item ? 1500 : at === null ? 0 : Math.max(50, at - Date.now());
    if (pause) timer = setTimeout(wake, Math.min(pause, 60_000));
  });
}

/** One tab sends; the others leave it to that one. */
async function alone(work: () => Promise<void>): Promise<void> {
  if (!navigator.locks) return work();
  await navigator.locks.request("clearbay-outbox", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    await load(); // what other tabs have sent meanwhile
    await work();
  });
}

/** Whose things the server would take from this browser now. */
export function ownerNow(): string {
  const { signed_in, id, open } = me.value;
  return signed_in ? id : open ? "open" : apiKey.value ? "key" : "";
}

/** The outbox of complaints, which belong to nobody in particular. */
export const ANYBODY = "complaint";

async function run(): Promise<void> {
  if (owner !== ANYBODY && next(items.value, Date.now()).item) {
    if (!known.value && !(await refresh().catch(() => null))) {
      await new Promise((done) => setTimeout(done, 1000));
      return;
    }
    if (ownerNow() !== owner) {
      locked.value = true;
      return;
    }
  }
  while (online.value && !locked.value) {
    const { item } = next(items.value, Date.now());
    if (!item) return;
    const stop = new AbortController();
    current = { item, stop };
    await put({ ...item, standing: "sending" });
    try {
      const answer = await (item.what.kind === "act" ? sendAct(item, item.what, stop) : sendOne(item, stop.signal));
      if (answer === "conflict") continue;
      await write(...asGone(item));
      items.value = items.value.filter((it) => it.id !== item.id);
      gone.value += 1;
      channel?.postMessage("changed");
      listeners.forEach((it) => it(item, answer));
    } catch (error) {
      if (!stop.signal.aborted && (await failed(item, asProblem(error)))) return;
    } finally {
      current = null;
    }
  }
}

/** Note a failure; true where nothing else goes now either. */
async function failed(item: Item, problem: Problem): Promise<boolean> {
  const now = items.value.find((it) => it.id === item.id) ?? item;
  const what = meaning(problem.status, item.what.kind);
  const why = { status: problem.status, title: problem.title, detail: problem.detail, mend: problem.mend };
  if (problem.status === 403 && problem.where === "X-Clearbay-CSRF" && now.tries < 3) {
    await refresh().catch(() => undefined); // the session was renewed elsewhere
    await put({ ...now, standing: "waiting", tries: now.tries + 1, after: 0, why });
    return false;
  }
  if (what === "signin") {
    locked.value = true;
    await put({ ...now, standing: "waiting", why });
    return true;
  }
  if (what === "again" || (what === "conflict" && now.tries < 5)) {
    // Somebody was quicker by a moment: the case is read again, and then it shows whether that is in the way.
    const tries = now.tries + 1;
    await put({ ...now, standing: "waiting", tries, after: Date.now() + backoff(tries - 1, Math.random()), why });
    return problem.status === 0;
  }
  await put({ ...now, standing: what, why });
  return false;
}

async function sendOne(item: Item, stop: AbortSignal): Promise<null> {
  const file = await fileOf(item);
  if (!file) throw new Problem(410, "gone", "", item.title, "");
  await sendFile(
    item,
    file,
    async (patch) => {
      const now = items.value.find((it) => it.id === item.id);
      if (now) await put({ ...now, tries: 0, what: { ...(now.what as Sending), ...patch } });
    },
    stop,
  );
  return null;
}

/** Names under which the server knows this person. */
const mine = () => [me.value.id, me.value.open && !me.value.signed_in ? "open" : ""].filter(Boolean);

/** Milliseconds after which a step is tried anew: its key keeps it from being done twice. */
const STALL = 30_000;

async function sendAct(item: Item, act: Act, given: AbortController): Promise<Dossier | "conflict"> {
  // A controller of its own: what ends by itself is not what a person has taken back.
  const late = new AbortController();
  const over = () => late.abort();
  given.signal.addEventListener("abort", over);
  try {
    return await within(STALL, sendNow(item, act, late.signal), item.scope);
  } finally {
    late.abort();
    given.signal.removeEventListener("abort", over);
  }
}

async function sendNow(item: Item, act: Act, stop: AbortSignal): Promise<Dossier | "conflict"> {
  const path = `cases/${encodeURIComponent(item.scope)}`;
  let version: number | null = null;
  if (act.action !== "comment") {
    const now = (await (await ask("GET", path, { signal: stop })).json()) as Dossier;
    const others = meanwhile(now.timeline, act.seen, mine());
    if (others.length) {
      // Who decides to send it all the same knows of these, and of nothing newer.
      await put({ ...item, standing: "conflict", meanwhile: others, why: null, what: { ...act, seen: now.version } });
      return "conflict";
    }
    version = now.version;
  }
  const body = { action: act.action, reason: act.reason, fields: act.fields, key: item.id, ...(version === null ? {} : { version }) };
  return (await (await ask("POST", `${path}/act`, { body, signal: stop })).json()) as Dossier;
}

// ---- Beginning -----------------------------------------------------------------------------------------------------

let listening = false;

/** Work for a person from now on: what is theirs is shown and sent. */
export async function start(whose: string): Promise<void> {
  if (owner === whose) return wake();
  current?.stop.abort();
  owner = whose;
  items.value = [];
  locked.value = false;
  await load();
  if (!listening) {
    listening = true;
    addEventListener("online", () => {
      online.value = true;
      hurry();
    });
    addEventListener("offline", () => (online.value = false));
    // A telephone that wakes up tries at once.
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") hurry();
    });
  }
  wake();
}
