import { createHash } from "node:crypto";
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

/** The service worker knows this build's shell: the page and all that the phone page is made of, by their names. */
const shell: Plugin = {
  name: "shell",
  enforce: "post",
  generateBundle: {
    order: "post",
    handler(_options, bundle) {
      const chunks = Object.values(bundle).filter((it) => it.type === "chunk");
      const worker = chunks.find((it) => it.name === "sw");
      if (!worker) return;
      const wanted = chunks.filter(
        (it) => (it.isEntry && it !== worker) || PHONE.some((end) => it.facadeModuleId?.endsWith(end)),
      );
      const files = new Set<string>();
      const take = (name: string) => {
        const it = bundle[name];
        if (!it || files.has(name)) return;
        files.add(name);
        if (it.type !== "chunk") return;
        it.viteMetadata?.importedCss.forEach((css) => files.add(css));
        it.imports.forEach(take);
      };
      wanted.forEach((it) => take(it.fileName));
      const names = [...files].sort();
      const page = bundle["index.html"];
      const version = createHash("sha256")
        .update(names.join("\n"))
        .update(page?.type === "asset" ? page.source : "")
        .digest("hex")
        .slice(0, 16);
      const said = JSON.stringify({ version, files: names.map((it) => `/${it}`) });
      worker.code = worker.code.replace("__SHELL__", () => said);
    },
  },
};
/** Pages whose chunks a telephone keeps, by the end of their module's path. */
const PHONE = ["/phone/PhoneStage.vue", "/phone/worker.ts"];

export default defineConfig({
  root: here("."),
  base: "/",
  plugins: [vue(), preloadMap, shell],
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
    rollupOptions: {
      input: { index: here("./index.html"), sw: here("./src/sw.ts") },
      // A service worker is found under the same name for ever, and rules over what lies beside and below it.
      output: { entryFileNames: (it) => (it.name === "sw" ? "sw.js" : "assets/[name]-[hash].js") },
    },
  },
  server: { port: 5173, strictPort: true, proxy: { "/api": server, "/docs": server, "/openapi.json": server } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
