/** What waits to be sent, and in which order it goes: pure, so that every bad line can be tested without one. */
import type { Text } from "@/api/types";
import type { Action, Dossier, Step } from "../types";

/** A step, or something said, in a case. */
export interface Act {
  kind: "act";
  action: string;
  /** What the step is called; null for a note. */
  label: Text | null;
  reason: string;
  fields: Record<string, string>;
  /** The version of the case that was looked at when it was decided upon. */
  seen: number;
}

/** A file on its way. */
export interface Sending {
  kind: "file";
  name: string;
  type: string;
  size: number;
  /** Hexadecimal; empty where it was not worked out. */
  sha256: string;
  evidence: string;
  taken: string;
  longitude: number | null;
  latitude: number | null;
  note: string;
  /** The code of a complaint that it belongs to; empty for a case. */
  complaint: string;
  /** Address of the upload once it was begun. */
  location: string;
  /** Bytes that the server has. */
  sent: number;
}

export interface Why {
  status: number;
  title: string;
  detail: string;
  mend: string;
}

/** `waiting` for its turn or the line, `sending`, `refused` by the server, `conflict`: somebody was quicker. */
export type Standing = "waiting" | "sending" | "refused" | "conflict";

export interface Item {
  /** Also the key by which the server knows that it has been done already. */
  id: string;
  /** Whose it is. */
  owner: string;
  /** What it belongs to: things of one case go in the order in which they were made. */
  scope: string;
  title: string;
  made: number;
  order: number;
  what: Act | Sending;
  standing: Standing;
  tries: number;
  /** Not before this moment, in milliseconds. */
  after: number;
  why: Why | null;
  /** What others did meanwhile, where that is in the way. */
  meanwhile: { who: string; kind: string; time: string }[];
}

/** How long something just decided upon waits before it goes, so that it can be taken back. */
export const GRACE = 4000;
const FIRST = 1000;
const LONGEST = 5 * 60_000;

/** Milliseconds to wait after so many failures: twice as long each time, at random between half of it and all. */
export function backoff(tries: number, random: number): number {
  return Math.min(LONGEST, FIRST * 2 ** Math.min(tries, 12)) * (0.5 + random / 2);
}

/** What a failure means for what was to be sent. */
export function meaning(status: number, kind: Item["what"]["kind"]): "again" | "signin" | "conflict" | "refused" {
  if (status === 401) return "signin";
  if (status === 409) return kind === "act" ? "conflict" : "again";
  if (status === 0 || status === 408 || status === 423 || status === 425 || status === 429 || status >= 500) return "again";
  return "refused";
}

/** What goes next, and (where nothing may yet) the moment at which to look again; null: nothing waits. */
export function next(items: readonly Item[], now: number): { item: Item | null; at: number | null } {
  const held = new Set<string>();
  let at: number | null = null;
  for (const it of [...items].sort((a, b) => a.order - b.order)) {
    if (held.has(it.scope)) continue;
    // What cannot go holds back what was made after it: a report is not sent before its photographs.
    held.add(it.scope);
    if (it.standing === "refused" || it.standing === "conflict") continue;
    if (it.after <= now) return { item: it, at: null };
    at = Math.min(at ?? Infinity, it.after);
  }
  return { item: null, at };
}

/** Things that people do beside the steps of a case, which are in nobody's way. */
const BESIDE = ["comment", "attach", "remeasure", "escalate", "contribute"];

/** What others did to a case since it was looked at, as far as it is in the way of a step. */
export function meanwhile(timeline: readonly Action[], seen: number, me: readonly string[]): Item["meanwhile"] {
  return timeline
    .filter((it) => it.seq > seen && !me.includes(it.actor.id) && !BESIDE.includes(it.kind))
    .map((it) => ({ who: it.actor.name || it.actor.id, kind: it.kind, time: it.time }));
}

/** A case as it will stand when all that waits has gone through. */
export interface Ahead {
  state: string;
  fields: Record<string, string>;
  /** Steps of this person that wait. */
  steps: string[];
  /** Files that wait since the case came, or will come, into that state, by kind. */
  files: string[];
}

export function ahead(dossier: Dossier, items: readonly Item[]): Ahead {
  const found: Ahead = { state: dossier.state, fields: { ...dossier.fields }, steps: [], files: [] };
  for (const { what, scope } of [...items].sort((a, b) => a.order - b.order)) {
    if (scope !== dossier.id) continue;
    if (what.kind === "file") {
      found.files.push(what.evidence);
      continue;
    }
    Object.assign(found.fields, what.fields);
    const step = dossier.how.transitions.find((it) => it.id === what.action && it.from.includes(found.state));
    if (!step) continue;
    found.state = step.to;
    found.steps.push(step.id);
    found.files = [];
  }
  return found;
}

/** A step that leads on, and what it still lacks. */
export interface Open {
  step: Step;
  fields: string[];
  /** How many more photographs or films it asks for. */
  evidence: { kinds: string[]; more: number }[];
  /** Only the water itself can bring it. */
  remeasured: boolean;
}

/** The steps that somebody with these roles may take from where the case will stand. */
export function openSteps(dossier: Dossier, then: Ahead, roles: readonly string[] | null): Open[] {
  const may = (step: Step) =>
    then.steps.length === 0
      ? (dossier.moves.find((it) => it.id === step.id)?.allowed ?? false)
      : roles === null || roles.includes("operator") || step.by.some((it) => roles.includes(it));
  return dossier.how.transitions
    .filter((it) => it.from.includes(then.state) && !it.needs.assignee && may(it))
    .map((step) => ({
      step,
      fields: step.needs.fields,
      evidence: step.needs.evidence
        .map((need) => {
          const here = then.steps.length
            ? 0
            : dossier.evidence.filter((it) => need.kinds.includes(it.kind) && it.added >= dossier.entered).length;
          const coming = then.files.filter((it) => need.kinds.includes(it)).length;
          return { kinds: need.kinds, more: Math.max(0, need.at_least - here - coming) };
        })
        .filter((it) => it.more > 0),
      remeasured: step.needs.remeasured,
    }));
}
