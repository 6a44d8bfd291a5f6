/** The state of the page as a query string and back: pure, so that every link can be tested without a browser. */
import { LANGUAGES, PLACE_KINDS, type Depth, type Granularity, type Language, type PlaceKind } from "./api/types";

export type Theme = "system" | "light" | "dark";
export type ViewName =
  | "map"
  | "list"
  | "events"
  | "trace"
  | "devices"
  | "portraits"
  | "targets"
  | "rules"
  | "about"
  | "desk"
  | "case"
  | "cases"
  | "leader"
  | "notices"
  | "handle"
  | "complain"
  | "follow";
/** A span longer than the periods of the map: it has the label of its last month or year. */
export type LongSpan = "12months" | "3years";

/** What is selected: a station or a zone. */
export interface Selection {
  kind: "station" | "zone";
  id: string;
}

/** A kind of place that is portrayed, and which one; an empty id lists all of the kind. */
export interface PortrayedPlace {
  kind: PlaceKind;
  id: string;
}

/** Where the map looks: WGS 84 degrees and a zoom. */
export interface Place {
  lon: number;
  lat: number;
  zoom: number;
}

/** Everything that a link carries. */
export interface PageState {
  /** Rule set that colours the map; empty until the default is known. */
  rule: string;
  /** Other side of the comparison: a rule set, with `@period` where it shows another time; empty where there is none. */
  compare: string;
  /** Period shown (`2019`, `2019-Q3`, `2019-07`); empty until the newest one is known. */
  t: string;
  /** Granularity of the periods. */
  g: Granularity;
  depth: Depth;
  /** One property that alone judges; empty for the whole rule set. */
  property: string;
  /** Layers switched on; null for those that are on by default. */
  layers: string[] | null;
  sel: Selection | null;
  view: ViewName;
  /** The place of the portraits. */
  place: PortrayedPlace;
  /** The span of the portraits where it is longer than the map's periods; empty where it is the same. */
  span: LongSpan | "";
  /** The indicator under which the rule sets stand side by side; empty until the first one is known. */
  indicator: string;
  /** The day on which they are compared (`2019-07-03`); empty for today. */
  on: string;
  /** The use of the water whose demands are marked; empty for none. */
  use: string;
  /** The device whose page is open, by its MN; empty for the list. */
  device: string;
  /** The event that is open, by its id; empty for the list. */
  event: string;
  /** The case that is open, by its id; empty for none, `new` for one that is about to be opened. */
  case: string;
  /** The river network shown, by its id; empty for none. */
  net: string;
  /** What the list of devices or of events is narrowed to; empty for what it shows at first. */
  only: string;
  /** The kind of events shown; empty for all. */
  kind: string;
  /** Language chosen by the person; null follows the browser. */
  lang: Language | null;
  theme: Theme;
  at: Place | null;
}

export const INITIAL: PageState = {
  rule: "",
  compare: "",
  t: "",
  g: "year",
  depth: "mean",
  property: "",
  layers: null,
  sel: null,
  view: "map",
  place: { kind: "zone", id: "" },
  span: "",
  indicator: "",
  on: "",
  use: "",
  device: "",
  event: "",
  case: "",
  net: "",
  only: "",
  kind: "",
  lang: null,
  theme: "system",
  at: null,
};

const GRANULARITIES: readonly Granularity[] = ["year", "season", "month", "day", "hour"];
const DEPTHS: readonly Depth[] = ["mean", "surface", "middle", "bottom"];
const VIEWS: readonly ViewName[] = [
  "map",
  "list",
  "events",
  "trace",
  "devices",
  "portraits",
  "targets",
  "rules",
  "about",
  "desk",
  "case",
  "cases",
  "leader",
  "notices",
  "handle",
  "complain",
  "follow",
];
const SPANS: readonly (LongSpan | "")[] = ["", "12months", "3years"];
const THEMES: readonly Theme[] = ["system", "light", "dark"];

function oneOf<T extends string>(value: string | null, allowed: readonly T[], otherwise: T): T {
  return allowed.includes(value as T) ? (value as T) : otherwise;
}

function selectionOf(text: string | null): Selection | null {
  const [, kind, id] = /^(station|zone):(.+)$/.exec(text ?? "") ?? [];
  return kind && id ? { kind: kind as Selection["kind"], id } : null;
}

function portrayedOf(text: string | null): PortrayedPlace {
  const [, kind, id = ""] = /^(\w+)(?::(.+))?$/.exec(text ?? "") ?? [];
  return (PLACE_KINDS as readonly (string | undefined)[]).includes(kind)
    ? { kind: kind as PlaceKind, id }
    : { ...INITIAL.place };
}

