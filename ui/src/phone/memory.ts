/**
 * What a telephone keeps of one person's work: what is not sent yet, drafts, and the cases as they were last seen.
 *
 * All of it lies in IndexedDB and survives a reload, a closed tab and an empty battery. Each thing belongs to a person:
 * nobody else who uses the same telephone is shown it. {@link forget} takes cases and drafts away when they sign out;
 * what is not sent stays until they come back, for it may be the only copy.
 */
const NAME = "clearbay-phone";
const STORES = ["items", "files", "drafts", "kept"] as const;
export type Store = (typeof STORES)[number];

let durable = true;
let tell: (() => void) | null = null;

/** Be told where this browser keeps nothing: what is not sent is lost with the page. */
export function whenNothingIsKept(told: () => void): void {
  tell = told;
  if (!durable) told();
}

/** In place of a database where there is none. */
const held = new Map<Store, Map<string, unknown>>(STORES.map((it) => [it, new Map()]));

let opening: Promise<IDBDatabase | null> | null = null;

function database(): Promise<IDBDatabase | null> {
  opening ??= new Promise<IDBDatabase | null>((done) => {
    const none = () => {
      durable = false;
      tell?.();
      done(null);
    };
    try {
      const asked = indexedDB.open(NAME, 1);
      asked.onupgradeneeded = () => STORES.forEach((it) => asked.result.createObjectStore(it));
      asked.onerror = none;
      asked.onblocked = none;
      asked.onsuccess = () => {
        asked.result.onversionchange = () => {
          asked.result.close();
          opening = null;
        };
        done(asked.result);
      };
    } catch {
      none();
    }
  });
  return opening;
}

export interface Write {
  store: Store;
  key: string;
  /** undefined: taken away. */
  value: unknown;
}

/** Write several things at once: all of them, or none. Rejects where the telephone has no room. */
export async function write(...writes: Write[]): Promise<void> {
  const db = await database();
  if (!db) {
    for (const { store, key, value } of writes) {
      if (value === undefined) held.get(store)!.delete(key);
      else held.get(store)!.set(key, value);
    }
    return;
  }
  await new Promise<void>((done, fail) => {
    const names = [...new Set(writes.map((it) => it.store))];
    const work = db.transaction(names, "readwrite", { durability: "strict" });
    work.oncomplete = () => done();
    work.onabort = () => fail(work.error ?? new Error("not kept"));
    for (const { store, key, value } of writes) {
      if (value === undefined) work.objectStore(store).delete(key);
      else work.objectStore(store).put(value, key);
    }
  });
}

const answered = <T>(asked: IDBRequest<T>) =>
  new Promise<T>((done, fail) => {
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });

/** What lies under a key; undefined where nothing does. */
export async function read<T>(store: Store, key: string): Promise<T | undefined> {
  const db = await database();
  if (!db) return held.get(store)!.get(key) as T | undefined;
  return answered(db.transaction(store).objectStore(store).get(key) as IDBRequest<T | undefined>);
}

/** Everything of a store whose key begins with `prefix`. */
export async function all<T>(store: Store, prefix = ""): Promise<T[]> {
  const db = await database();
  if (!db) return [...held.get(store)!].filter(([key]) => key.startsWith(prefix)).map(([, it]) => it as T);
  const range = prefix ? IDBKeyRange.bound(prefix, `${prefix}\uffff`) : undefined;
  return answered(db.transaction(store).objectStore(store).getAll(range) as IDBRequest<T[]>);
}

/** Take away all that is known of cases and all drafts; what waits to be sent stays with whose it is. */
export async function forget(): Promise<void> {
  const db = await database();
  for (const store of ["drafts", "kept"] as const) {
    held.get(store)!.clear();
    if (db) await answered(db.transaction(store, "readwrite").objectStore(store).clear());
  }
}

/** Ask the browser not to clear this away when it runs short of room; it may ask the person, or say no. */
export async function persist(): Promise<void> {
  try {
    if (!(await navigator.storage?.persisted?.())) await navigator.storage?.persist?.();
  } catch {
    // It stays as safe as it was.
  }
}
