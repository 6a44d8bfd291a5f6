import { describe, expect, it } from "vitest";
import type { Hit } from "@/api/types";
import { speakerFor } from "@/i18n/speaker.fixture";
import { grouped, readRecent, recentGroup, remembered } from "./search";

const en = speakerFor("en");
const hit = (kind: Hit["kind"], id: string, longitude: number | null = 114): Hit => ({
  kind,
  id,
  name: { en: id },
  context: null,
  longitude,
  latitude: longitude === null ? null : 22,
});

describe("grouped", () => {
  it("keeps the best hit's group first and numbers options as they are read", () => {
    const groups = grouped([hit("zone", "z"), hit("station", "s1"), hit("station", "s2", null)], en);
    expect(groups.map((group) => [group.kind, group.options.map((it) => it.index)])).toEqual([
      ["zone", [0]],
      ["station", [1, 2]],
    ]);
    expect(groups[1]!.options[1]!.offMap).toBe(true);
  });

  it("has no groups of nothing", () => {
    expect(grouped([], en)).toEqual([]);
    expect(recentGroup([], en)).toEqual([]);
  });
});

describe("recent choices", () => {
  it("keeps each once, the newest first", () => {
    const stored = remembered([hit("zone", "z"), hit("station", "s")], hit("station", "s"), 2);
    expect(stored.map((it) => it.id)).toEqual(["s", "z"]);
    expect(remembered(stored, hit("place", "p"), 2).map((it) => it.id)).toEqual(["p", "s"]);
  });

  it("forgets what cannot be read", () => {
    expect(readRecent("not json")).toEqual([]);
    expect(readRecent('{"id":1}')).toEqual([]);
    expect(readRecent(JSON.stringify([hit("zone", "z"), { id: 3 }]))).toHaveLength(1);
    expect(readRecent(null)).toEqual([]);
  });
});