function placeOf(text: string | null): Place | null {
  const [lon, lat, zoom] = (text ?? "").split(",").map(Number);
  const numbers = [lon, lat, zoom].every((n) => n !== undefined && Number.isFinite(n));
  if (!numbers || text === null || Math.abs(lon!) > 180 || Math.abs(lat!) > 90) return null;
  return { lon: lon!, lat: lat!, zoom: Math.min(Math.max(zoom!, 0), 20) };
}

/** The state that a query string asks for; what it does not say, or says wrongly, stays as it is at first. */
export function parse(search: string): PageState {
  const query = new URLSearchParams(search);
  const lang = query.get("lang");
  const layers = query.get("layers");
  return {
    rule: query.get("rule") ?? "",
    compare: query.get("compare") ?? "",
    t: /^\d{4}(-Q[1-4]|-\d{2}(-\d{2}(T\d{2})?)?)?$/.test(query.get("t") ?? "") ? query.get("t")! : "",
    g: oneOf(query.get("g"), GRANULARITIES, INITIAL.g),
    depth: oneOf(query.get("depth"), DEPTHS, INITIAL.depth),
    property: query.get("property") ?? "",
    layers: layers === null ? null : layers.split(",").filter((id) => id && id !== "none"),
    sel: selectionOf(query.get("sel")),
    view: oneOf(query.get("view"), VIEWS, INITIAL.view),
    place: portrayedOf(query.get("place")),
    span: oneOf(query.get("span"), SPANS, INITIAL.span),
    indicator: query.get("indicator") ?? "",
    on: /^\d{4}-\d{2}-\d{2}$/.test(query.get("on") ?? "") ? query.get("on")! : "",
    use: query.get("use") ?? "",
    device: query.get("device") ?? "",
    event: query.get("event") ?? "",
    case: query.get("case") ?? "",
    net: query.get("net") ?? "",
    only: query.get("only") ?? "",
    kind: query.get("kind") ?? "",
    lang: (LANGUAGES as readonly (string | null)[]).includes(lang) ? (lang as Language) : null,
    theme: oneOf(query.get("theme"), THEMES, INITIAL.theme),
    at: placeOf(query.get("at")),
  };
}

const round = (value: number, decimals: number) => String(Number(value.toFixed(decimals)));

/** A place as links write it. */
export function placeText(at: Place): string {
  return [round(at.lon, 4), round(at.lat, 4), round(at.zoom, 2)].join(",");
}

/** The shortest query string that leads back to `state`, with its `?`; empty for the first state. */
export function format(state: PageState): string {
  const parts: [string, string][] = [];
  const put = (key: string, value: string, initial: string) => {
    if (value !== initial) parts.push([key, value]);
  };
  put("rule", state.rule, "");
  put("compare", state.compare, "");
  put("t", state.t, "");
  put("g", state.g, INITIAL.g);
  put("depth", state.depth, INITIAL.depth);
  put("property", state.property, "");
  if (state.layers) parts.push(["layers", state.layers.join(",") || "none"]);
  if (state.sel) parts.push(["sel", `${state.sel.kind}:${state.sel.id}`]);
  put("view", state.view, INITIAL.view);
  const { kind, id } = state.place;
  put("place", id ? `${kind}:${id}` : kind, INITIAL.place.kind);
  put("span", state.span, "");
  put("indicator", state.indicator, "");
  put("on", state.on, "");
  put("use", state.use, "");
  put("device", state.device, "");
  put("event", state.event, "");
  put("case", state.case, "");
  put("net", state.net, "");
  put("only", state.only, "");
  put("kind", state.kind, "");
  put("lang", state.lang ?? "", "");
  put("theme", state.theme, INITIAL.theme);
  if (state.at) parts.push(["at", placeText(state.at)]);
  // Colons and commas are legal in a query and keep the link readable.
  const text = parts
    .map(
      ([key, value]) =>
        `${key}=${encodeURIComponent(value).replace(/%3A/g, ":").replace(/%2C/g, ",").replace(/%40/g, "@")}`,
    )
    .join("&");
  return text ? `?${text}` : "";
}

/** The two parts of a comparison: `hk.wqo-marine`, or `cn.gb3097-1997@1996` for another time. */
export function compareOf(text: string): { rule: string; period: string } | null {
  const [rule = "", period = ""] = text.split("@");
  return rule ? { rule, period } : null;
}

export function formatCompare(rule: string, period = ""): string {
  return period ? `${rule}@${period}` : rule;
}
