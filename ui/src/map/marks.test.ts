import { describe, expect, it } from "vitest";
import { CLASSES, MATRIX, OBJECTIVES, station } from "@/data/fixtures";
import { asGeoJson, stationFeatures } from "./features";
import { iconName, readIconName } from "./icons";
import { inkOn, luminance, markOf, shapeAt } from "./marks";

describe("a mark", () => {
  it("bears the colour of the law, doubled by a shape and a letter", () => {
    expect(markOf(CLASSES, "4+")).toMatchObject({ colour: "#b5121f", shape: "diamond", label: "4+" });
    expect(markOf(CLASSES, "3")).toMatchObject({ colour: "#37b574", shape: "square", label: "3" });
    expect(markOf(CLASSES, "1")).toMatchObject({ shape: "circle", label: "1" });
    expect(markOf(OBJECTIVES, "attained")).toMatchObject({ shape: "circle", label: "✓" });
    expect(markOf(OBJECTIVES, "not_attained")).toMatchObject({ shape: "diamond", label: "✕" });
  });

  it("without a verdict is a hollow ring, never paint that looks like a value", () => {
    expect(markOf(CLASSES, null)).toMatchObject({ shape: "ring", path: "", label: "" });
    expect(markOf(undefined, "1").shape).toBe("ring");
  });

  it("is round in the better half of a scale, square in the worse, a diamond at its end", () => {
    expect([0, 1, 2, 3, 4, 5].map((i) => shapeAt(i, 6))).toEqual([
      "circle",
      "circle",
      "circle",
      "square",
      "square",
      "diamond",
    ]);
  });

  it("has a letter that contrasts with its colour by at least 4.5 to 1", () => {
    for (const { colour } of [...CLASSES.grades, ...OBJECTIVES.grades]) {
      const [a, b] = [luminance(colour), luminance(inkOn(colour))].sort((x, y) => y - x);
      expect((a! + 0.05) / (b! + 0.05)).toBeGreaterThan(4.5);
    }
  });

  it("is found again by its name", () => {
    expect(readIconName(iconName("cn.sea", -1, true, false))).toEqual({
      rule: "cn.sea",
      grade: -1,
      hatched: true,
      dark: false,
    });
    expect(readIconName("airport")).toBeNull();
  });
});

describe("the stations of a map", () => {
  const stations = [station("a"), station("c"), station("z"), station("r", null), station("h", 114, "air")];
  const features = stationFeatures(stations, CLASSES, MATRIX, "2019", (property) => property === "DIN");

  it("are those of the rule set's medium that have a position: it is never guessed", () => {
    expect(features.map((it) => it.id)).toEqual(["a", "c", "z"]);
  });

  it("show the verdict of the period, the property that decided, and whether its limit is unverified", () => {
    expect(features[0]).toMatchObject({ grade: 4, worst: "DIN", samples: 12, hatched: true });
    expect(features[1]).toMatchObject({ grade: 4, worst: "DO", hatched: false });
  });

  it("that the rule set does not know are there without a verdict", () => {
    expect(features[2]).toMatchObject({ grade: -1, worst: null, samples: 0, hatched: false });
  });

  it("take their colour from the rule set by the grade's id, in whatever order the server lists grades", () => {
    const turned = { ...MATRIX, grades: [...MATRIX.grades].reverse() };
    const colours = asGeoJson(features, CLASSES, turned, false).features.map((it) => it.properties?.["colour"]);
    expect(colours).toEqual(["#8fd3f4", "#8fd3f4", ""]);
  });
});
