import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The chat widget: one classic script with a fixed name, and a page that shows it (from `public/`). */
export default defineConfig({
  root: folder("widget"),
  build: {
    outDir: folder("dist/widget"),
    emptyOutDir: true,
    target: "es2020",
    sourcemap: false,
    lib: {
      entry: folder("widget/src/main.ts"),
      formats: ["iife"],
      name: "jiedaChat",
      fileName: () => "jieda-chat.js",
    },
  },
});
