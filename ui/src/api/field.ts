/** The parts of the API that devices, reviews, events and traces speak through, and the key with which one may write. */
import { ref } from "vue";
import { aborted, apiUrl, getJson, Problem, problemOf, type Query } from "./client";
import type { Medium, Page, Text } from "./types";

// ---- Devices -------------------------------------------------------------------------------------------------------

export type DeviceStatus = "approved" | "pending" | "refused";

export interface Channel {
  code: string;
  property: string;
  unit: string;
}

export interface DeviceAlarm {
  kind: string;
  since: string;
  text: Text;
}

export interface Device {
  mn: string;
  station: string | null;
  name: Text | null;
  status: DeviceStatus;
  online: boolean;
  last_seen: string | null;
  version: string;
  transport: { door: string };
  channels: Channel[];
  today: {
    expected: number;
    received: number;
    valid: number;
    late: number;
    rate: number | null;
    validity_rate: number | null;
    delay_p50_s: number | null;
    delay_p95_s: number | null;
  };
  alarms: DeviceAlarm[];
  /** True for a simulated device. */
  generated: boolean;
}

export interface DeviceDay {
  date: string;
  expected: number;
  received: number;
  valid: number;
  transmission_rate: number | null;
  validity_rate: number | null;
  late: number;
  delay_p50_s: number | null;
  delay_p95_s: number | null;
}

/** What is laid down for a device when it is approved. */
export interface Approval {
  station?: string;
  new_station?: { name: string; medium: Medium; longitude: number | null; latitude: number | null };
  channels: { code: string; unit: string }[];
}

export interface DeviceDetail extends Device {
  days: DeviceDay[];
  last_frames: { time: string; text: string; read: boolean; why: string }[];
  /** The newest frame of a device that nobody has decided upon. */
  pending: { first_seen: string; frames: number; sample: string } | null;
  rates_note: Text;
}

export interface DeviceQuery extends Query {
  status?: DeviceStatus;
  q?: string;
  online?: boolean;
  limit?: number;
  cursor?: string;
}

// ---- Review --------------------------------------------------------------------------------------------------------

export interface QualityTest {
  id: string;
  name: Text;
  parameters?: { name: string; unit: string; text?: Text }[];
  source?: string;
}

/** A series with the verdict of every test on every point; `tests` holds one column a test, in flags of QARTOD. */
export interface ReviewSeries {
  station: string;
  property: string;
  unit: string;
  depth: string[];
  averaging?: string[];
  time: number[];
  value: number[];
  flag: number[];
  tests: Record<string, number[]>;
  manual?: (string | null)[];
}

export interface ReviewEntry {
  id: string;
  station: string;
  property: string;
  depth: string;
  averaging: string;
  from: string;
  to: string;
  flag: number;
  reason: string;
  who: string;
  time: string;
  values?: number;
  reverted: { who: string; time: string; reason: string } | null;
}

export interface ReviewOrder {
  station: string;
  property: string;
  depth: string;
  averaging: string;
  from: string;
  to: string;
  flag: number;
  reason: string;
  who: string;
}

// ---- Events and traces ---------------------------------------------------------------------------------------------

export type Change = "new" | "worse" | "lowered" | "ended";

export interface EventBrief {
  id: string;
  kind: string;
  title: Text;
  status: "open" | "ended";
  severity: number;
  station: string;
  property: string;
  longitude: number | null;
  latitude: number | null;
  opened: string;
  updated: string;
  ended: string | null;
  peak: number | null;
  change: Change | "";
  reasons: Text[];
  sure: number | null;
  generated: boolean;
}

export interface EventDetail extends EventBrief {
  series: { time: number[]; value: (number | null)[]; unit?: string } | null;
  baseline: {
    time: number[];
    value: (number | null)[];
    low?: (number | null)[];
    high?: (number | null)[];
    limit?: number | null;
  } | null;
  timeline: { time: string; what: Text | string }[];
  related: EventBrief[];
}

export interface EventQuery extends Query {
  status?: "open" | "ended" | "all";
  kind?: string;
  station?: string;
  from?: string;
  to?: string;
  bbox?: string;
  limit?: number;
  cursor?: string;
}

export interface Between<T> {
  median: T;
  interval: [T, T];
}

