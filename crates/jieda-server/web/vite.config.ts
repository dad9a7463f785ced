import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const server = process.env.JIEDA_URL ?? "http://127.0.0.1:7700";

/** The console, served under `/console/`. */
export default defineConfig({
  root: folder("console"),
  base: "/console/",
  plugins: [vue()],
  define: { __VUE_OPTIONS_API__: "false" },
  server: { proxy: { "/v1": server, "/healthz": server, "/widget": server } },
  build: {
    outDir: folder("dist/console"),
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    // The strict policy allows no inline script, and every browser in reach preloads modules by itself.
    modulePreload: { polyfill: false },
    // Files stay files: a data: URL would not be allowed for fonts, scripts and styles.
    assetsInlineLimit: 0,
  },
});
