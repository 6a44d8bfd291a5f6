/** Cases, the desk, people, figures and notices, as the API tells them; all of it through the session's door. */
import type { Query } from "@/api/client";
import type { Page, Text } from "@/api/types";
import { get, patch, post, put, del, type Role } from "./session";

export type Stage = "found" | "judged" | "handled" | "closed" | "refused";
export type EvidenceKind = "photo" | "video" | "document" | "frame" | "reading" | "sample" | "other";
export const EVIDENCE_KINDS: readonly EvidenceKind[] = ["photo", "video", "document", "reading", "sample", "frame", "other"];

export interface Person {
  id: string;
  name: string;
}

export interface Limit {
  op: "le" | "ge";
  value: number;
  unit: string;
  standard: string;
  grade: string;
}

/** A case in brief. Severity 1 is the gravest. */
export interface CaseBrief {
  id: string;
  playbook: string;
  kind: Text;
  title: string;
  /** The title in the languages of its event; null where somebody wrote it. */
  title_text?: Text | null;
  text: string;
  state: string;
  state_name: Text;
  stage: Stage;
  status: "open" | "closed" | "merged";
  severity: number;
  grade: string;
  jurisdiction: string;
  jurisdiction_name: Text | null;
  assignee: Person | null;
  station: string | null;
  property: string | null;
  limit: Limit | null;
  longitude: number | null;
  latitude: number | null;
  place: string;
  event: string | null;
  origin: string;
  fields: Record<string, string>;
  opened: string;
  opened_by: string;
  entered: string;
  updated: string;
  version: number;
  due: string | null;
  due_for: string | null;
  due_name?: Text | null;
  late: boolean;
  escalated: number;
  suspended: string | null;
  suspended_for: string | null;
  closed: string | null;
  reopened: number;
  worse: string | null;
  watch_until: string | null;
  merged_into: string | null;
  split_from: string | null;
  generated: boolean;
}

export interface Term {
  amount: number;
  unit: "working_days" | "days" | "hours";
}

export interface Origin {
  basis: "law" | "default";
  confidence: string;
  sources: string[];
  note: string;
}

export interface Clock {
  deadline: string;
  name: Text | null;
  term: Term | null;
  origin: Origin | null;
  started: string;
  due: string | null;
  outcome: "running" | "met" | "late" | "void";
  late: boolean;
  ended: string | null;
  paused: boolean;
  calendars: string[];
  warnings: string[];
  uncertain?: { calendar: string; year: number; status: string }[];
}

export interface Action {
  seq: number;
  time: string;
  actor: Person;
  kind: string;
  name: Text | null;
  from: string;
  to: string;
  text: string;
  data: Record<string, unknown>;
  entry: number;
  link: string;
}

export interface Evidence {
  id: number;
  sha256: string;
  name: string;
  media_type: string;
  size: number;
  kind: EvidenceKind;
  added: string;
  by: string;
  taken: string | null;
  place: { longitude: number | null; latitude: number | null; text: string };
  note: string;
}

export interface Move {
  id: string;
  name: Text;
  to: string;
  by: Role[];
  allowed: boolean;
  /** In English; what a page says it takes from the playbook. */
  missing: string[];
}

export interface Party {
  jurisdiction: string;
  jurisdiction_name: Text | null;
  part: "joint" | "superior" | "former";
  task: string;
  since: string;
  done: string | null;
}

export interface PlaybookField {
  id: string;
  name: Text;
  kind: "text" | "number" | "integer" | "choice" | "date" | "yes_no";
  required: boolean;
  choices: Record<string, Text>;
}

export interface Transition {
  id: string;
  name: Text;
  from: string[];
  to: string;
  by: Role[];
  needs: {
    reason: boolean;
    assignee: boolean;
    fields: string[];
    evidence: { kinds: EvidenceKind[]; at_least: number }[];
    remeasured: boolean;
    another_person: boolean;
  };
}

export interface Playbook {
  id: string;
  version: number;
  prefix: string;
  name: Text;
  purpose: Text;
  opens: string[];
  opened_by: Role[];
  initial: string;
  severity: number;
  fields: PlaybookField[];
  states: { id: string; name: Text; stage: Stage; hint: Text | null }[];
  transitions: Transition[];
  deadlines: { id: string; name: Text; term: Term; origin: Origin }[];
  powers: Record<string, Role[]>;
  suspend: { by: Role[]; reasons: Record<string, Text>; longest_days: number | null } | null;
  remeasure: { times: number; over_hours: number } | null;
  watch: { days: number; times: number } | null;
  grades: { id: string; name: Text; severity: number }[];
  sources: { id: string; ref: string; note: string }[];
  notes: Text[];
}

export interface Measured {
  clean: boolean;
  times: number;
  over_hours: number;
  hours: number;
  run: { time: string; value: number; censoring: "" | "<" | ">" }[];
  beyond: { time: string; value: number } | null;
  since: string;
}

/** A case with everything that belongs to it. */
export interface Dossier extends CaseBrief {
  parties: Party[];
  clocks: Clock[];
  timeline: Action[];
  evidence: Evidence[];
  moves: Move[];
  /** Its playbook, in the version of the day on which it was opened. */
  how: Playbook;
  measured: Measured | null;
}

export type Counts = Record<"open" | "late" | "soon" | "new" | "worse" | "mine" | "found" | "judged" | "handled", number>;

