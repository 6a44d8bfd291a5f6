/** The service worker of this page: asked for when nothing else is to do, and only where somebody works here. */

let asked: Promise<ServiceWorkerRegistration | null> | null = null;

const idle = () =>
  new Promise<void>((done) =>
    typeof requestIdleCallback === "function" ? requestIdleCallback(() => done(), { timeout: 5000 }) : setTimeout(done, 1000),
  );

/** Register it, once; null where the browser has none, or the page came over a line that anybody may change (http). */
export function register(): Promise<ServiceWorkerRegistration | null> {
  asked ??= (async () => {
    if (!("serviceWorker" in navigator) || !isSecureContext || import.meta.env.DEV) return null;
    if (document.readyState !== "complete") await new Promise((done) => addEventListener("load", done, { once: true }));
    await idle();
    return navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" }).catch(() => null);
  })();
  return asked;
}
