/**
 * The one reactive store: what the link says, and what the server says about itself.
 *
 * Read `state` anywhere; change it only through {@link change}, {@link select} and {@link open}, so that the address
 * bar, the history and the page never disagree. A selection is a new history entry; dragging a slider or the map
 * replaces the current one.
 */
import { computed, reactive, readonly, ref, shallowRef, watch } from "vue";
import { api, asProblem, type Problem } from "./api/client";
import { LANGUAGES, type Grade, type Language, type Meta, type Property, type RuleSet } from "./api/types";
import {
  compareOf,
  format,
  parse,
  type PageState,
  type Place,
  type PortrayedPlace,
  type Selection,
  type ViewName,
} from "./permalink";

/** The rule set shown first; where the server does not know it, its first one for the sea is shown. */
export const FIRST_RULE = "cn.gb3097-1997";

const remembered = {
  get(key: string): string | null {
    try {
      return localStorage.getItem(`clearbay.${key}`);
    } catch {
      return null;
    }
  },
  set(key: string, value: string) {
    try {
      localStorage.setItem(`clearbay.${key}`, value);
    } catch {
      // A browser that keeps nothing still shows everything.
    }
  },
};

function initial(): PageState {
  const state = parse(location.search);
  const asked = new URLSearchParams(location.search);
  const lang = remembered.get("lang");
  const theme = remembered.get("theme");
  if (!state.lang && (LANGUAGES as readonly (string | null)[]).includes(lang)) state.lang = lang as Language;
  if (!asked.has("theme") && (theme === "light" || theme === "dark")) state.theme = theme;
  return state;
}

const page = reactive<PageState>(initial());

/** The state of the page, as its link carries it. */
export const state = readonly(page) as Readonly<PageState>;

let pending: ReturnType<typeof setTimeout> | undefined;

function flush() {
  if (pending === undefined) return;
  clearTimeout(pending);
  pending = undefined;
  history.replaceState(null, "", location.pathname + format(page) + location.hash);
}

/**
 * Change the state. `replace` (the default) rewrites the current history entry, a moment later so that a drag does
 * not flood the history; `push` adds an entry that the Back button undoes.
 */
export function change(patch: Partial<PageState>, how: "push" | "replace" = "replace"): void {
  if (how === "push") flush();
  Object.assign(page, patch);
  if (patch.lang) remembered.set("lang", patch.lang);
  if (patch.theme) remembered.set("theme", patch.theme);
  if (how === "push") {
    history.pushState(null, "", location.pathname + format(page));
  } else if (pending === undefined) {
    pending = setTimeout(flush, 200);
  }
}

/** Select a station or a zone (or nothing); the Back button undoes it. */
export function select(sel: Selection | null): void {
  if (sel?.kind === page.sel?.kind && sel?.id === page.sel?.id) return;
  change({ sel }, "push");
}

/** Views that tell of no single station: what was selected on the map is put away. */
const ALONE: readonly ViewName[] = [
  "portraits",
  "targets",
  "rules",
  "devices",
  "events",
  "trace",
  "desk",
  "case",
  "cases",
  "leader",
  "notices",
  "handle",
  "complain",
  "follow",
];

/** Show the map, the list, or one of the pages beside them; the Back button undoes it. */
export function open(view: ViewName): void {
  if (view === page.view && !page.device && !page.event && !page.case) return;
  change(
    { view, sel: ALONE.includes(view) ? null : page.sel, device: "", event: "", case: "", only: "", kind: "" },
    "push",
  );
}

/** Open the page of a device, or (without one) the list; the Back button undoes it. */
export function openDevice(mn: string): void {
  change({ view: "devices", device: mn, sel: null }, "push");
}

/** Open an event beside the map, or its trace; without one the list. The Back button undoes it. */
export function openEvent(id: string, view: "events" | "trace" = "events"): void {
  change({ view, event: id, sel: null }, "push");
}

