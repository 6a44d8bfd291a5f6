/** Cases as the server tells them, kept on the telephone for when there is no line. */
import { api, asProblem, type Problem } from "@/api/client";
import { get } from "@/cases/session";
import type { Page } from "@/api/types";
import { read, write } from "./memory";
import { PATIENCE, within } from "./patience";
import { self } from "./self";
import type { Brief, Dossier, Trend } from "./types";

/** Something that was read now, or kept from an earlier time. */
export interface Found<T> {
  value: T;
  /** When the server said it, in milliseconds. */
  at: number;
  /** True where it comes from the telephone because the server could not be reached. */
  stale: boolean;
}

async function through<T>(key: string, ask: () => Promise<T>): Promise<Found<T>> {
  const whole = `${self.value?.id ?? ""}|${key}`;
  try {
    const value = await within(PATIENCE, ask(), key);
    const at = Date.now();
    await write({ store: "kept", key: whole, value: { value, at } }).catch(() => undefined);
    return { value, at, stale: false };
  } catch (error) {
    const problem: Problem = asProblem(error);
    const kept = problem.retryable ? await read<{ value: T; at: number }>("kept", whole) : undefined;
    if (!kept) throw problem;
    return { ...kept, stale: true };
  }
}

/** The open cases given to this person, or all that they may see; the nearest deadline first. */
export function list(everything: boolean): Promise<Found<Brief[]>> {
  const mine = !everything && self.value?.roles ? { assignee: self.value.id } : {};
  return through(everything ? "all" : "mine", async () => {
    const page = await get<Page<Brief>>("cases", { ...mine, status: "open", limit: 100 });
    return page.items;
  });
}

/** A case with all that belongs to it. */
export const dossier = (id: string): Promise<Found<Dossier>> =>
  through(`case|${id}`, () => get<Dossier>(`cases/${encodeURIComponent(id)}`));

/** Keep a case that the server told beside an act. */
export async function keep(it: Dossier): Promise<void> {
  const key = `${self.value?.id ?? ""}|case|${it.id}`;
  await write({ store: "kept", key, value: { value: it, at: Date.now() } }).catch(() => undefined);
}

const RESULTS = 120;

/** The last results at a case's station. */
export function trend(station: string, property: string): Promise<Found<Trend>> {
  return through(`trend|${station}|${property}`, async () => {
    const from = new Date(Date.now() - 90 * 86_400_000).toISOString().slice(0, 10);
    const { unit, time, value } = await api.series({ station, property, from });
    return { unit, time: time.slice(-RESULTS), value: value.slice(-RESULTS) };
  });
}

/** Read ahead what is kept in no newer form, so that it is at hand without a line. */
export async function readAhead(items: readonly Brief[]): Promise<void> {
  for (const it of items.slice(0, 30)) {
    const kept = await read<{ value: Dossier }>("kept", `${self.value?.id ?? ""}|case|${it.id}`).catch(() => undefined);
    if (kept && kept.value.version === it.version) continue;
    try {
      if ((await dossier(it.id)).stale) return;
      if (it.station && it.property) await trend(it.station, it.property);
    } catch {
      return; // the next look tries again
    }
  }
}
