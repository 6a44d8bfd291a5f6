/** What a step of a playbook asks for, and what of it is there already. Pure. */
import type { Dossier, EvidenceKind, PlaybookField, Transition } from "../api";

export type Need =
  | { kind: "assignee"; met: boolean }
  | { kind: "reason"; met: boolean }
  | { kind: "field"; met: boolean; field: PlaybookField }
  | { kind: "evidence"; met: boolean; kinds: EvidenceKind[]; lacking: number }
  | { kind: "measured"; met: boolean }
  | { kind: "another"; met: boolean };

/** What the page can ask the person for on the spot; the rest must have happened before. */
export const ASKED: readonly Need["kind"][] = ["assignee", "reason", "field", "evidence"];

export function needsOf(step: Transition, it: Dossier, me: string): Need[] {
  const { needs } = step;
  const found: Need[] = [];
  if (needs.assignee) found.push({ kind: "assignee", met: it.assignee !== null });
  for (const name of needs.fields) {
    const field = it.how.fields.find((one) => one.id === name);
    if (field) found.push({ kind: "field", met: Boolean(it.fields[name]), field });
  }
  for (const need of needs.evidence) {
    const fresh = it.evidence.filter((one) => need.kinds.includes(one.kind) && one.added >= it.entered).length;
    const lacking = Math.max(0, need.at_least - fresh);
    found.push({ kind: "evidence", met: lacking === 0, kinds: need.kinds, lacking });
  }
  if (needs.remeasured) found.push({ kind: "measured", met: it.measured?.clean ?? false });
  if (needs.another_person) {
    const steps = new Set(it.how.transitions.map((one) => one.id));
    const last = [...it.timeline].reverse().find((one) => steps.has(one.kind));
    found.push({ kind: "another", met: !me || last?.actor.id !== me });
  }
  if (needs.reason) found.push({ kind: "reason", met: false });
  return found;
}

/** Whether nothing stands in the way that the page could not ask for itself. */
export const reachable = (needs: readonly Need[]): boolean => needs.every((it) => it.met || ASKED.includes(it.kind));
