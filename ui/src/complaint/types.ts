/** Complaints as the API tells them to whoever holds their code. */
import type { Text } from "@/api/types";

export interface Made {
  code: string;
  id_shown: string;
  due: string | null;
}

export interface PublicClock {
  name: Text | null;
  due: string | null;
  late: boolean;
  paused: boolean;
  term: { amount: number; unit: string } | null;
  basis: "law" | "default";
  confidence: "verified" | "two_sources" | "one_source" | "unverified";
  note: string;
  sources: string[];
  may_move: boolean;
}

export interface Complaint {
  id_shown: string;
  received: string;
  subject: string;
  text: string;
  place: { longitude: number | null; latitude: number | null; text: string };
  authority: Text;
  state: Text;
  plain: Text;
  stage: string;
  open: boolean;
  due: string | null;
  clocks: PublicClock[];
  paused: boolean;
  reopened: number;
  timeline: { time: string; what: Text; text: string; mine: boolean; answer: boolean }[];
  answer: string;
  evidence: { name: string; size: number; kind: string; added: string }[];
  files_left: number;
  may: { comment: boolean; attach: boolean; reopen: boolean };
  generated: boolean;
}

export interface Places {
  items: { code: string; name: Text }[];
  here: string | null;
  sure: boolean;
  outside: boolean;
}

export const SUBJECTS = ["water", "air", "noise", "waste", "other"] as const;
export type Subject = (typeof SUBJECTS)[number];

/** Files of one complaint, and the bytes of each. */
export const FILES = 10;
export const FILE_BYTES = 64 * 1024 * 1024;
/** Characters of what somebody reports. */
export const SHORTEST = 10;
export const LONGEST = 4000;
