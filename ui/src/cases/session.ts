/**
 * Who is looking: the person signed in, a key of this tab, or anybody on an open server.
 *
 * Read {@link me} anywhere; {@link refresh} asks the server again. Requests about cases go through {@link get},
 * {@link post}, {@link put}, {@link patch} and {@link del}: they carry what the server wants to know of the caller, throw
 * a `Problem` when it refuses, and ask for a sign-in where nobody is known (any more).
 */
import { computed, ref, shallowRef } from "vue";
import { asProblem, type Problem, type Query } from "@/api/client";
import { apiKey, ask, askJson, csrf, type Asked, type Method } from "@/api/door";
import type { Language, Text } from "@/api/types";

export type Level = "country" | "province" | "city" | "district" | "street" | "";
export type Role =
  | "operator"
  | "duty_officer"
  | "handler"
  | "inspector"
  | "enterprise"
  | "reviewer"
  | "auditor"
  | "public";

/** What the server says of who is asking. */
export interface Me {
  signed_in: boolean;
  id: string;
  name: string;
  roles: Role[];
  jurisdiction: { code: string; name: Text } | null;
  level: Level;
  email: string;
  language: Language | "";
  csrf: string;
  /** Names of what this caller may do. */
  may: string[];
  /** True where the server lets this machine act without an account. */
  open: boolean;
  /** True where somebody has an account, so that signing in makes sense. */
  has_accounts: boolean;
  oidc: { id: string; name: Text | string }[];
  /** True where the password must be changed before anything else. */
  must_change?: boolean;
  has_password?: boolean;
  /** Of an enterprise's person: the stations that are theirs. */
  stations?: string[];
}

const NOBODY: Me = {
  signed_in: false,
  id: "",
  name: "",
  roles: [],
  jurisdiction: null,
  level: "",
  email: "",
  language: "",
  csrf: "",
  may: [],
  open: false,
  has_accounts: false,
  oidc: [],
};

/** Who is looking now; nobody until the server has answered. */
export const me = shallowRef<Me>(NOBODY);
/** True once the server has answered who is looking. */
export const known = ref(false);
export const sessionProblem = shallowRef<Problem | null>(null);

/** True while the dialog that asks for a name and a password is wanted. */
export const asking = ref(false);

/** True where acting may be tried: somebody is signed in, has a key, or the server is open to this machine. */
export const acting = computed(() => me.value.signed_in || me.value.open || apiKey.value !== "");

/** Whether the caller may do a task, as the server names it. */
export function may(task: string): boolean {
  return me.value.may.includes(task) || (me.value.open && !me.value.may.length);
}

/** Whether the caller has one of some roles; an operator has them all, an open server asks for none. */
export function hasRole(...roles: Role[]): boolean {
  const { open, signed_in, roles: held } = me.value;
  return held.includes("operator") || roles.some((it) => held.includes(it)) || (!signed_in && (open || apiKey.value !== ""));
}

function take(answer: Partial<Me> | null): Me {
  me.value = { ...NOBODY, ...answer };
  csrf.value = me.value.csrf;
  known.value = true;
  sessionProblem.value = null;
  return me.value;
}

let reading: Promise<Me> | null = null;

/** Ask the server who is looking. A server that knows no people is open as far as it lets requests through. */
export function refresh(): Promise<Me> {
  reading ??= askJson<Me>("GET", "me")
    .then(take, (error: unknown) => {
      const problem = asProblem(error, "/api/me");
      if (problem.status === 404) return take({ open: true });
      if (problem.status === 401 || problem.status === 403) return take({ has_accounts: true });
      sessionProblem.value = problem;
      throw problem;
    })
    .finally(() => (reading = null));
  return reading;
}

/** Who is looking, asked once. */
export function whoami(): Promise<Me> {
  return known.value ? Promise.resolve(me.value) : refresh();
}

/** Sign in with a login and a password; 401 where they do not fit, 429 where too many were tried. */
export async function signIn(login: string, password: string): Promise<Me> {
  const found = take(await askJson<Me>("POST", "session", { body: { login, password } }));
  asking.value = found.must_change ?? false;
  return found;
}

export async function signOut(): Promise<void> {
  // What this browser keeps of cases for work without a line goes before anything else can fail.
  await import("@/phone/memory").then((it) => it.forget()).catch(() => undefined);
  await ask("DELETE", "session");
  take(null);
  await refresh();
}

/** Change one's own password; who is looking is asked again. */
export async function changePassword(old: string, fresh: string): Promise<void> {
  take(await askJson<Me>("POST", "me/password", { body: { old, new: fresh } }));
}

/** Change one's own account. */
export async function changeMe(changes: { name?: string; email?: string; language?: Language }): Promise<void> {
  take(await askJson<Me>("PATCH", "me", { body: changes }));
}

/** Where one is signed in. */
export interface OwnSession {
  id: string;
  made: string;
  seen: string;
  ends: string;
  agent: string;
  address: string;
  via: string;
  current: boolean;
}

export const mySessions = () => askJson<OwnSession[]>("GET", "me/sessions");
export const endSession = (id: string) => ask("DELETE", `me/sessions/${encodeURIComponent(id)}`);

let offered = false;

/**
 * Nobody is known (any more): whoever was here signs in again, and what was typed stays on the page. Who only looks is
 * asked once and not at every reading of a list that follows by itself.
 */
async function offer(method: Method): Promise<void> {
  const was = me.value.signed_in;
  const now = await refresh().catch(() => null);
  if (!now?.has_accounts || now.signed_in || !(was || method !== "GET" || !offered)) return;
  offered = true;
  asking.value = true;
}

async function call<T>(method: Method, path: string, asked: Asked): Promise<T> {
  try {
    return await askJson<T>(method, path, asked);
  } catch (error) {
    const problem = asProblem(error, path);
    if (problem.status === 401) await offer(method);
    throw error;
  }
}

/** GET as JSON. Paths are those of the API without `/api/`; a path that begins with a slash is taken as it is. */
export const get = <T>(path: string, query: Query = {}, signal?: AbortSignal) => call<T>("GET", path, { query, signal });
/** POST JSON, or a Blob as it is. */
export const post = <T>(path: string, body: unknown = {}, asked: Omit<Asked, "body"> = {}) =>
  call<T>("POST", path, { ...asked, body });
export const put = <T>(path: string, body: unknown) => call<T>("PUT", path, { body });
export const patch = <T>(path: string, body: unknown) => call<T>("PATCH", path, { body });
export const del = <T = null>(path: string, body?: unknown) => call<T>("DELETE", path, { body });
