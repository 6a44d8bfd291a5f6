/** A moment of telemetry: always with its clock and zone, at midnight too. */
import { language } from "@/i18n";
import { BAY_OFFSET, dateIn, milliseconds, zoneName } from "@/i18n/times";

export function moment(time: string | number, offset: number = BAY_OFFSET): string {
  const at = milliseconds(time);
  if (Number.isNaN(at)) return "–";
  const clock = new Date(at + offset * 60_000).toISOString().slice(11, 16);
  return `${dateIn(language.value, time, offset)} ${clock} (${zoneName(offset)})`;
}
