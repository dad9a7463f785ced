// What is shipped stays small: the scripts that every page of the console loads, and the widget.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const dist = (path) => fileURLToPath(new URL(`../dist/${path}`, import.meta.url));
const html = readFileSync(dist("console/index.html"), "utf8");
const entry = [...html.matchAll(/assets\/[^"]+\.js/g)].map((m) => statSync(dist(`console/${m[0]}`)).size);
const lazy = readdirSync(dist("console/assets"))
  .filter((f) => f.endsWith(".js") && !html.includes(f))
  .map((f) => statSync(dist(`console/assets/${f}`)).size);
const sum = (sizes) => sizes.reduce((a, b) => a + b, 0);
const sizes = [
  { name: "console, every page", size: sum(entry), limit: 250_000 },
  // 173 kB of it are the charts; the rest are pages of which each loads a few kB, that of agents the most.
  { name: "console, pages loaded when opened", size: sum(lazy), limit: 280_000 },
  { name: "widget", size: statSync(dist("widget/jieda-chat.js")).size, limit: 30_000 },
];
for (const { name, size, limit } of sizes) {
  console.log(`${name}: ${(size / 1000).toFixed(1)} kB of ${limit / 1000} kB`);
  if (size > limit) process.exitCode = 1;
}
