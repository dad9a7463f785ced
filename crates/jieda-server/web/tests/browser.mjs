// A browser for tests and screenshots, and the server that they talk to.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { startMock } from "../mock/server.mjs";

const CHROMIUM = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => path && existsSync(path));

/** Whether a server is named; without one the mock answers. */
export const REAL = process.env.JIEDA_URL?.replace(/\/$/, "");

export async function launch() {
  if (!CHROMIUM) throw new Error("no Chromium found: install it, or say where it is with CHROMIUM=/path");
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
}

/** The named server, or a mock of our own; with options always a mock. `mock` is null for a real server. */
export async function serve(options) {
  if (REAL && !options) return { url: REAL, mock: null, stop: () => undefined };
  const mock = await startMock(options);
  return { url: mock.url, mock: mock.context, stop: mock.stop };
}
