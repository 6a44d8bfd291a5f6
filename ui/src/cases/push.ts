/** Notices that the browser shows by itself, also while no page is open: through the service worker at `/sw.js`. */
import { casework } from "./api";

export type PushState = "unknown" | "impossible" | "denied" | "off" | "on";

async function registration(): Promise<ServiceWorkerRegistration | null> {
  if (!("serviceWorker" in navigator)) return null;
  return (await navigator.serviceWorker.getRegistration("/")) ?? null;
}

/** How it stands in this browser. */
export async function browserPush(): Promise<PushState> {
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !window.isSecureContext) return "impossible";
  if (Notification.permission === "denied") return "denied";
  const found = await (await registration())?.pushManager.getSubscription();
  return found ? "on" : "off";
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64.replace(/-/g, "+").replace(/_/g, "/"));
  const bytes = new Uint8Array(new ArrayBuffer(text.length));
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Let this browser be told, or no more. Throws what the browser or the server refuses. */
export async function pushHere(on: boolean): Promise<void> {
  if (!on) {
    const found = await (await registration())?.pushManager.getSubscription();
    if (!found) return;
    await casework.unsubscribe(found.endpoint);
    await found.unsubscribe();
    return;
  }
  if ((await Notification.requestPermission()) !== "granted") return;
  const { key } = await casework.pushKey();
  await navigator.serviceWorker.register("/sw.js", { scope: "/" });
  const ready = await navigator.serviceWorker.ready;
  const made = await ready.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) });
  const { endpoint, keys } = made.toJSON();
  await casework.subscribe({ endpoint, keys });
}
