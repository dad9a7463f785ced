// Pages that watch themselves: a test fails when its page logs an error, breaks the policy, or calls elsewhere.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { launch, serve } from "./browser.mjs";

/** One browser and one server a file. Call it at the top; use `open` inside tests. */
export function suite(options) {
  const world = { browser: null, server: null };
  before(async () => {
    world.browser = await launch();
    world.server = await serve(options);
  });
  after(async () => {
    await world.browser?.close();
    world.server?.stop();
  });

  /** Visits a page, runs the steps, and asserts that nothing went wrong beside them. */
  async function open(path, steps, { width = 1280, height = 860, expectErrors = [], ...more } = {}) {
    const context = await world.browser.newContext({
      baseURL: `${world.server.url}/`,
      viewport: { width, height },
      locale: "zh-CN",
      ...more,
    });
    context.setDefaultTimeout(6000);
    const page = await context.newPage();
    const faults = [];
    const expected = (text) => expectErrors.some((pattern) => pattern.test(text));
    page.on("console", (m) => m.type() === "error" && !expected(m.text()) && faults.push(m.text()));
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(world.server.url) && !/^(blob|data):/.test(url)) faults.push(`request to ${url}`);
    });
    try {
      await page.goto(path);
      await steps(page, world.server);
      assert.deepEqual(faults, []);
    } finally {
      await context.close();
    }
  }
  return { open, world };
}

/** Says something on the test page, and waits for the answer. */
export async function say(page, text) {
  const turns = page.locator("ol > li.turn");
  const count = await turns.count();
  await page.getByLabel("客户说的话").fill(text);
  await page.getByRole("button", { name: "发送" }).click();
  const turn = turns.nth(count);
  await turn.locator(".facts-line, .notice.bad").first().waitFor();
  return turn;
}

/** Calls the API as the console does. */
export async function api(page, method, path, data) {
  const session = await (await page.request.get("/v1/session")).json();
  return page.request.fetch(path, { method, data, headers: { "X-CSRF-Token": session.csrf } });
}

export async function assertNoHorizontalScroll(page, width) {
  const found = await page.evaluate(() => document.scrollingElement.scrollWidth);
  assert.ok(found <= width, `${page.url()} is ${found} px wide`);
}
