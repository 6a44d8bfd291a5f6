import { describe, expect, it } from "vitest";
import { compareOf, format, formatCompare, INITIAL, parse, type PageState } from "./permalink";

const FULL: PageState = {
  rule: "hk.wqo-marine",
  compare: "cn.gb3097-1997@1996",
  t: "2019-Q3",
  g: "season",
  depth: "bottom",
  property: "DIN",
  layers: ["sea", "land"],
  sel: { kind: "station", id: "cn.cnemc.广东.老口" },
  view: "list",
  place: { kind: "river", id: "hk.epd.river.Shing-Mun-River" },
  span: "12months",
  indicator: "inorganic_nitrogen",
  on: "2019-07-03",
  use: "bathing",
  device: "88888880000001",
  event: "e-1",
  case: "PA-2026-4403-00001",
  net: "demo",
  only: "pending",
  kind: "exceedance",
  lang: "zh-Hant",
  theme: "dark",
  at: { lon: 114.1235, lat: 22.3, zoom: 10.25 },
};

describe("a link", () => {
  it("leads back to the state that it was made from, whatever the state", () => {
    expect(parse(format(FULL))).toEqual(FULL);
    expect(parse(format({ ...INITIAL, layers: [] })).layers).toEqual([]);
  });

  it("says nothing of what is as it is at first", () => {
    expect(format(INITIAL)).toBe("");
    expect(parse("")).toEqual(INITIAL);
  });

  it("stays readable: colons, commas and the sign of a time are not escaped", () => {
    expect(format({ ...INITIAL, sel: { kind: "zone", id: "hk.wcz.deep-bay" }, compare: "a@1996" })).toBe(
      "?compare=a@1996&sel=zone:hk.wcz.deep-bay",
    );
  });

  it("that is wrong somewhere still opens, with the first state there", () => {
    const state = parse("?t=yesterday&g=fortnight&depth=deep&lang=de&theme=pink&at=999,1,2&sel=boat:1&view=globe&place=moon:1&span=9&on=soon");
    expect(state).toEqual(INITIAL);
  });

  it("holds a place within the world and a zoom within reach", () => {
    expect(parse("?at=114,22,99").at).toEqual({ lon: 114, lat: 22, zoom: 20 });
    expect(parse("?at=114,22").at).toBeNull();
  });

  it("tells the two halves of a comparison apart", () => {
    expect(compareOf("")).toBeNull();
    expect(compareOf(formatCompare("hk.wqo-marine"))).toEqual({ rule: "hk.wqo-marine", period: "" });
    expect(compareOf(formatCompare("cn.gb3097-1997", "1996"))).toEqual({ rule: "cn.gb3097-1997", period: "1996" });
  });
});
