/** The parts of the API that devices, reviews, events and traces speak through, and the key with which one may write. */
import { apiUrl, getJson, type Query } from "./client";
import { postJson } from "./door";
import type { Medium, Page, Text } from "./types";

export { apiKey, postJson, refusesCaller, useKey } from "./door";

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
  standard: string;
  /** A value is flagged where it … */
  meaning: string;
  source: string;
}

/** One series with the flag stored of every value, and what each test says of it now, in flags of QARTOD. */
export interface ReviewSeries {
  station: string;
  property: string;
  depth: string;
  averaging: string;
  unit: string;
  time: number[];
  value: number[];
  censoring: string[];
  flag: number[];
  /** One column a test, and `aggregate`. */
  tests: Record<string, number[]>;
  reviews: ReviewEntry[];
  /** False where the span holds more values than were sent. */
  whole: boolean;
}

/** A flag that a person has set over a span; `to` is not in it. */
export interface ReviewEntry {
  id: number;
  station: string;
  property: string;
  depth: string;
  averaging: string;
  from: string;
  to: string;
  flag: number;
  reason: string;
  who: string;
  made: string;
  /** Values whose flag changed. */
  changed: number;
  reverted: string | null;
  reverted_by: string;
  reverted_reason: string;
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
  kind_name: Text;
  title: Text;
  status: "open" | "ended";
  severity: number;
  severity_name: Text;
  station: string;
  station_name: Text | null;
  property: string | null;
  depth: string;
  properties: string[];
  stations: string[];
  longitude: number | null;
  latitude: number | null;
  opened: string;
  updated: string;
  ended: string | null;
  peak: number | null;
  /** What it should have been: the usual value, or the limit. */
  baseline: number | null;
  unit: string | null;
  change: Change;
  reasons: Text[];
  sure: number;
  generated: boolean;
  /** The case that answers for it, as far as the caller sees one. */
  case?: { id: string; state: Text } | null;
}

export interface EventDetail extends EventBrief {
  series: {
    property: string;
    depth: string;
    averaging: string;
    unit: string;
    time: number[];
    value: number[];
    flag: number[];
  } | null;
  timeline: { time: string; what: string; text: Text; severity: number; station: string; property: string | null; kind: string }[];
  /** Ids of other events of the same stations that began within a day of it. */
  related: string[];
}

/** A generated incident that runs in this home; nulls where none does. */
export interface Playing {
  /** Times faster than time. */
  rate: number | null;
  clock: string | null;
}

export interface EventQuery extends Query {
  status?: "open" | "ended" | "all";
  kind?: string;
  station?: string;
  from?: string;
  to?: string;
  bbox?: string;
  limit?: number;
  offset?: number;
}

export interface Between<T> {
  median: T;
  interval: [T, T];
}

/** A site of a network as far as a trace names it. */
export interface TracePlace {
  id: string;
  name: Text;
  longitude: number;
  latitude: number;
}

export interface Trace {
  event: string | null;
  network: string;
  generated: boolean;
  section: TracePlace;
  property: string;
  sections: string[];
  identifiable: boolean;
  /** Time of the newest value that was read. */
  as_of: string | null;
  /** The sections that the cloud has passed, downstream. */
  passed: (TracePlace & { peak: string | null })[];
  warnings: Text[];
  where: { reach: string; km: number; interval: [number, number] };
  when: Between<string | null>;
  duration_h: Between<number>;
  mass: (Between<number> & { unit: string; property: string }) | null;
  posterior: { reach: string; from_km: number; to_km: number; p: number }[];
  isochrones: { reach: string; hours: number }[];
  suspects: Suspect[];
  /** Probability that it was none of the known outlets. */
  none_of_them: number;
  downstream: (TracePlace & {
    kind: string;
    km: number;
    arrival: Between<string | null>;
    peak: Between<string | null>;
    end: Between<string | null>;
    concentration: Between<number> | null;
  })[];
  /** Points of every reach named. */
  lines?: Record<string, [number, number][]> | null;
}

export interface Suspect {
  outlet: string;
  name: Text;
  longitude: number;
  latitude: number;
  industry: string | null;
  probability: number;
  distance_km: number;
  travel_time_h: Between<number>;
  release: Between<string | null>;
  evidence: { kind: string; what: Text; weight: number }[];
}

export interface Network {
  id: string;
  name: Text;
  generated: boolean;
  reaches: number;
  catchments: number;
  sections: number;
  outlets: number;
}

/** What stands on a network. */
export interface NetworkSite {
  id: string;
  kind: string;
  name: Text;
  longitude: number;
  latitude: number;
  reach: string;
  station: string | null;
}

const id = encodeURIComponent;

export const field = {
  devices: (query: DeviceQuery = {}, signal?: AbortSignal) => getJson<Page<Device>>(apiUrl("devices", query), signal),
  device: (mn: string, signal?: AbortSignal) => getJson<DeviceDetail>(apiUrl(`devices/${id(mn)}`), signal),
  approve: (mn: string, body: Approval) => postJson<DeviceDetail>(apiUrl(`devices/${id(mn)}/approve`), body),
  refuse: (mn: string) => postJson<DeviceDetail>(apiUrl(`devices/${id(mn)}/refuse`), {}),

  review: (query: Query, signal?: AbortSignal) => getJson<ReviewSeries>(apiUrl("review", query), signal),
  setFlag: (body: ReviewOrder) => postJson<ReviewEntry>(apiUrl("review"), body),
  revert: (entry: number, body: { reason: string; who: string }) =>
    postJson<ReviewEntry>(apiUrl(`review/${entry}/revert`), body),
  reviewHistory: (query: Query, signal?: AbortSignal) => getJson<Page<ReviewEntry>>(apiUrl("review/history", query), signal),
  qualityTests: (signal?: AbortSignal) => getJson<Page<QualityTest>>(apiUrl("quality/tests"), signal),

  events: (query: EventQuery = {}, signal?: AbortSignal) => getJson<Page<EventBrief>>(apiUrl("events", query), signal),
  playing: (signal?: AbortSignal) => getJson<Playing>(apiUrl("events/playing", {}), signal),
  event: (event: string, signal?: AbortSignal) => getJson<EventDetail>(apiUrl(`events/${id(event)}`), signal),
  endEvent: (event: string) => postJson<EventDetail>(apiUrl(`events/${id(event)}/end`), {}),
  trace: (event: string, signal?: AbortSignal) => getJson<Trace>(apiUrl("trace", { event, lines: true }), signal),

  networks: (signal?: AbortSignal) => getJson<{ networks: Network[] }>(apiUrl("network"), signal),
  sites: (query: Query, signal?: AbortSignal) => getJson<Page<NetworkSite>>(apiUrl("network/sites", query), signal),
  reaches: (query: Query, signal?: AbortSignal) =>
    getJson<GeoJSON.FeatureCollection<GeoJSON.LineString | GeoJSON.MultiLineString>>(apiUrl("network/reaches", query), signal),
};
