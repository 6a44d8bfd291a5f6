/** What the pages of devices say: pure, so that it can be tested without a browser. */
import type { Device } from "@/api/field";
import type { Speaker } from "@/i18n/speaker";
import type { TableView } from "@/charts/table";

export type DeviceFilter = "" | "online" | "offline" | "alarm" | "pending" | "refused";
export const DEVICE_FILTERS: readonly DeviceFilter[] = ["", "online", "offline", "alarm", "pending", "refused"];

/** Words of these screens, by key. */
export type Words = (key: never, named?: Record<string, string | number>, plural?: number) => string;

/** What is asked of the server for a filter. */
export function queryOf(filter: DeviceFilter): { status?: "pending" | "refused" | "approved"; online?: boolean } {
  switch (filter) {
    case "online":
      return { online: true };
    case "offline":
      return { online: false, status: "approved" };
    case "pending":
      return { status: "pending" };
    case "refused":
      return { status: "refused" };
    default:
      return {};
  }
}

/** How urgently somebody should look: waiting for a decision, then alarms, then offline. */
export function urgency(device: Device): number {
  if (device.status === "pending") return 3;
  if (device.status === "refused") return -1;
  if (device.alarms.length) return 2;
  return device.online ? 0 : 1;
}

/** The most urgent first; among equals by number. */
export function inOrder(devices: readonly Device[]): Device[] {
  return [...devices].sort((a, b) => urgency(b) - urgency(a) || a.mn.localeCompare(b.mn));
}

export interface SentCode {
  code: string;
  value: string;
}

/** The codes in a frame of HJ 212 with their values, each once: `w01001-Rtd=7.2` and the like. */
export function sentCodes(frame: string): SentCode[] {
  const found = new Map<string, string>();
  for (const [, code, value] of frame.matchAll(/\b([A-Za-z]\w{1,9})-(?:Rtd|ZsRtd|Avg|Cou)=([^,;&]*)/g)) {
    if (!found.has(code!)) found.set(code!, value!);
  }
  return [...found].map(([code, value]) => ({ code, value }));
}

/** Seconds as the largest unit that says them: `0.4 s`, `12 min`, `3 h`. */
export function shortSpan(seconds: number | null | undefined, speaker: Speaker, words: Words): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "–";
  const f = words as (key: string, named: Record<string, string | number>) => string;
  if (seconds < 90) return f("device.seconds", { n: speaker.value(seconds, { decimals: seconds < 10 ? 1 : 0 }) });
  if (seconds < 90 * 60) return f("device.minutes", { n: speaker.count(Math.round(seconds / 60)) });
  return f("device.hours", { n: speaker.decimal(seconds / 3600, seconds < 36_000 ? 1 : 0) });
}

/** A rate against its plan, held between none and all. */
export const held = (rate: number | null | undefined): number => Math.min(Math.max(rate ?? 0, 0), 1);

/** The list as a table to take along. */
export function deviceTable(devices: readonly Device[], speaker: Speaker, words: Words): TableView {
  const f = words as (key: string) => string;
  return {
    caption: f("device.caption"),
    columns: [
      { label: "MN" },
      { label: f("event.statusLabel") },
      { label: f("device.online") },
      { label: f("device.station") },
      { label: f("device.lastSeen") },
      { label: f("device.expected"), numeric: true },
      { label: f("device.got"), numeric: true },
      { label: f("device.valid"), numeric: true },
      { label: f("device.rate"), numeric: true },
      { label: f("device.validity"), numeric: true },
      { label: f("device.alarms") },
    ],
    rows: devices.map((it) => [
      { text: it.mn },
      { text: f(`device.status.${it.status}`) },
      { text: it.online ? "1" : "0" },
      { text: it.station || speaker.say(it.name) },
      { text: it.last_seen ?? "" },
      { text: String(it.today.expected) },
      { text: String(it.today.received) },
      { text: String(it.today.valid) },
      { text: String(it.today.rate ?? "") },
      { text: String(it.today.validity_rate ?? "") },
      { text: it.alarms.map((alarm) => alarm.kind).join(";") },
    ]),
  };
}
