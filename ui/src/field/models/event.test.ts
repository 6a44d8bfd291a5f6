import { describe, expect, it } from "vitest";
import type { EventBrief } from "@/api/field";
import { eventPoints, inBox, lasted, news, ordered, statusOf } from "./event";

const event = (id: string, patch: Partial<EventBrief> = {}): EventBrief => ({
  id,
  kind: "exceedance",
  kind_name: {},
  title: { en: id },
  status: "open",
  severity: 2,
  severity_name: {},
  station: "s",
  station_name: null,
  depth: "",
  properties: [],
  stations: [],
  baseline: null,
  unit: null,
  property: "NH3N",
  longitude: 114,
  latitude: 22,
  opened: "2026-01-01T00:00:00Z",
  updated: "2026-01-01T00:00:00Z",
  ended: null,
  peak: null,
  change: "new",
  reasons: [],
  sure: 1,
  generated: false,
  ...patch,
});

describe("the list of events", () => {
  it("puts the open before the ended, the grave before the light, the new before the old", () => {
    const given = [
      event("ended", { status: "ended", severity: 4, updated: "2026-02-01T00:00:00Z" }),
      event("old"),
      event("new", { updated: "2026-01-02T00:00:00Z" }),
      event("grave", { severity: 4 }),
    ];
    expect(ordered(given).map((it) => it.id)).toEqual(["grave", "new", "old", "ended"]);
  });

  it("holds only what lies in the map's view when asked", () => {
    const given = [event("in"), event("out", { longitude: 120 }), event("nowhere", { longitude: null })];
    expect(inBox(given, [113, 21, 115, 23]).map((it) => it.id)).toEqual(["in"]);
    expect(inBox(given, null)).toHaveLength(3);
    expect(eventPoints(given, "in").features.map((it) => it.properties?.["chosen"])).toEqual([true, false]);
  });

  it("tells what is new, worse and ended since it was read last", () => {
    const before = [event("a"), event("b"), event("c")];
    const now = [event("a", { severity: 3 }), event("b", { status: "ended" }), event("c"), event("d"), event("e", { status: "ended" })];
    expect(news(before, now).map(({ event: { id }, what }) => `${id} ${what}`)).toEqual(["a worse", "b ended", "d new"]);
  });

  it("reads the status of a link, and shows the open ones where it says none", () => {
    expect(statusOf("ended")).toBe("ended");
    expect(statusOf("nonsense")).toBe("open");
    expect(lasted("2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z")).toBe(3600);
  });
});
