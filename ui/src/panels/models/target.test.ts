import { describe, expect, it } from "vitest";
import type { Target } from "@/api/types";
import { speakerFor } from "@/i18n/speaker.fixture";
import { classRule, properties } from "./examples.fixture";
import { asked, measured, targetValue } from "./target";

const en = speakerFor("en");
const target = (patch: Partial<Target> = {}): Target => ({
  id: "x.no2",
  name: { en: "NO2" },
  jurisdiction: "440300",
  measured: "annual_mean",
  property: "NO2",
  standard: null,
  grades: [],
  op: "le",
  limit: 20,
  unit: "ug/m3",
  deadline: "2025-12-31",
  places_meant: null,
  clause: "",
  confidence: "one_source",
  sources: [],
  note: null,
  state: "no_data",
  value: null,
  year: null,
  places: 0,
  why: { en: "" },
  years: [],
  ...patch,
});
const counted = target({ measured: "count_of_grade", property: null, standard: "sea", grades: ["4+"], limit: 0, unit: "" });

describe("a target", () => {
  it("says what is asked in its unit", () => {
    expect(asked(target(), properties, en)).toBe("At most 20 µg/m³");
    expect(asked(counted, properties, en)).toBe("At most 0");
    expect(asked(target({ measured: "share_of_grades", op: "ge", limit: 85, unit: "%" }), properties, en)).toBe(
      "At least 85%",
    );
  });

  it("says what is counted", () => {
    expect(measured(target(), properties, () => undefined, en)).toBe("annual mean of nitrogen dioxide");
    expect(measured(counted, properties, () => classRule, en)).toBe("places with worse than class 4");
  });

  it("shows no number where there is none, never a zero", () => {
    expect(targetValue(target(), null, properties, en)).toBe("–");
    expect(targetValue(target(), 17.25, properties, en)).toBe("17.3 µg/m³");
    expect(targetValue(counted, 3, properties, en)).toBe("3");
  });
});
