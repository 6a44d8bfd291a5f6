import { describe, expect, it } from "vitest";
import type { Device } from "@/api/field";
import { alarmParts, inOrder, queryOf, sentCodes, urgency } from "./device";

const device = (mn: string, patch: Partial<Device> = {}): Device => ({
  mn,
  station: "",
  name: null,
  status: "approved",
  online: true,
  last_seen: null,
  version: "2017",
  transport: null,
  channels: [],
  today: null,
  alarms: [],
  ...patch,
});

describe("the list of devices", () => {
  it("begins with what waits for a decision, then alarms, then silence; the refused come last", () => {
    const given = [
      device("5", { status: "refused" }),
      device("4"),
      device("3", { online: false }),
      device("2", { alarms: ["silence"] }),
      device("1", { status: "pending", online: false }),
      device("0"),
    ];
    expect(inOrder(given).map((it) => it.mn)).toEqual(["1", "2", "3", "0", "4", "5"]);
    expect(urgency(given[0]!)).toBeLessThan(urgency(given[1]!));
  });

  it("asks the server for what a filter means", () => {
    expect(queryOf("")).toEqual({});
    expect(queryOf("offline")).toEqual({ online: false, status: "approved" });
    expect(queryOf("pending")).toEqual({ status: "pending" });
  });
});

describe("what an unknown device sent", () => {
  it("is read from every shape that a server may give it", () => {
    const of = (sample: unknown) => sentCodes({ pending: { first_seen: "", frames: 1, sample: sample as never }, channels: [] });
    expect(of(["w01001", "w01001"]).map((it) => it.code)).toEqual(["w01001"]);
    expect(of({ w01001: 7.2 })).toEqual([{ code: "w01001", value: "7.2", unit: "", property: "" }]);
    expect(of([{ code: "w01001", value: 7.2, unit: "1", property: "pH" }])[0]).toMatchObject({ property: "pH", unit: "1" });
    expect(of(null)).toEqual([]);
  });

  it("keeps what is known of a channel already", () => {
    const found = sentCodes({
      pending: { first_seen: "", frames: 1, sample: { w21003: 0.4 } },
      channels: [{ code: "w21003", property: "NH3N", unit: "mg/L" }],
    });
    expect(found).toEqual([{ code: "w21003", value: "0.4", unit: "mg/L", property: "NH3N" }]);
  });
});

describe("an alarm", () => {
  it("is read whether it is a word or an object", () => {
    expect(alarmParts("silence").kind).toBe("silence");
    expect(alarmParts({ kind: "rate", since: "2026-01-01T00:00:00Z", text: null }).since).toContain("2026");
  });
});
