/** What can be done to any case beside the steps of its playbook, and what each asks for. Pure. */
import type { Dossier } from "../api";
import type { Me } from "../session";

export const POWERS = [
  "comment",
  "assign",
  "edit",
  "aim",
  "remeasure",
  "suspend",
  "resume",
  "transfer",
  "join",
  "contribute",
  "release",
  "grade",
  "merge",
  "split",
  "reopen",
] as const;
export type Power = (typeof POWERS)[number];

/** Those that the server takes without words; all others must say why. */
export const WITHOUT_REASON: readonly Power[] = ["assign", "edit", "aim", "remeasure", "resume"];

/** The powers that make sense for a case where it stands, as far as the caller's roles allow them. */
export function powersOf(it: Dossier, me: Pick<Me, "signed_in" | "roles">): Power[] {
  const { how } = it;
  const holds = (by: readonly string[] | undefined) =>
    by !== undefined && (!me.signed_in || me.roles.includes("operator") || me.roles.some((role) => by.includes(role)));
  const open = it.status === "open";
  const joint = it.parties.some((one) => one.part === "joint");
  const fits: Record<Power, boolean> = {
    comment: holds(how.powers["comment"]),
    assign: open && holds(how.powers["assign"]),
    edit: open && how.fields.length > 0 && holds(how.powers["comment"]),
    aim: open && !(it.station && it.property && it.limit) && holds(how.powers["remeasure"]),
    remeasure: open && it.measured !== null && holds(how.powers["remeasure"]),
    suspend: open && !it.suspended && holds(how.suspend?.by),
    resume: open && it.suspended !== null && holds(how.suspend?.by),
    transfer: open && holds(how.powers["transfer"]),
    join: open && holds(how.powers["join"]),
    contribute: open && joint && holds(how.powers["comment"]),
    release: open && joint && holds(how.powers["join"]),
    grade: open && how.grades.length > 0 && holds(how.powers["grade"]),
    merge: open && holds(how.powers["merge"]),
    split: open && holds(how.powers["split"]),
    reopen: it.status === "closed" && holds(how.powers["reopen"]),
  };
  return POWERS.filter((one) => fits[one]);
}
