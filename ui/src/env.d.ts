/// <reference types="vite/client" />

interface Window {
  /** For tests and measurements: whether the map has drawn everything that it knows. */
  __clearbay: { idle: boolean; whenIdle: () => Promise<void> };
}
