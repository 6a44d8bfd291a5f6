/** Doing things to cases: the step that a dispatch is, and what to say where somebody was quicker. */
import { asProblem, Problem } from "@/api/client";
import { language, speaker } from "@/i18n";
import { c, knownCase } from "@/i18n/cases";
import { BAY_OFFSET, timeIn } from "@/i18n/times";
import { casework, type Action, type CaseBrief, type Dossier } from "./api";
import { playbooks } from "./people";

/** What was done, in the page's language: the step's own name, or that of a power over any case. */
export function actionName(it: Pick<Action, "kind" | "name"> & Partial<Pick<Action, "data">>): string {
  if (it.name) return speaker.say(it.name, it.kind);
  const named = knownCase(`act.${it.kind}`, it.kind);
  // What its event did: worse, milder, ended; or nothing in particular.
  const change = it.kind === "again" ? it.data?.["change"] : "";
  return typeof change === "string" && change ? knownCase(`act.again_${change}`, named) : named;
}

/** The step by which a case is given to somebody where it stands: one of its playbook that asks for a person, else `assign`. */
export async function dispatchStep(it: CaseBrief): Promise<string> {
  const book = (await playbooks()).find((one) => one.id === it.playbook);
  return book?.transitions.find((one) => one.from.includes(it.state) && one.needs.assignee)?.id ?? "assign";
}

/** What somebody is told whose look at a case was too old: who did what meanwhile. */
export async function quicker(id: string): Promise<{ words: string; now: Dossier | null }> {
  try {
    const now = await casework.one(id);
    const last = now.timeline[now.timeline.length - 1];
    if (!last) return { words: c("conflict.unknown"), now };
    const who = last.actor.name || last.actor.id;
    const named = { who, what: actionName(last), time: timeIn(language.value, last.time, BAY_OFFSET) };
    return { words: c("conflict.who", named), now };
  } catch {
    return { words: c("conflict.unknown"), now: null };
  }
}

/** A problem as these screens say it: what the server says in English stands behind words of the page. */
export function told(error: unknown, where: string): Problem {
  const problem = asProblem(error, where);
  if (problem.status === 403) return new Problem(403, c("problem.notAllowed"), problem.detail, "", problem.mend);
  if (problem.status === 404) return new Problem(404, c("problem.noCase"), "", where, c("problem.noCaseMend"));
  return problem;
}
