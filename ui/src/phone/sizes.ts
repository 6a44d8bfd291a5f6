/** Sizes of files as people read them. */
import { speaker } from "@/i18n";

export function bytes(size: number): string {
  if (size < 1024) return `${speaker.count(size)} B`;
  if (size < 1024 * 1024) return `${speaker.count(Math.round(size / 1024))} kB`;
  const mega = size / 1024 / 1024;
  return `${speaker.decimal(mega, Number.isInteger(mega) ? 0 : 1)} MB`;
}
