import { describe, expect, it } from "vitest";
import type { Dossier } from "../types";
import { ahead, backoff, meaning, meanwhile, next, openSteps, type Act, type Item, type Sending } from "./model";

const text = (en: string) => ({ en, "zh-Hans": en, "zh-Hant": en, pt: en });
const act = (action: string, fields: Record<string, string> = {}): Act => ({ kind: "act", action, label: null, reason: "", fields, seen: 1 });
const photo = (evidence = "photo"): Sending => ({
  kind: "file", name: "a.jpg", type: "image/jpeg", size: 1, sha256: "", evidence, taken: "", longitude: null,
  latitude: null, note: "", complaint: "", location: "", sent: 0,
}); // prettier-ignore

let count = 0;
const item = (what: Item["what"], more: Partial<Item> = {}): Item => ({
  id: String((count += 1)), owner: "li", scope: "PA-1", title: "", made: 0, order: count, what, standing: "waiting",
  tries: 0, after: 0, why: null, meanwhile: [], ...more,
}); // prettier-ignore

const step = (id: string, from: string[], to: string, needs: object = {}, by = ["handler"]) => ({
  id, name: text(id), from, to, by,
  needs: { reason: false, assignee: false, fields: [], evidence: [], remeasured: false, another_person: false, ...needs },
}); // prettier-ignore

const dossier = {
  id: "PA-1", state: "dispatched", entered: "2026-03-02T08:00:00Z", fields: {}, evidence: [], version: 3,
  moves: [{ id: "arrive", name: text("arrive"), to: "on_site", allowed: true, missing: [] },
          { id: "dismiss", name: text("dismiss"), to: "false_alarm", allowed: false, missing: [] }],
  how: {
    id: "pollution-alarm", fields: [], states: [], powers: {},
    transitions: [
      step("arrive", ["dispatched"], "on_site"),
      step("dismiss", ["dispatched"], "false_alarm", {}, ["duty_officer"]),
      step("finish", ["on_site"], "treated", { fields: ["cause"], evidence: [{ kinds: ["photo", "video"], at_least: 1 }] }),
      step("return", ["treated"], "on_site", {}, ["duty_officer"]),
    ],
  },
} as unknown as Dossier; // prettier-ignore

describe("the order of what waits", () => {
  it("is the order in which it was made, within a case", () => {
    const [one, two] = [item(photo()), item(act("finish"))];
    expect(next([two, one], 10).item).toBe(one);
    expect(next([{ ...one, standing: "refused" }, two], 10)).toEqual({ item: null, at: null });
    expect(next([{ ...one, after: 50 }, two], 10)).toEqual({ item: null, at: 50 });
  });

  it("lets other cases pass what cannot go", () => {
    const [stuck, other] = [item(photo(), { standing: "conflict" }), item(act("arrive"), { scope: "PA-2" })];
    expect(next([stuck, other], 0).item).toBe(other);
    expect(next([{ ...stuck, standing: "waiting", after: 99 }, { ...other, after: 70 }], 5)).toEqual({ item: null, at: 70 });
  });

  it("waits twice as long after each failure, up to five minutes", () => {
    expect([0, 1, 2, 3].map((tries) => backoff(tries, 1))).toEqual([1000, 2000, 4000, 8000]);
    expect(backoff(40, 1)).toBe(300_000);
    expect(backoff(3, 0)).toBe(4000);
  });

  it("knows what a failure means", () => {
    expect([0, 429, 500, 503, 423].map((it) => meaning(it, "file"))).toEqual(Array(5).fill("again"));
    expect([meaning(409, "act"), meaning(409, "file")]).toEqual(["conflict", "again"]);
    expect([401, 403, 404, 422].map((it) => meaning(it, "act"))).toEqual(["signin", "refused", "refused", "refused"]);
  });
});

describe("what others did meanwhile", () => {
  it("is in the way only where it moved the case, and was not oneself", () => {
    const done = (seq: number, actor: string, kind: string) => ({
      seq, kind, actor: { id: actor, name: actor.toUpperCase() }, time: "t", name: null, from: "", to: "", text: "", data: {},
    }); // prettier-ignore
    const timeline = [done(3, "wang", "dispatch"), done(4, "wang", "comment"), done(5, "li", "arrive"), done(6, "wang", "dismiss")];
    expect(meanwhile(timeline, 3, ["li"])).toEqual([{ who: "WANG", kind: "dismiss", time: "t" }]);
    expect(meanwhile(timeline, 6, ["li"])).toEqual([]);
  });
});

describe("a case as it will stand", () => {
  it("is taken on by what waits", () => {
    const items = [item(act("arrive")), item(photo()), item(act("finish", { cause: "a valve" })), item(photo(), { scope: "PA-2" })];
    expect(ahead(dossier, items.slice(0, 2))).toEqual({ state: "on_site", fields: {}, steps: ["arrive"], files: ["photo"] });
    expect(ahead(dossier, items)).toEqual({ state: "treated", fields: { cause: "a valve" }, steps: ["arrive", "finish"], files: [] });
  });

  it("offers the steps that the server allows, and after a step that waits those of one's roles", () => {
    expect(openSteps(dossier, ahead(dossier, []), ["handler"]).map((it) => it.step.id)).toEqual(["arrive"]);
    const then = ahead(dossier, [item(act("arrive"))]);
    const open = openSteps(dossier, then, ["handler"]);
    expect(open.map((it) => [it.step.id, it.evidence[0]?.more, it.fields])).toEqual([["finish", 1, ["cause"]]]);
    expect(openSteps(dossier, ahead(dossier, [item(act("arrive")), item(photo())]), ["handler"])[0]!.evidence).toEqual([]);
    expect(openSteps(dossier, then, ["auditor"])).toEqual([]);
    expect(openSteps(dossier, then, null)).toHaveLength(1);
  });
});
