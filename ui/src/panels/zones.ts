/** Every zone that the server knows, read once, when the first name is wanted. */
import { computed, shallowRef } from "vue";
import { api } from "@/api/client";
import type { Zone } from "@/api/types";
import { say } from "@/text";

const zones = shallowRef<Zone[]>([]);
const byId = computed(() => new Map(zones.value.map((zone) => [zone.id, zone])));
let reading: Promise<void> | null = null;

function load() {
  reading ??= api.zones({}).then(
    (page) => {
      zones.value = page.items;
    },
    () => {
      // A panel then shows the id, which is still true; the next name wanted asks again.
      reading = null;
    },
  );
}

/** The name of a zone, or of the zone it lies in (`a.b.c` lies in `a.b`); empty until known. */
export function zoneName(id: string): string {
  if (!id) return "";
  if (!zones.value.length) load();
  for (let name = id; name; name = name.slice(0, Math.max(0, name.lastIndexOf(".")))) {
    const zone = byId.value.get(name);
    if (zone) return say(zone.name, zone.id);
  }
  return "";
}
