/** Names that the screens of cases say: stations, places, values, people, jurisdictions. */
import type { EventBrief } from "@/api/field";
import { stationById } from "@/data/stations";
import { speaker } from "@/i18n";
import { c } from "@/i18n/cases";
import { stationTitle } from "@/panels/models/station";
import { property } from "@/state";
import type { CaseBrief, Limit } from "./api";

/** The station by its title; its id where nobody knows it. */
export function stationName(id: string | null): string {
  const found = id ? stationById(id) : undefined;
  return found ? stationTitle(found, speaker) : (id ?? "");
}

/** The title of a case in the page's language where its event has it, else as it was written. */
export const titleOf = (it: Pick<CaseBrief, "title" | "title_text">): string => speaker.say(it.title_text, it.title);

/** Where a case is, in words: its station, else its place, else who holds it. */
export function whereOf(it: CaseBrief): string {
  return stationName(it.station) || it.place || holderOf(it);
}

/** Who holds a case, by the jurisdiction's name, else its code. */
export function holderOf(it: { jurisdiction: string; jurisdiction_name?: CaseBrief["jurisdiction_name"] }): string {
  return speaker.say(it.jurisdiction_name, it.jurisdiction);
}

export function propertyName(code: string | null): string {
  return code ? speaker.say(property(code)?.name, code) : "";
}

export function unitOf(code: string | null, otherwise = ""): string {
  return (code && property(code)?.unit_label) || otherwise;
}

/** A value of a property in the digits of its method, with its unit. */
export function valueText(code: string | null, value: number | null | undefined, unit = "", censoring?: "" | "<" | ">"): string {
  return speaker.value(value, {
    decimals: (code && property(code)?.decimals) || 2,
    unit: unitOf(code, unit),
    ...(censoring ? { censoring } : {}),
  });
}

/** `at most 1.0 mg/L`, `at least 4 mg/L`. */
export function limitText(code: string | null, limit: Limit): string {
  const value = speaker.value(limit.value, { decimals: 0, exact: true, unit: unitOf(code, limit.unit) });
  return c(limit.op === "le" ? "value.atMost" : "value.atLeast", { value });
}

/** True where a value keeps a limit. */
export const keeps = (value: number, limit: Limit): boolean =>
  limit.op === "le" ? value <= limit.value : value >= limit.value;

/** The limit that an event was held against, as a new case takes it; null where there is none. */
export function limitOf(it: EventBrief): { op: "le" | "ge"; value: number } | null {
  if (it.kind !== "exceedance" || it.baseline === null || !it.property) return null;
  const above = it.peak === null || it.peak >= it.baseline;
  return { op: above ? "le" : "ge", value: it.baseline };
}
