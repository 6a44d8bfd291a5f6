import { describe, expect, it } from "vitest";
import type { Series } from "@/api/types";
import type { CaseBrief, Dossier, Transition } from "../api";
import { powersOf } from "./acts";
import { chosenOf, EVERYTHING, linkOf } from "./choice";
import { byUrgency, clockReading, readingOf, spanWords } from "./clock";
import { casePoints, deskNews } from "./desk";
import { hoursIn, onTime, ranked } from "./figures";
import { needsOf, reachable } from "./needs";
import { courseOf } from "./series";

const NOW = Date.parse("2026-03-02T08:00:00Z");
const brief = (more: Partial<CaseBrief>): CaseBrief =>
  ({
    id: "PA-1", status: "open", severity: 2, due: null, suspended: null, late: false, worse: null,
    opened: "2026-03-01T00:00:00Z", longitude: 114, latitude: 22, ...more,
  }) as CaseBrief; // prettier-ignore

describe("a clock", () => {
  it("is late, due soon, in time, or stands still", () => {
    expect(readingOf(brief({ due: "2026-03-02T07:00:00Z" }), NOW)).toEqual({ state: "late", seconds: 3600 });
    expect(readingOf(brief({ due: "2026-03-03T08:00:00Z" }), NOW).state).toBe("soon");
    expect(readingOf(brief({ due: "2026-03-03T08:00:01Z" }), NOW).state).toBe("running");
    expect(readingOf(brief({ due: "2026-03-02T07:00:00Z", suspended: "2026-03-02T06:00:00Z" }), NOW)).toEqual({ state: "paused", seconds: 7200 });
    expect(readingOf(brief({ due: "2026-03-02T07:00:00Z", status: "closed" }), NOW).state).toBe("none");
    expect(clockReading({ outcome: "met", due: "2026-03-02T07:00:00Z" } as never, NOW).state).toBe("none");
  });

  it("says a span in its two largest units, in every language", () => {
    expect(spanWords("en", 100_000)).toBe("1 day 3 hours");
    expect(spanWords("en", 20)).toBe("1 minute");
    expect(spanWords("en", 12 * 86_400 + 7200)).toBe("12 days");
    expect(spanWords("zh-Hans", 7260)).toBe("2小时1分钟");
    expect(spanWords("pt", 3600)).toBe("1 hora");
  });

  it("puts what is most urgent first and what stands still last", () => {
    const cases = [brief({ id: "a" }), brief({ id: "b", due: "2026-03-04T00:00:00Z" }), brief({ id: "c", due: "2026-03-02T00:00:00Z" })];
    expect(cases.sort(byUrgency).map((one) => one.id)).toEqual(["c", "b", "a"]);
  });
});

describe("the desk", () => {
  it("tells what is new, late and worse since it was last read, and nothing of what only came up the list", () => {
    const before = [brief({ id: "a", opened: "2026-03-02T00:00:00Z" }), brief({ id: "b" })];
    const now = [
      brief({ id: "a", late: true }),
      brief({ id: "b", severity: 1 }),
      brief({ id: "c", opened: "2026-03-02T07:59:00Z" }),
      brief({ id: "d", opened: "2026-02-01T00:00:00Z" }),
    ];
    expect(deskNews(before, now).map(({ it, what }) => [it.id, what])).toEqual([["a", "late"], ["b", "worse"], ["c", "new"]]);
  });

  it("shows cases with a position, the late ones over the others", () => {
    const { features } = casePoints([brief({ id: "a", due: "2026-03-02T00:00:00Z" }), brief({ id: "b" }), brief({ longitude: null })], "a", NOW);
    expect(features.map((one) => one.properties!["chosen"])).toEqual([true, false]);
    expect(features[0]!.properties!["rank"]).toBeGreaterThan(features[1]!.properties!["rank"]);
  });
});

const step = (needs: Partial<Transition["needs"]>): Transition => ({
  id: "finish", name: {}, from: ["on_site"], to: "treated", by: ["handler"],
  needs: { reason: false, assignee: false, fields: [], evidence: [], remeasured: false, another_person: false, ...needs },
}); // prettier-ignore
const dossier = (more: Partial<Dossier> = {}): Dossier =>
  ({
    ...brief({}), assignee: null, fields: {}, entered: "2026-03-01T00:00:00Z", evidence: [], timeline: [], measured: null, parties: [], station: null,
    how: {
      fields: [{ id: "cause", name: {}, kind: "text", required: false, choices: {} }], transitions: [{ id: "arrive" }], grades: [],
      powers: { comment: ["handler"], transfer: ["duty_officer"], reopen: ["reviewer"] }, suspend: null,
    },
    ...more,
  }) as unknown as Dossier; // prettier-ignore

