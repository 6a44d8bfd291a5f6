import { describe, expect, it, vi } from "vitest";
import type { Confidence, LawObjective } from "@/api/types";
import { confidenceOf } from "./confidence";

vi.mock("@/api/client", () => ({ api: {} }));

const objective = (property: string, confidence: Confidence, zones: string[]) =>
  ({ property, confidence, zones: Object.fromEntries(zones.map((zone) => [zone, 1])) }) as unknown as LawObjective;

const DETAIL = {
  items: [],
  objectives: [
    objective("DIN", "two_sources", ["inner"]),
    objective("DIN", "unverified", ["outer"]),
    objective("DO", "primary", ["inner", "outer"]),
  ],
};

describe("the confidence of a verdict", () => {
  it("is that of the numbers set for the zone in which the station lies", () => {
    expect(confidenceOf(DETAIL, "DIN", "inner")).toBe("two_sources");
    expect(confidenceOf(DETAIL, "DIN", "outer")).toBe("unverified");
  });

  it("is the weakest of all where the zone is not known", () => {
    expect(confidenceOf(DETAIL, "DIN")).toBe("unverified");
    expect(confidenceOf(DETAIL, "DO", "elsewhere")).toBe("primary");
  });

  it("is nothing where nothing was decided or the law is not read yet", () => {
    expect(confidenceOf(DETAIL, null)).toBeNull();
    expect(confidenceOf(undefined, "DIN")).toBeNull();
  });
});