export interface Desk {
  counts: Counts;
  items: CaseBrief[];
  next: string | null;
}

export interface CaseQuery extends Query {
  status?: "open" | "closed" | "merged" | "all";
  playbook?: string;
  stage?: Stage | "";
  station?: string;
  assignee?: string;
  jurisdiction?: string;
  q?: string;
  late?: boolean;
  event?: string;
  only?: "" | "soon" | "new" | "worse";
  limit?: number;
  cursor?: string;
}

export interface Act {
  action: string;
  reason?: string;
  to?: string;
  title?: string;
  assignee?: Person | null;
  fields?: Record<string, string>;
  evidence?: number[];
  station?: string;
  property?: string;
  limit?: { op: "le" | "ge"; value: number } | null;
  version?: number;
  key?: string;
}

export interface NewCase {
  playbook: string;
  title: string;
  text?: string;
  jurisdiction?: string;
  station?: string;
  property?: string;
  limit?: { op: "le" | "ge"; value: number } | null;
  longitude?: number | null;
  latitude?: number | null;
  place?: string;
  fields?: Record<string, string>;
  severity?: number;
  event?: string;
  key?: string;
}

/** Somebody to whom a case can be given. */
export interface Colleague extends Person {
  roles: Role[];
  jurisdiction: { code: string; name: Text } | null;
  open_cases: number;
}

export interface Jurisdiction {
  code: string;
  name: Text;
  level: string;
  parent: string;
}

// ---- The leader's figures --------------------------------------------------------------------------------------------

export interface Figures {
  found: number;
  judged: number;
  handled: number;
  closed: number;
  refused: number;
  open: number;
  late: number;
  median_hours: { judge: number | null; handle: number | null; close: number | null };
  on_time: { met: number; late: number; share: number | null };
  reopened: { count: number; share: number | null };
  generated?: boolean;
}

export interface Agency extends Figures {
  jurisdiction: string;
  name: Text | null;
}

export interface MonthFigures extends Partial<Figures> {
  month: string;
}

export interface Leader {
  from: string;
  to: string;
  total: Figures;
  agencies: Agency[];
  months: MonthFigures[];
}

// ---- Notices ---------------------------------------------------------------------------------------------------------

export interface Notice {
  id: number | string;
  time: string;
  kind?: string;
  case?: string | null;
  title?: Text | string;
  text?: Text | string;
  read: string | boolean | null;
}

export interface Notices {
  items: Notice[];
  unread: number;
  next?: string | null;
}

export interface Ways {
  email: { on: boolean; address: string; possible?: boolean };
  /** The secret is told once, when it is made. */
  webhook: { on: boolean; url: string; secret?: string; secret_set?: boolean };
  push: { endpoint: string; agent: string; since: string }[];
}

const id = encodeURIComponent;

export const files = {
  evidence: (one: string, number: number) => `/api/cases/${id(one)}/evidence/${number}`,
  bundle: (one: string, lang: string) => `/api/cases/${id(one)}/bundle?lang=${lang}`,
  warning: (one: string, sender: string, status: string) =>
    `/api/cases/${id(one)}/warning?sender=${id(sender)}&status=${status}`,
};

export const casework = {
  desk: (limit: number, signal?: AbortSignal) => get<Desk>("desk", { limit }, signal),
  list: (query: CaseQuery, signal?: AbortSignal) => get<Page<CaseBrief>>("cases", query, signal),
  one: (one: string, signal?: AbortSignal) => get<Dossier>(`cases/${id(one)}`, {}, signal),
  open: (draft: NewCase) => post<Dossier>("cases", draft),
  act: (one: string, act: Act, keepalive = false) => post<Dossier>(`cases/${id(one)}/act`, act, { keepalive }),
  attach: (one: string, file: Blob, query: Query) =>
    post<Evidence>(`cases/${id(one)}/evidence`, file, {
      query,
      headers: { "content-type": file.type || "application/octet-stream" },
    }),
  playbooks: (signal?: AbortSignal) => get<Page<Playbook>>("playbooks", {}, signal),
  jurisdictions: (signal?: AbortSignal) => get<Page<Jurisdiction>>("jurisdictions", {}, signal),
  people: (query: Query, signal?: AbortSignal) => get<Page<Colleague>>("people", query, signal),
  leader: (query: Query, signal?: AbortSignal) => get<Leader>("leader", query, signal),
  notices: (query: Query = {}, signal?: AbortSignal) => get<Notices>("notices", query, signal),
  readNotices: (body: { ids: (number | string)[] } | { all: true }) => post<null>("notices/read", body),
  ways: (signal?: AbortSignal) => get<Ways>("notices/ways", {}, signal),
  setWays: (ways: Partial<Ways>) => put<Ways>("notices/ways", ways),
  pushKey: () => get<{ key: string }>("notices/push-key"),
  subscribe: (body: unknown) => post<unknown>("notices/push", body),
  unsubscribe: (endpoint: string) => del("notices/push", { endpoint }),
  tryWay: (way: string) => post<{ sent: boolean; error: string }>("notices/try", { way }),
  settings: (body: Record<string, unknown>) => patch<unknown>("me", body),
};

/** A name for a request, so that sending it twice does it once. */
export function requestKey(): string {
  return typeof crypto.randomUUID === "function"
    ? crypto.randomUUID()
    : Array.from(crypto.getRandomValues(new Uint8Array(16)), (it) => it.toString(16).padStart(2, "0")).join("");
}
