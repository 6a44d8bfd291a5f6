/** What a list of cases is narrowed to, as its link carries it: `status:closed,only:late,q:ammonia`. Pure. */
import type { Stage } from "../api";

export interface Chosen {
  status: "open" | "closed" | "merged" | "all";
  only: "" | "late" | "soon" | "new" | "worse";
  playbook: string;
  stage: Stage | "";
  jurisdiction: string;
  station: string;
  mine: boolean;
  q: string;
}

export const EVERYTHING: Chosen = {
  status: "open",
  only: "",
  playbook: "",
  stage: "",
  jurisdiction: "",
  station: "",
  mine: false,
  q: "",
};

const ALLOWED: { [K in "status" | "only" | "stage"]: readonly Chosen[K][] } = {
  status: ["open", "closed", "merged", "all"],
  only: ["", "late", "soon", "new", "worse"],
  stage: ["", "found", "judged", "handled", "closed", "refused"],
};

export function chosenOf(text: string): Chosen {
  const found: Chosen = { ...EVERYTHING };
  // The words looked for may hold anything, so they come last.
  const [, before = "", q = ""] = /^(.*?)(?:(?:^|,)q:(.*))?$/s.exec(text) ?? [];
  for (const part of before.split(",")) {
    const at = part.indexOf(":");
    const [key, value] = [part.slice(0, at), part.slice(at + 1)];
    if (key === "status" && ALLOWED.status.includes(value as Chosen["status"])) found.status = value as Chosen["status"];
    else if (key === "only" && ALLOWED.only.includes(value as Chosen["only"])) found.only = value as Chosen["only"];
    else if (key === "stage" && ALLOWED.stage.includes(value as Chosen["stage"])) found.stage = value as Chosen["stage"];
    else if (key === "mine") found.mine = value === "1";
    else if (key === "playbook" || key === "jurisdiction" || key === "station") found[key] = value;
  }
  return { ...found, q };
}

export function linkOf(it: Chosen): string {
  const parts: string[] = [];
  for (const key of ["status", "only", "playbook", "stage", "jurisdiction", "station"] as const) {
    if (it[key] !== EVERYTHING[key]) parts.push(`${key}:${it[key]}`);
  }
  if (it.mine) parts.push("mine:1");
  if (it.q) parts.push(`q:${it.q}`);
  return parts.join(",");
}
