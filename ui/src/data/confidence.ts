/** Which verdicts rest on a number of the law that nobody has verified: those are drawn hatched. */
import { shallowReactive } from "vue";
import { api } from "@/api/client";
import type { Confidence, RuleSetDetail } from "@/api/types";

const details = shallowReactive(new Map<string, RuleSetDetail>());
const asked = new Set<string>();

/** Read a rule set's items once; without them nothing is hatched, and the legend says nothing of it. */
export async function loadDetail(ruleId: string): Promise<void> {
  if (!ruleId || asked.has(ruleId)) return;
  asked.add(ruleId);
  try {
    details.set(ruleId, await api.standard(ruleId));
  } catch {
    asked.delete(ruleId);
  }
}

/** The items and objectives of a rule set, once read. */
export function detailOf(ruleId: string): RuleSetDetail | undefined {
  return details.get(ruleId);
}

/**
 * Confidence of the numbers by which a rule set judges a property, the weakest of them; where objectives are set zone by
 * zone, only those of `zone` count. Pure.
 */
export function confidenceOf(
  detail: Pick<RuleSetDetail, "items" | "objectives"> | undefined,
  property: string | null,
  zone = "",
): Confidence | null {
  if (!detail || !property) return null;
  const order: Confidence[] = ["primary", "two_sources", "one_source_official", "one_source", "unverified"];
  const items = detail.items.filter((it) => it.property === property);
  const objectives = detail.objectives.filter((it) => it.property === property);
  const here = objectives.filter((it) => zone in it.zones);
  return [...items, ...(here.length ? here : objectives)].reduce<Confidence | null>(
    (weakest, it) => (!weakest || order.indexOf(it.confidence) > order.indexOf(weakest) ? it.confidence : weakest),
    null,
  );
}

/** True where the deciding number of a verdict is unverified. */
export function unverified(ruleId: string, property: string | null, zone = ""): boolean {
  return confidenceOf(details.get(ruleId), property, zone) === "unverified";
}
