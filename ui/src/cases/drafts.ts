/** Cases before they are opened: from an event, from a station, and what was typed so far. */
import type { EventBrief } from "@/api/field";
import { speaker } from "@/i18n";
import { change } from "@/state";
import type { NewCase } from "./api";
import { limitOf } from "./naming";

/** The case that an event asks for. Events count severity upwards to 4, cases downwards to 1. */
export function draftOf(it: EventBrief): NewCase {
  return {
    playbook: "pollution-alarm",
    title: speaker.say(it.title, it.id).slice(0, 300),
    text: it.reasons.map((one) => speaker.say(one)).join("\n"),
    station: it.station,
    property: it.property ?? "",
    limit: limitOf(it),
    longitude: it.longitude,
    latitude: it.latitude,
    severity: Math.min(Math.max(5 - it.severity, 1), 4),
    event: it.id,
    key: `event ${it.id}`,
  };
}

/** Begin a case about an event or a station; the form opens beside the map. */
export function begin(about: { event?: string; station?: string; property?: string } = {}): void {
  change(
    {
      view: "case",
      case: "new",
      event: about.event ?? "",
      sel: about.station ? { kind: "station", id: about.station } : null,
    },
    "push",
  );
}

const KEPT = "clearbay.draft.";

/** What was typed under a name and not sent yet: it survives a reload and a line that breaks. */
export function keptDraft<T>(name: string): T | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT + name) ?? "null") as T | null;
  } catch {
    return null;
  }
}

export function keepDraft(name: string, what: unknown): void {
  try {
    if (what === null) sessionStorage.removeItem(KEPT + name);
    else sessionStorage.setItem(KEPT + name, JSON.stringify(what));
  } catch {
    // It stays on the page all the same.
  }
}
