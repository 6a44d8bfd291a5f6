import { describe, expect, it } from "vitest";
import type { Device } from "@/api/field";
import { inOrder, queryOf, sentCodes, urgency } from "./device";

const device = (mn: string, patch: Partial<Device> = {}): Device => ({
  mn,
  station: null,
  name: null,
  status: "approved",
  online: true,
  last_seen: null,
  version: "2017",
  transport: { door: "" },
  channels: [],
  today: { expected: 0, received: 0, valid: 0, late: 0, rate: null, validity_rate: null, delay_p50_s: null, delay_p95_s: null },
  alarms: [],
  generated: false,
  ...patch,
});

describe("the list of devices", () => {
  it("begins with what waits for a decision, then alarms, then silence; the refused come last", () => {
    const given = [
      device("5", { status: "refused" }),
      device("4"),
      device("3", { online: false }),
      device("2", { alarms: [{ kind: "silent", since: "2026-01-01T00:00:00Z", text: {} }] }),
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
  it("is read from its frame, each code once", () => {
    const frame =
      "##0136QN=20260101;ST=21;CN=2061;MN=1;CP=&&DataTime=20260101000000;w01001-Avg=7.2,w01001-Flag=N;w21003-Rtd=0.41&&A";
    expect(sentCodes(frame)).toEqual([
      { code: "w01001", value: "7.2" },
      { code: "w21003", value: "0.41" },
    ]);
    expect(sentCodes("")).toEqual([]);
  });
});
