/** The zones whose rules apply, by id; read once, when a name is first asked for. */
import { computed, shallowRef } from "vue";
import { api } from "@/api/client";
import type { Zone } from "@/api/types";
import { say } from "@/text";

export const zones = shallowRef<Zone[]>([]);
const byId = computed(() => new Map(zones.value.map((zone) => [zone.id, zone])));
let reading: Promise<void> | null = null;

/** Read the zones once; after a failure the next call tries again. */
export function loadZones(): Promise<void> {
  reading ??= api.zones().then(
    (page) => void (zones.value = page.items),
    () => void (reading = null),
  );
  return reading;
}

export function zoneById(id: string): Zone | undefined {
  return byId.value.get(id);
}

/** The zone's name in the page's language, or empty until it is known. */
export function zoneName(id: string): string {
  if (id) void loadZones();
  const found = byId.value.get(id);
  return found ? say(found.name, id) : "";
}
