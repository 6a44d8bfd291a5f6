import { describe, expect, it } from "vitest";
import { speakerFor } from "@/i18n/speaker.fixture";
import { listed } from "./examples.fixture";
import { cut, filtered, folded, listRows, sorted } from "./list";
import { printedTable } from "./printed";

const en = speakerFor("en");
const stations = [
  listed({ id: "a", code: "DM10", name: { en: "Outer Bay", "zh-Hant": "外灣" } }),
  listed({ id: "b", code: "DM2", name: { en: "Inner Bay", pt: "Baía interior" } }),
  listed({
    id: "c",
    code: "R1",
    name: { en: "Stream" },
    medium: "river",
    longitude: null,
    latitude: null,
    zone: "",
    water: { en: "Long River" },
  }),
];
const rows = listRows(
  stations,
  (id) => (id === "c" ? null : { grade: id === "a" ? "3" : "1", worst: "DIN" }),
  new Map([
    ["1", 0],
    ["2", 1],
    ["3", 2],
  ]),
  { zone: (id) => (id ? "The zone" : ""), property: (code) => code },
  en,
);
const ids = (found: typeof rows) => found.map((row) => row.station.id);

describe("listRows", () => {
  it("names what decided only where something is not at its best", () => {
    expect(rows.map((row) => [row.grade, row.decidedBy, row.place])).toEqual([
      ["3", "DIN", "The zone"],
      ["1", "", "The zone"],
      [null, "", "Long River"],
    ]);
  });
});

describe("filtered", () => {
  const filter = { text: "", media: [], located: "" as const };

  it("finds a station by any of its names, without accents", () => {
    expect(ids(filtered(rows, { ...filter, text: "外灣" }))).toEqual(["a"]);
    expect(ids(filtered(rows, { ...filter, text: "BAIA" }))).toEqual(["b"]);
    expect(ids(filtered(rows, { ...filter, text: "dm zone" }))).toEqual(["a", "b"]);
    expect(folded("Praia Grande, Águas")).toBe("praia grande, aguas");
  });

  it("keeps stations whose position is unknown, and can show only them", () => {
    expect(ids(filtered(rows, { ...filter, located: "no" }))).toEqual(["c"]);
    expect(ids(filtered(rows, { ...filter, media: ["sea", "lake"] }))).toEqual(["a", "b"]);
  });
});

describe("sorted", () => {
  it("sorts codes as people count, and puts stations without a verdict after the worst", () => {
    expect(ids(sorted(rows, { column: "name", down: false }, "en"))).toEqual(["b", "a", "c"]);
    expect(ids(sorted(rows, { column: "grade", down: true }, "en"))).toEqual(["a", "b", "c"]);
  });
});

describe("cut", () => {
  it("holds the page within the ends", () => {
    expect(cut([1, 2, 3], 9, 2)).toEqual({ rows: [3], page: 2, pages: 2 });
    expect(cut([], 0, 2)).toEqual({ rows: [], page: 1, pages: 1 });
  });
});

describe("printedTable", () => {
  it("prints the worst first and counts what it leaves out", () => {
    const { rows: printed, left } = printedTable(rows, 2);
    expect(ids(printed)).toEqual(["a", "b"]);
    expect(left).toBe(1);
  });
});
