/** Whom a case can be given to, as far as the server tells; read once for each state of the session. */
import { shallowRef } from "vue";
import { casework, type Colleague, type Playbook } from "./api";
import { me } from "./session";

export const colleagues = shallowRef<Colleague[] | null>(null);
let readFor = "";

/** Those who go out first, then who has the fewest open cases. */
function inOrder(found: readonly Colleague[]): Colleague[] {
  const out = (it: Colleague) => (it.roles.includes("handler") || it.roles.includes("inspector") ? 0 : 1);
  return [...found].sort((a, b) => out(a) - out(b) || a.open_cases - b.open_cases || a.name.localeCompare(b.name));
}

/** Read the people to whom a case can be given; a server that knows none leaves an empty list, and names are typed. */
export async function loadColleagues(at = ""): Promise<void> {
  const key = `${me.value.id}|${at}`;
  if (readFor !== key) colleagues.value = null;
  readFor = key;
  try {
    const page = await casework.people({ at, limit: 500 });
    if (readFor === key) colleagues.value = inOrder(page.items);
  } catch {
    if (readFor === key) colleagues.value ??= [];
  }
}

let books: Promise<Playbook[]> | null = null;

/** The playbooks of this home, read once. */
export function playbooks(): Promise<Playbook[]> {
  books ??= casework.playbooks().then(
    (page) => page.items,
    (error: unknown) => {
      books = null;
      throw error;
    },
  );
  return books;
}
