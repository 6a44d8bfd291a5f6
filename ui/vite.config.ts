import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The server that the development server forwards to; the built bundle is served by clearbay itself.
const server = process.env.CLEARBAY_SERVER ?? "http://127.0.0.1:8700";

/** The map's chunk is the largest thing of all: the browser learns of it from the page itself, after what comes first. */
const preloadMap: Plugin = {
  name: "preload-map",
  transformIndexHtml: {
    order: "post",
    handler(_html, { bundle }) {
      const map = Object.values(bundle ?? {}).find(
        (it) => it.type === "chunk" && it.facadeModuleId?.endsWith("bayMap.ts"),
      );
      return map
        ? [
            {
              tag: "link",
              attrs: { rel: "modulepreload", crossorigin: true, href: `/${map.fileName}`, fetchpriority: "low" },
              injectTo: "head",
            },
          ]
        : [];
    },
  },
};

export default defineConfig({
  root: here("."),
  base: "/",
  plugins: [vue(), preloadMap],
  resolve: { alias: { "@": here("./src") } },
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_I18N_LEGACY_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  build: {
    outDir: here("../src/clearbay/web/static"),
    emptyOutDir: true,
    target: "es2022",
    // MapLibre alone is larger than the warning's limit and is a chunk of its own already.
    chunkSizeWarningLimit: 1500,
    modulePreload: { polyfill: false },
  },
  server: { port: 5173, strictPort: true, proxy: { "/api": server, "/docs": server, "/openapi.json": server } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
