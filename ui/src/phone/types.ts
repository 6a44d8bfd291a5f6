/** Cases as far as the phone page needs them. */
import type { Text } from "@/api/types";

export interface Person {
  id: string;
  name: string;
}

export interface Brief {
  id: string;
  title: string;
  text: string;
  kind: Text;
  state: string;
  state_name: Text;
  stage: string;
  status: "open" | "closed" | "merged";
  severity: number;
  assignee: Person | null;
  station: string | null;
  property: string | null;
  limit: { op: "le" | "ge"; value: number; unit: string } | null;
  longitude: number | null;
  latitude: number | null;
  place: string;
  fields: Record<string, string>;
  entered: string;
  version: number;
  due: string | null;
  due_name?: Text | null;
  late: boolean;
  suspended: string | null;
  generated: boolean;
  updated: string;
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
}

export interface Evidence {
  id: number;
  name: string;
  kind: string;
  size: number;
  added: string;
  by: string;
  note: string;
}

export interface Field {
  id: string;
  name: Text;
  kind: "text" | "number" | "integer" | "choice" | "date" | "yes_no";
  required: boolean;
  choices: Record<string, Text>;
}

export interface Step {
  id: string;
  name: Text;
  from: string[];
  to: string;
  by: string[];
  needs: {
    reason: boolean;
    assignee: boolean;
    fields: string[];
    evidence: { kinds: string[]; at_least: number }[];
    remeasured: boolean;
    another_person: boolean;
  };
}

export interface Playbook {
  id: string;
  fields: Field[];
  states: { id: string; name: Text; stage: string; hint: Text | null }[];
  transitions: Step[];
  powers: Record<string, string[]>;
}

export interface Dossier extends Brief {
  timeline: Action[];
  evidence: Evidence[];
  moves: { id: string; name: Text; to: string; allowed: boolean; missing: string[] }[];
  how: Playbook;
}

/** A short series for the line beside a case. */
export interface Trend {
  unit: string;
  time: number[];
  value: number[];
}