describe("a step", () => {
  it("asks for what its playbook says, and sees what is there already", () => {
    const asks = step({ reason: true, fields: ["cause"], evidence: [{ kinds: ["photo"], at_least: 2 }] });
    const photo = (added: string) => ({ kind: "photo", added }) as never;
    const it_ = dossier({ evidence: [photo("2026-02-01T00:00:00Z"), photo("2026-03-02T00:00:00Z")] });
    expect(needsOf(asks, it_, "").map((one) => [one.kind, one.met])).toEqual([["field", false], ["evidence", false], ["reason", false]]);
    expect(needsOf(asks, it_, "")[1]).toMatchObject({ lacking: 1 });
    expect(reachable(needsOf(asks, it_, ""))).toBe(true);
    expect(reachable(needsOf(step({ remeasured: true }), it_, ""))).toBe(false);
  });

  it("knows who took the last one, where another person must take this", () => {
    const timeline = [{ kind: "arrive", actor: { id: "li" } }, { kind: "comment", actor: { id: "chan" } }] as never;
    const asks = step({ another_person: true });
    expect(needsOf(asks, dossier({ timeline }), "li")[0]!.met).toBe(false);
    expect(needsOf(asks, dossier({ timeline }), "chan")[0]!.met).toBe(true);
  });

  it("stands beside what the role allows, and nothing else", () => {
    const of = (roles: string[]) => powersOf(dossier(), { signed_in: true, roles: roles as never });
    expect(of(["handler"])).toEqual(["comment", "edit"]);
    expect(of(["duty_officer"])).toEqual(["transfer"]);
    expect(of(["auditor"])).toEqual([]);
    expect(powersOf(dossier({ status: "closed" }), { signed_in: true, roles: ["operator"] })).toEqual(["comment", "reopen"]);
  });
});

describe("a list's link", () => {
  it("leads back to what it was made from, commas and colons in the words included", () => {
    const chosen = { ...EVERYTHING, status: "all" as const, only: "late" as const, jurisdiction: "440300", mine: true, q: "NH3, at: S1" };
    expect(chosenOf(linkOf(chosen))).toEqual(chosen);
    expect(linkOf(EVERYTHING)).toBe("");
    expect(chosenOf("status:gone,only:x,what")).toEqual(EVERYTHING);
  });
});

describe("figures", () => {
  it("say a median in the unit that reads best", () => {
    expect(hoursIn(0.5)).toEqual({ value: 30, unit: "minute", decimals: 0 });
    expect(hoursIn(5)).toEqual({ value: 5, unit: "hour", decimals: 1 });
    expect(hoursIn(72)).toEqual({ value: 3, unit: "day", decimals: 1 });
  });

  it("give no share where nothing was due, and leave out who had nothing", () => {
    const of = (found: number, met: number, late: number) => ({ jurisdiction: String(found), found, open: 0, on_time: { met, late, share: null } }) as never;
    expect(onTime(of(1, 0, 0))).toBeNull();
    expect(onTime(of(1, 3, 1))).toBe(0.75);
    expect(ranked([of(1, 0, 0), of(0, 0, 0), of(9, 0, 0)]).map((one) => one.found)).toEqual([9, 1]);
  });
});

describe("the course of a case", () => {
  it("is the series that limits are held against, in the order of time", () => {
    const series = {
      depth: ["", "", "", ""], averaging: ["instant", "instant", "hour", "hour"], time: [1, 2, 8, 4], value: [9, 9, 2, 1], flag: [1, 1, 1, 3], censoring: [],
      station: "s", property: "Cu", unit: "mg/L",
    } as unknown as Series; // prettier-ignore
    expect(courseOf(series)).toEqual({ time: [4, 8], value: [1, 2], flag: [3, 1], depth: "", averaging: "hour" });
    expect(courseOf({ ...series, time: [] })).toBeNull();
  });
});
