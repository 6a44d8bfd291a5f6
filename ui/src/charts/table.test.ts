import { describe, expect, it } from "vitest";
import { csvOf, fileName, tsvOf, type TableView } from "./table";

const view: TableView = {
  caption: "DIN",
  columns: [{ label: "时间" }, { label: 'Value, "raw"', numeric: true }],
  rows: [
    [
      { text: "2019年1月", raw: "2019-01" },
      { text: "1,234.5", raw: 1234.5 },
    ],
    [{ text: "a\tb" }, { text: "–", raw: null }],
  ],
};

describe("tables as text", () => {
  it("carries plain numbers and a byte-order mark in CSV, so that spreadsheets read both", () => {
    expect(csvOf(view)).toBe('\uFEFF时间,"Value, ""raw"""\r\n2019-01,1234.5\r\na\tb,\r\n');
  });

  it("keeps cells apart by tabs for the clipboard, whatever is in them", () => {
    expect(tsvOf(view).split("\n")).toEqual(['时间\tValue, "raw"', "2019-01\t1234.5", "a b\t"]);
  });
});

describe("fileName", () => {
  it("keeps letters of any script and drops what file systems refuse", () => {
    expect(fileName("cn.cnemc.广东省.下东", "NH3N")).toBe("cn.cnemc.广东省.下东_NH3N");
    expect(fileName('a/b:c*"d')).toBe("a-b-c-d");
  });
});
