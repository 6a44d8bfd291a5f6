/** How many notices wait for the person who is signed in. */
import { ref } from "vue";
import { askJson } from "@/api/door";
import { me } from "./session";

export const unread = ref(0);

export async function countUnread(): Promise<void> {
  if (!me.value.signed_in) return void (unread.value = 0);
  try {
    unread.value = (await askJson<{ unread: number }>("GET", "notices", { query: { limit: 1 } })).unread;
  } catch {
    unread.value = 0;
  }
}
