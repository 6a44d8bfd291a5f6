/** Who works on this telephone: as the server says, or (without a line) as it said last. */
import { shallowRef, watch } from "vue";
import { asProblem } from "@/api/client";
import { apiKey } from "@/api/door";
import { known, me, refresh, whoami } from "@/cases/session";
import { forget, read, write } from "./memory";
import { PATIENCE, within } from "./patience";
import { ownerNow, start } from "./outbox";

export interface Self {
  /** Whose outbox and drafts these are. */
  id: string;
  name: string;
  /** null: roles are not asked for (a server open to this machine, or an API key). */
  roles: string[] | null;
}

/** null: nobody may look here; undefined: not known yet. */
export const self = shallowRef<Self | null | undefined>(undefined);

function asSaid(): Self | null {
  const { signed_in, name, roles } = me.value;
  const id = ownerNow();
  return id ? { id, name: signed_in ? name : "", roles: signed_in ? [...roles] : null } : null;
}

async function settle(found: Self | null): Promise<void> {
  const before = await read<Self>("kept", "self").catch(() => undefined);
  // Somebody else, or nobody: what was kept of the other's cases goes.
  if (before && before.id !== found?.id) await forget().catch(() => undefined);
  if (found) {
    await write({ store: "kept", key: "self", value: found }).catch(() => undefined);
    await start(found.id);
  }
  self.value = found;
}

let begun = false;

/** Find out who works here; once, and again whenever it changes. */
export async function recognise(): Promise<void> {
  if (!begun) {
    begun = true;
    watch([me, apiKey], () => void (known.value && settle(asSaid())));
    addEventListener("online", () => void refresh().catch(() => undefined));
  }
  try {
    await within(PATIENCE, whoami());
    await settle(asSaid());
  } catch (error) {
    const kept = asProblem(error).retryable ? await read<Self>("kept", "self").catch(() => undefined) : undefined;
    if (kept) await start(kept.id);
    self.value = kept ?? null;
  }
}
