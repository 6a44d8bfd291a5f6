/** Deadlines in words. A term ends with its last day, at the midnight after it: it is told by that day. */
import { speaker } from "@/i18n";
import { BAY_OFFSET } from "@/i18n/times";

const DAY = 86_400_000;

/** The day up to whose end there is time, or the hour where the term is one of hours. */
export function dueWords(due: string): string {
  const at = Date.parse(due);
  return (at + BAY_OFFSET * 60_000) % DAY === 0 ? speaker.date((at - 1) / 1000) : speaker.time(due);
}