/** Open a case: its page, or (with `view` desk) its row on the desk. The Back button undoes it. */
export function openCase(id: string, view: "case" | "desk" | "handle" = "case"): void {
  change({ view, case: id, event: "", sel: null }, "push");
}

const GROUNDED: readonly ViewName[] = ["map", "events", "trace", "desk"];

/** Views whose ground is the map. */
export const onMap = computed(() => GROUNDED.includes(page.view) || (page.view === "case" && page.case === "new"));

/** Show the portrait of a place (or, without an id, all places of its kind); the Back button undoes it. */
export function portray(place: PortrayedPlace): void {
  change({ view: "portraits", place, sel: null }, "push");
}

/** The address of exactly what is shown now. */
export function permalink(): string {
  return location.origin + location.pathname + format(page);
}

if (typeof window !== "undefined") {
  window.addEventListener("popstate", () => {
    // The language and theme of a person do not travel back in time.
    const { lang, theme } = page;
    Object.assign(page, parse(location.search), { lang, theme });
  });
  window.addEventListener("pagehide", flush);
}

/** A place that the map should fly to; a new object asks again. */
export const destination = shallowRef<(Partial<Place> & { lon: number; lat: number }) | null>(null);

/** Ask the map to look at a place. */
export function goTo(place: Partial<Place> & { lon: number; lat: number }): void {
  destination.value = { ...place };
}

/** A polite sentence for screen readers; the shell speaks it. */
export const announcement = ref("");

export function announce(sentence: string): void {
  announcement.value = sentence;
}

// ---- What the server says about itself, read once -----------------------------------------------------------------

export const meta = shallowRef<Meta | null>(null);
export const metaProblem = shallowRef<Problem | null>(null);

let reading: Promise<void> | null = null;

/** Read `/api/meta` once; call again after a failure to try again. */
export function loadMeta(): Promise<void> {
  reading ??= api.meta().then(
    (answer) => {
      meta.value = answer;
      metaProblem.value = null;
    },
    (error: unknown) => {
      metaProblem.value = asProblem(error, "/api/meta");
      reading = null;
    },
  );
  return reading;
}

export const ruleSets = computed<RuleSet[]>(() => meta.value?.rule_sets ?? []);
const rulesById = computed(() => new Map(ruleSets.value.map((rule) => [rule.id, rule])));
const propertiesByCode = computed(() => new Map((meta.value?.properties ?? []).map((it) => [it.code, it])));

export function ruleSet(id: string): RuleSet | undefined {
  return rulesById.value.get(id);
}

export function property(code: string): Property | undefined {
  return propertiesByCode.value.get(code);
}

/** The rule set that colours the map. */
export const rule = computed<RuleSet | undefined>(() => ruleSet(page.rule));

export function grade(ruleId: string, gradeId: string | null): Grade | undefined {
  return ruleSet(ruleId)?.grades.find((it) => it.id === gradeId);
}

watch(
  meta,
  (known) => {
    if (!known) return;
    if (!ruleSet(page.rule)) {
      const first = ruleSet(FIRST_RULE) ?? known.rule_sets.find((it) => it.media.includes("sea")) ?? known.rule_sets[0];
      if (first) change({ rule: first.id });
    }
    if (page.compare && !ruleSet(compareOf(page.compare)?.rule ?? "")) change({ compare: "" });
    const granularities = rule.value?.granularities ?? [];
    if (granularities.length && !granularities.includes(page.g)) change({ g: granularities[0]! });
  },
  { flush: "sync" },
);

// ---- Theme ---------------------------------------------------------------------------------------------------------

const night = typeof matchMedia === "function" ? matchMedia("(prefers-color-scheme: dark)") : null;
const systemDark = ref(night?.matches ?? false);
night?.addEventListener("change", (event) => (systemDark.value = event.matches));

/** True where the page is dark now, by choice or by the system. */
export const dark = computed(() => page.theme === "dark" || (page.theme === "system" && systemDark.value));

/** The colour of a grade on the present background. */
export function colourOf(it: Grade): string {
  return dark.value ? it.colour_dark : it.colour;
}
