/** What the page of targets says of one: what is asked, by when, where it stands. */
import type { Property, RuleSet, Target } from "@/api/types";
import { naturalDecimals } from "@/i18n/numbers";
import type { Speaker } from "@/i18n/speaker";
import type { Properties } from "./verdict";

/** How a unit code of the packs is printed where no property says it. */
const unitOf = (target: Target, property: Property | undefined): string =>
  target.measured === "annual_mean" ? (property?.unit_label ?? target.unit) : target.measured === "share_of_grades" ? "%" : "";

/** A value of the target in its unit. */
export function targetValue(target: Target, value: number | null, properties: Properties, speaker: Speaker): string {
  if (value === null) return "–";
  const property = target.property ? properties(target.property) : undefined;
  const unit = unitOf(target, property);
  if (unit === "%") return speaker.percent(value / 100, naturalDecimals(value) ? 1 : 0);
  const decimals = target.measured === "count_of_grade" ? 0 : Math.max(1, naturalDecimals(target.limit));
  return speaker.value(value, { decimals, unit });
}

/** What is asked: `At most 20 µg/m³`. */
export function asked(target: Target, properties: Properties, speaker: Speaker): string {
  const property = target.property ? properties(target.property) : undefined;
  const unit = unitOf(target, property);
  const number = speaker.decimal(target.limit, naturalDecimals(target.limit));
  const limit = unit === "%" ? speaker.percent(target.limit / 100, naturalDecimals(target.limit)) : unit ? `${number} ${unit}` : number;
  return speaker.t(target.op === "le" ? "target.atMost" : "target.atLeast", { limit });
}

/** What is counted: `annual mean of fine particles`, `places with class V+`. `family` finds a rule set of the family. */
export function measured(
  target: Target,
  properties: Properties,
  family: (name: string) => RuleSet | undefined,
  speaker: Speaker,
): string {
  const rule = target.standard ? family(target.standard) : undefined;
  const grades = target.grades.map((id) =>
    speaker.within(speaker.say(rule?.grades.find((it) => it.id === id)?.name, id)),
  );
  const property = target.property ? speaker.say(properties(target.property)?.name, target.property) : "";
  return speaker.t(`target.measured.${target.measured}`, {
    property: speaker.within(property),
    grades: speaker.list(grades),
  });
}

