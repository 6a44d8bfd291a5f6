/**
 * The service worker: the phone page opens without a line, and new things are told while no page is open.
 *
 * It keeps the shell of its own build and nothing else: no answer of the API is ever in its cache. Pages and their code
 * come from the network whenever there is one; what it keeps is used where there is none, or where the file's name
 * carries its own version. Everything that is not the phone page passes it by.
 */
declare const __SHELL__: { version: string; files: string[] };

interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asked extends Waiting {
  readonly request: Request;
  readonly preloadResponse?: Promise<Response | undefined>;
  respondWith(answer: Promise<Response> | Response): void;
}
interface Pushed extends Waiting {
  readonly data: { json(): unknown; text(): string } | null;
}
interface Clicked extends Waiting {
  readonly notification: Notification & { data?: { url?: string } };
}
interface Installing extends Waiting {
  addRoutes?(rules: unknown[]): Promise<void>;
}
interface PageClient {
  readonly url: string;
  focus(): Promise<PageClient>;
  navigate(url: string): Promise<PageClient | null>;
}
interface Scope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: {
    claim(): Promise<void>;
    matchAll(what: { type: "window"; includeUncontrolled: boolean }): Promise<PageClient[]>;
    openWindow(url: string): Promise<unknown>;
  };
  readonly location: Location;
  skipWaiting(): Promise<void>;
  addEventListener<E extends Event>(type: string, listener: (event: E) => void): void;
}

const scope = globalThis as unknown as Scope;
const shell = __SHELL__;
const CACHE = `clearbay-shell-${shell.version}`;
/** The one page that is kept: without a line every address of the phone page opens it. */
const PAGE = "/?view=handle";
/** Milliseconds after which a page is not waited for any longer: a line that hangs is no line. */
const PATIENCE = 5000;

scope.addEventListener<Installing>("install", (event) => {
  const rules = [{ condition: { urlPattern: { pathname: "/api/*" } }, source: "network" }];
  // Where the browser knows how, requests to the API do not even wake this worker.
  void event.addRoutes?.(rules).catch(() => undefined);
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) =>
        cache.addAll([new Request(PAGE, { cache: "reload" }), ...shell.files.map((it) => new Request(it))]),
      )
      .then(() => scope.skipWaiting()),
  );
});

scope.addEventListener<Waiting>("activate", (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((it) => it.startsWith("clearbay-shell-") && it !== CACHE);
      await Promise.all(old.map((it) => caches.delete(it)));
      // The page is on its way while this worker wakes.
      await scope.registration.navigationPreload?.enable().catch(() => undefined);
      await scope.clients.claim();
    })(),
  );
});

async function fromNetwork(event: Asked): Promise<Response> {
  const coming = (async () => (await event.preloadResponse) ?? fetch(event.request))();
  const late = new Promise<never>((_, fail) => setTimeout(() => fail(new Error("no answer in time")), PATIENCE));
  try {
    const found = await Promise.race([coming, late]);
    if (found.status < 500) return found;
  } catch {
    // There is no line: what is kept answers.
  }
  return (await caches.match(PAGE, { cacheName: CACHE, ignoreVary: true })) ?? coming;
}

scope.addEventListener<Asked>("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const url = new URL(request.url);
  if (url.origin !== scope.location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname === "/" && url.searchParams.get("view") === "handle") event.respondWith(fromNetwork(event));
  } else if (shell.files.includes(url.pathname)) {
    // A file is the same for whoever asks, whatever the answer says that it varies by.
    event.respondWith(caches.match(request, { cacheName: CACHE, ignoreVary: true }).then((it) => it ?? fetch(request)));
  }
});

/** What a push says, in the language of whom it is for; `url` is an address of this server. */
interface Told {
  title?: string;
  body?: string;
  tag?: string;
  case?: string;
  url?: string;
  lang?: string;
}

scope.addEventListener<Pushed>("push", (event) => {
  let told: Told = {};
  try {
    told = (event.data?.json() ?? {}) as Told;
  } catch {
    told = { body: event.data?.text() ?? "" };
  }
  const url = told.url ?? (told.case ? `/?view=case&case=${encodeURIComponent(told.case)}` : "/?view=desk");
  event.waitUntil(
    scope.registration.showNotification(told.title || "clearbay 清湾", {
      body: told.body ?? "",
      tag: told.tag ?? told.case ?? "",
      lang: told.lang ?? "",
      icon: "/icon.svg",
      data: { url },
    }),
  );
});

scope.addEventListener<Clicked>("notificationclick", (event) => {
  event.notification.close();
  const wanted = new URL(event.notification.data?.url ?? "/", scope.location.origin);
  // A message never leads away from this server.
  const url = wanted.origin === scope.location.origin ? wanted.href : scope.location.origin;
  event.waitUntil(
    (async () => {
      const open = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
      const there = open.find((it) => it.url === url) ?? open[0];
      if (!there) return scope.clients.openWindow(url);
      const page = there.url === url ? there : ((await there.navigate(url).catch(() => null)) ?? null);
      return page ? page.focus() : scope.clients.openWindow(url);
    })(),
  );
});
