/**
 * The one door to the server.
 *
 * Every request is relative to this page's own server, may be aborted, and either answers data or throws a
 * {@link Problem} that says what is wrong, where, and how to mend it. Repeated requests are cheap: the server sends
 * an ETag and the browser's own cache revalidates it.
 */
import type {
  AssessmentRow,
  Comparison,
  Crosswalk,
  Depth,
  Explanation,
  Granularity,
  Health,
  Hit,
  Layer,
  Matrix,
  Meta,
  Observation,
  Outline,
  Page,
  PlaceKind,
  Portrait,
  PortraitList,
  RuleSetDetail,
  RuleSet,
  Series,
  Span,
  Station,
  StationDetail,
  Target,
  Timeline,
  Zone,
  ZoneDetail,
} from "./types";

/** What went wrong, where, and the way out, as the server's problem+json says it. */
export class Problem extends Error {
  constructor(
    /** HTTP status; 0 where no answer came at all. */
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly where: string,
    /** The way out; empty where the server knows none. */
    readonly mend: string,
  ) {
    super(detail || title);
    this.name = "Problem";
  }

  /** True where the same request may well succeed later. */
  get retryable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>;

/** A path of the API with its query; empty and absent parameters are left out. */
export function apiUrl(path: string, query: Query = {}): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.set(key, String(value));
  }
  const text = search.toString();
  return `/api/${path}${text ? `?${text}` : ""}`;
}

/** True for the error of a request that we ourselves gave up. */
export function aborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** Any thrown thing as a {@link Problem}. */
export function asProblem(error: unknown, where = ""): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, "unexpected", error instanceof Error ? error.message : String(error), where, "");
}

/** The problem that a refusing answer tells. */
export async function problemOf(response: Response, url: string): Promise<Problem> {
  try {
    const body = (await response.json()) as Partial<Record<"title" | "detail" | "where" | "mend", unknown>>;
    const text = (value: unknown) => (typeof value === "string" ? value : "");
    return new Problem(
      response.status,
      text(body.title) || response.statusText,
      text(body.detail),
      text(body.where) || url,
      text(body.mend),
    );
  } catch {
    return new Problem(response.status, response.statusText || "error", "", url, "");
  }
}

/** GET `url` as JSON. */
export async function getJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, { signal, headers: { accept: "application/json" } });
  } catch (error) {
    if (aborted(error)) throw error;
    throw new Problem(0, "unreachable", error instanceof Error ? error.message : "", url, "");
  }
  if (!response.ok) throw await problemOf(response, url);
  try {
    return (await response.json()) as T;
  } catch (error) {
    if (aborted(error)) throw error;
    throw new Problem(response.status, "unreadable", error instanceof Error ? error.message : "", url, "");
  }
}

const id = encodeURIComponent;

export interface StationQuery extends Query {
  medium?: string;
  zone?: string;
  bbox?: string;
  located?: boolean;
  q?: string;
  limit?: number;
  cursor?: string;
}

export interface AssessmentQuery extends Query {
  standard: string;
  granularity?: Granularity;
  period?: string;
  from?: string;
  to?: string;
  depth?: Depth | "";
  property?: string;
  station?: string;
  zone?: string;
  limit?: number;
  cursor?: string;
}

export interface ObservationQuery extends Query {
  station: string;
  property?: string;
  depth?: string;
  from?: string;
  to?: string;
  as_of?: string;
  limit?: number;
  cursor?: string;
}

export interface ExplainQuery extends Query {
  station: string;
  standard: string;
  period: string;
  depth?: Depth | "";
}

export interface ZoneQuery extends Query {
  standard?: string;
  granularity?: Granularity;
  depth?: Depth | "";
}

export interface PortraitQuery extends Query {
  standard: string;
  granularity?: Span;
  period?: string;
  depth?: Depth | "";
  target?: string;
}

/** The API, one function a resource. */
export const api = {
  health: (signal?: AbortSignal) => getJson<Health>(apiUrl("health"), signal),
  meta: (signal?: AbortSignal) => getJson<Meta>(apiUrl("meta"), signal),
  standards: (signal?: AbortSignal) => getJson<Page<RuleSet>>(apiUrl("standards"), signal),
  standard: (standard: string, signal?: AbortSignal) =>
    getJson<RuleSetDetail>(apiUrl(`standards/${id(standard)}`), signal),
  stations: (query: StationQuery = {}, signal?: AbortSignal) =>
    getJson<Page<Station>>(apiUrl("stations", query), signal),
  station: (station: string, signal?: AbortSignal) => getJson<StationDetail>(apiUrl(`stations/${id(station)}`), signal),
  observations: (query: ObservationQuery, signal?: AbortSignal) =>
    getJson<Page<Observation>>(apiUrl("observations", query), signal),
  series: (query: ObservationQuery & { property: string }, signal?: AbortSignal) =>
    getJson<Series>(apiUrl("observations", { ...query, format: "columns" }), signal),
  assessments: (query: AssessmentQuery, signal?: AbortSignal) =>
    getJson<Page<AssessmentRow>>(apiUrl("assessments", query), signal),
  matrix: (query: AssessmentQuery, signal?: AbortSignal) =>
    getJson<Matrix>(apiUrl("assessments", { ...query, shape: "matrix" }), signal),
  explain: (query: ExplainQuery, signal?: AbortSignal) => getJson<Explanation>(apiUrl("explain", query), signal),
  zones: (query: ZoneQuery = {}, signal?: AbortSignal) => getJson<Page<Zone>>(apiUrl("zones", query), signal),
  zone: (zone: string, query: ZoneQuery = {}, signal?: AbortSignal) =>
    getJson<ZoneDetail>(apiUrl(`zones/${id(zone)}`, query), signal),
  portraits: (kind: PlaceKind, query: PortraitQuery, signal?: AbortSignal) =>
    getJson<PortraitList>(apiUrl("portraits", { kind, ...query }), signal),
  portrait: (kind: PlaceKind, place: string, query: PortraitQuery, signal?: AbortSignal) =>
    getJson<Portrait>(apiUrl(`portraits/${kind}/${id(place)}`, query), signal),
  crosswalk: (signal?: AbortSignal) => getJson<Crosswalk>(apiUrl("crosswalk"), signal),
  compare: (query: { property: string; on: string; use?: string }, signal?: AbortSignal) =>
    getJson<Comparison>(apiUrl("compare", query), signal),
  targets: (signal?: AbortSignal) => getJson<Page<Target>>(apiUrl("targets"), signal),
  timeline: (query: { medium?: string; granularity?: Granularity } = {}, signal?: AbortSignal) =>
    getJson<Timeline>(apiUrl("timeline", query), signal),
  search: (q: string, limit = 12, signal?: AbortSignal) => getJson<Page<Hit>>(apiUrl("search", { q, limit }), signal),
  outline: (at: string, signal?: AbortSignal) => getJson<Outline>(apiUrl("outline", { at }), signal),
  layers: (signal?: AbortSignal) => getJson<Page<Layer>>(apiUrl("layers"), signal),
  layer: (layer: string, signal?: AbortSignal) =>
    getJson<GeoJSON.FeatureCollection>(apiUrl(`layers/${id(layer)}`), signal),
};
