/**
 * What every request that needs a person carries: the CSRF word of who is signed in, or the API key of this tab.
 *
 * Reading and writing alike go through {@link ask}; an answer that refuses is thrown as a {@link Problem}.
 */
import { ref } from "vue";
import { aborted, apiUrl, Problem, problemOf, type Query } from "./client";

const KEY = "clearbay.key";

function keptKey(): string {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}

/** The API key of this tab; empty where there is none. */
export const apiKey = ref(typeof sessionStorage === "undefined" ? "" : keptKey());

/** Use a key from now on, or none; it stays in this tab. */
export function useKey(text: string): void {
  apiKey.value = text.trim();
  try {
    if (apiKey.value) sessionStorage.setItem(KEY, apiKey.value);
    else sessionStorage.removeItem(KEY);
  } catch {
    // A browser that keeps nothing still uses it until the page goes.
  }
}

/** The word that shows the server that a change comes from this page; empty while nobody is signed in. */
export const csrf = ref("");

/** The header by which the server knows it. */
export const CSRF = "X-Clearbay-CSRF";

/** Who is asking, as headers. */
export function credentials(): Record<string, string> {
  return {
    ...(apiKey.value ? { authorization: `Bearer ${apiKey.value}` } : {}),
    ...(csrf.value ? { [CSRF]: csrf.value } : {}),
  };
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Asked {
  body?: unknown;
  query?: Query;
  signal?: AbortSignal;
  headers?: Record<string, string>;
  /** True where it must go out even though the page is being left. */
  keepalive?: boolean;
}

/** Ask; the answer as it came, or a {@link Problem}. `body` is sent as JSON unless it is a Blob. */
export async function ask(method: Method, path: string, asked: Asked = {}): Promise<Response> {
  const url = path.startsWith("/") ? path : apiUrl(path, asked.query ?? {});
  const raw = asked.body instanceof Blob;
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      signal: asked.signal,
      keepalive: asked.keepalive,
      headers: {
        accept: "application/json",
        ...(asked.body === undefined || raw ? {} : { "content-type": "application/json" }),
        ...credentials(),
        ...asked.headers,
      },
      body: asked.body === undefined ? undefined : raw ? (asked.body as Blob) : JSON.stringify(asked.body),
    });
  } catch (error) {
    if (aborted(error)) throw error;
    throw new Problem(0, "unreachable", error instanceof Error ? error.message : "", url, "");
  }
  if (!response.ok) throw await problemOf(response, url);
  return response;
}

/** Ask for JSON; null where the answer has no body. */
export async function askJson<T>(method: Method, path: string, asked: Asked = {}): Promise<T> {
  const response = await ask(method, path, asked);
  const text = await response.text();
  try {
    return (text ? JSON.parse(text) : null) as T;
  } catch (error) {
    throw new Problem(response.status, "unreadable", error instanceof Error ? error.message : "", path, "");
  }
}

/** POST `body` as JSON. */
export function postJson<T>(url: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return askJson<T>("POST", url, { body, signal });
}

/** True where the server asks who is calling, or does not let this caller write. */
export const refusesCaller = (problem: Problem | null): boolean => problem?.status === 401 || problem?.status === 403;
