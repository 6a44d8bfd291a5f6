/** A file in parts, by tus 1.0.0: ask how much is there, go on from that byte, until all of it is. */
import { aborted, Problem, problemOf } from "@/api/client";
import { credentials } from "@/api/door";
import type { Item, Sending } from "./model";

const VERSION = { "Tus-Resumable": "1.0.0" };
const SMALLEST = 64 * 1024;
const LARGEST = 1024 * 1024;
/** A part that takes longer than this says that the line is bad, in milliseconds; one that takes half as much, good. */
const SLOW = 8000;
/** Milliseconds after which a part is given up; what of it arrived counts. */
const STALL = 60_000;

export interface Progress {
  /** Told how many bytes the server has, and where the upload lives; awaited, so that it is on the disk. */
  (patch: Pick<Sending, "location" | "sent">): Promise<void>;
}

function metadata(item: Item, what: Sending): string {
  const said: Record<string, string> = {
    filename: what.name,
    filetype: what.type,
    kind: what.evidence,
    key: item.id,
    ...(what.complaint ? { complaint: what.complaint } : { case: item.scope }),
    ...(what.sha256 ? { sha256: what.sha256 } : {}),
    ...(what.taken ? { taken: what.taken } : {}),
    ...(what.note ? { note: what.note } : {}),
    ...(what.longitude !== null && what.latitude !== null
      ? { longitude: what.longitude.toFixed(7), latitude: what.latitude.toFixed(7) }
      : {}),
  };
  return Object.entries(said)
    .map(([name, value]) => `${name} ${base64(value)}`)
    .join(",");
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (it) => String.fromCharCode(it)).join(""));
}

async function asked(url: string, given: RequestInit, stop: AbortSignal): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), STALL);
  const over = () => late.abort();
  stop.addEventListener("abort", over);
  try {
    const answer = await fetch(url, {
      ...given,
      signal: late.signal,
      cache: "no-store",
      headers: { ...VERSION, ...credentials(), ...(given.headers as Record<string, string>) },
    });
    if (!answer.ok) throw await problemOf(answer, url);
    return answer;
  } catch (error) {
    if (stop.aborted) throw new DOMException("given up", "AbortError");
    if (error instanceof Problem) throw error;
    throw new Problem(0, "unreachable", aborted(error) ? "" : error instanceof Error ? error.message : "", url, "");
  } finally {
    clearTimeout(timer);
    stop.removeEventListener("abort", over);
  }
}

const begin = async (item: Item, what: Sending, stop: AbortSignal) => {
  const answer = await asked(
    "/api/uploads",
    { method: "POST", headers: { "Upload-Length": String(what.size), "Upload-Metadata": metadata(item, what) } },
    stop,
  );
  return answer.headers.get("Location") ?? "";
};

/** Send a file to its end. Throws a {@link Problem} where the line breaks or the server refuses: call again to go on. */
export async function sendFile(item: Item, file: Blob, save: Progress, stop: AbortSignal): Promise<void> {
  const what = item.what as Sending;
  let location = what.location;
  if (!location) {
    location = await begin(item, what, stop);
    await save({ location, sent: 0 });
  }
  let size = 4 * SMALLEST;
  let offset = -1;
  for (;;) {
    if (offset < 0) {
      let there: Response;
      try {
        there = await asked(location, { method: "HEAD" }, stop);
      } catch (error) {
        // Its time was over, or the server lost it: from the start, under the same key.
        if (error instanceof Problem && error.status === 404) await save({ location: "", sent: 0 });
        throw error instanceof Problem && error.status === 404
          ? new Problem(0, "unreachable", error.detail, error.where, "")
          : error;
      }
      offset = Number(there.headers.get("Upload-Offset"));
      await save({ location, sent: offset });
      if (there.headers.get("X-Evidence")) return;
    }
    const began = performance.now();
    const part = file.slice(offset, offset + size);
    let answer: Response;
    try {
      answer = await asked(
        location,
        {
          method: "PATCH",
          body: part,
          headers: { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" },
        },
        stop,
      );
    } catch (error) {
      if (error instanceof Problem && error.status === 409) {
        offset = -1;
        continue;
      }
      throw error;
    }
    offset = Number(answer.headers.get("Upload-Offset"));
    await save({ location, sent: offset });
    if (answer.headers.get("X-Evidence")) return;
    if (offset >= what.size) offset = -1;
    const took = performance.now() - began;
    if (took > SLOW) size = Math.max(SMALLEST, size / 2);
    else if (took < SLOW / 2) size = Math.min(LARGEST, size * 2);
  }
}