export interface Trace {
  event: string;
  section: { station?: string; name?: Text | string; longitude?: number; latitude?: number } | string | null;
  identifiable: boolean;
  warnings: (Text | string)[];
  where: { reach: string; km: number; interval: [number, number] } | null;
  when: Between<string> | null;
  mass: Between<number> | null;
  posterior: { reach: string; from_km: number; to_km: number; p: number }[];
  isochrones: { reach: string; hours: number }[];
  suspects: Suspect[];
  downstream: { kind: string; name: Text | string; km: number; arrival: Between<string> | null }[];
  generated: boolean;
}

export interface Suspect {
  outlet: string;
  name: Text | string;
  probability: number;
  travel_time_h: number | null;
  evidence: { what: Text | string; weight: number }[];
  longitude?: number | null;
  latitude?: number | null;
}

export interface Network {
  id: string;
  name: Text | string;
  generated: boolean;
  reaches: number;
  catchments: number;
  outlets: number;
}

// ---- Doors ---------------------------------------------------------------------------------------------------------

const KEY = "clearbay.key";

function keptKey(): string {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

/** The API key of this tab; empty where there is none. */
export const apiKey = ref(typeof sessionStorage === "undefined" ? "" : keptKey());

/** Use a key from now on, or none; it stays in this tab. */
export function useKey(text: string): void {
  apiKey.value = text.trim();
  try {
    if (apiKey.value) sessionStorage.setItem(KEY, apiKey.value);
    else sessionStorage.removeItem(KEY);
  } catch {
    // A browser that keeps nothing still uses it until the page goes.
  }
}

/** True where the server asks who is calling, or does not let this caller write. */
export const refusesCaller = (problem: Problem | null): boolean => problem?.status === 401 || problem?.status === 403;

/** POST `body` as JSON, with the key of this tab. */
export async function postJson<T>(url: string, body: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      signal,
      headers: {
        "content-type": "application/json",
        accept: "application/json",
        ...(apiKey.value ? { authorization: `Bearer ${apiKey.value}` } : {}),
      },
      body: JSON.stringify(body),
    });
  } catch (error) {
    if (aborted(error)) throw error;
    throw new Problem(0, "unreachable", error instanceof Error ? error.message : "", url, "");
  }
  if (!response.ok) throw await problemOf(response, url);
  const text = await response.text();
  return (text ? JSON.parse(text) : null) as T;
}

const id = encodeURIComponent;

export const field = {
  devices: (query: DeviceQuery = {}, signal?: AbortSignal) => getJson<Page<Device>>(apiUrl("devices", query), signal),
  device: (mn: string, signal?: AbortSignal) => getJson<DeviceDetail>(apiUrl(`devices/${id(mn)}`), signal),
  approve: (mn: string, body: Approval) => postJson<DeviceDetail>(apiUrl(`devices/${id(mn)}/approve`), body),
  refuse: (mn: string) => postJson<DeviceDetail>(apiUrl(`devices/${id(mn)}/refuse`), {}),

  review: (query: Query, signal?: AbortSignal) => getJson<ReviewSeries>(apiUrl("review", query), signal),
  setFlag: (body: ReviewOrder) => postJson<{ id: string; values?: number }>(apiUrl("review"), body),
  revert: (entry: string, body: { reason: string; who: string }) =>
    postJson<unknown>(apiUrl(`review/${id(entry)}/revert`), body),
  reviewHistory: (query: Query, signal?: AbortSignal) => getJson<Page<ReviewEntry>>(apiUrl("review/history", query), signal),
  qualityTests: (signal?: AbortSignal) => getJson<Page<QualityTest>>(apiUrl("quality/tests"), signal),

  events: (query: EventQuery = {}, signal?: AbortSignal) => getJson<Page<EventBrief>>(apiUrl("events", query), signal),
  event: (event: string, signal?: AbortSignal) => getJson<EventDetail>(apiUrl(`events/${id(event)}`), signal),
  trace: (event: string, signal?: AbortSignal) => getJson<Trace>(apiUrl("trace", { event }), signal),

  networks: (signal?: AbortSignal) => getJson<{ networks: Network[] }>(apiUrl("network"), signal),
  reaches: (query: Query, signal?: AbortSignal) =>
    getJson<GeoJSON.FeatureCollection<GeoJSON.LineString | GeoJSON.MultiLineString>>(apiUrl("network/reaches", query), signal),
};
