import { describe, expect, it } from "vitest";
import { speakerFor } from "@/i18n/speaker.fixture";
import { attainmentRule, classRule, listed, properties, zone } from "./examples.fixture";
import { zoneSentence, zoneStations, zoneWorst } from "./zone";

const en = speakerFor("en");

describe("zoneSentence", () => {
  it("gives the shares of the grades present", () => {
    expect(zoneSentence(zone(), classRule, "2019", en)).toBe("2019, 4 stations: 25% Class 2, 75% Class 3");
    expect(zoneSentence(zone(), classRule, "2019", speakerFor("zh-Hans"))).toBe(
      "2019年，4 个站点：第二类占 25%、第三类占 75%",
    );
  });

  it("counts the stations that attain", () => {
    const attained = zone({
      grades: ["attained", "not_attained"],
      counts: [
        [0, 0],
        [1, 4],
      ],
    });
    expect(zoneSentence(attained, attainmentRule, "2019", en)).toBe("1 of 5 stations attained in 2019");
  });

  it("says so where nothing was judged, in a known year or an unknown one", () => {
    expect(zoneSentence(zone(), classRule, "2018", en)).toBe("No station of this zone was judged in 2018");
    expect(zoneSentence(zone(), classRule, "1950", en)).toBe("No station of this zone was judged in 1950");
    expect(zoneWorst(zone(), "2018")).toBeNull();
    expect(zoneWorst(zone(), "2019")).toBe("3");
  });
});

describe("zoneStations", () => {
  it("lists the worst first, and tells stations of another medium apart", () => {
    const known = new Map([
      ["x.sea.A1", listed({ id: "x.sea.A1", code: "A1" })],
      ["x.sea.A2", listed({ id: "x.sea.A2", code: "A2" })],
      ["x.river.R1", listed({ id: "x.river.R1", code: "R1", medium: "river" })],
    ]);
    const rows = [
      { station: "x.sea.A1", period: "2019", grade: "1", determinants: [], items_judged: 4, samples: 12 },
      { station: "x.sea.A2", period: "2019", grade: "4", determinants: ["DIN"], items_judged: 4, samples: 12 },
    ];
    expect(
      zoneStations(zone(), known, rows, classRule, properties, en).map((it) => [
        it.title,
        it.grade,
        it.decidedBy,
        it.fits,
      ]),
    ).toEqual([
      ["A2 Inner Bay", "4", "Total inorganic nitrogen", true],
      ["A1 Inner Bay", "1", "", true],
      ["R1 Inner Bay", null, "", false],
    ]);
  });
});
