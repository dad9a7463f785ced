// The chat widget on its demo page, under the strict policy.
import assert from "node:assert/strict";
import { test } from "node:test";
import { REAL } from "./browser.mjs";
import { api, assertNoHorizontalScroll, suite } from "./harness.mjs";

const KEY = process.env.JIEDA_KEY ?? "demo";
const PATH = `widget/?key=${encodeURIComponent(KEY)}`;
const { open } = suite();
const onlyMock = { skip: REAL ? "needs the mock" : false };

const openChat = (page) => page.getByRole("button", { name: "打开在线客服" }).click();
const bubbles = (page, who) => page.locator(`.bubble.${who}`);

async function ask(page, text) {
  const count = await bubbles(page, "bot").count();
  await page.getByLabel("您的问题").fill(text);
  await page.keyboard.press("Enter");
  await bubbles(page, "bot").nth(count).waitFor();
  await page.locator(".typing").waitFor({ state: "detached" });
}

/** Asks until one answer has what is wanted; a new conversation each, since two failures hand over. */
async function askUntil(page, texts, wanted) {
  for (const text of texts) {
    await page.evaluate(() => sessionStorage.clear());
    await page.goto(PATH);
    await openChat(page);
    await ask(page, text);
    if ((await wanted.count()) > 0) return true;
  }
  return false;
}

test("a conversation: focus, options by a click, Escape, and it goes on after a reload", async (t) =>
  open(PATH, async (page) => {
    const options = page.locator(".options button");
    if (!(await askUntil(page, ["快递", "退货", "发票", "优惠券", "密码"], options))) {
      assert.ok(REAL, "the mock asks back");
      return t.skip("this server asked nothing back");
    }
    assert.equal(await page.getByRole("dialog").getAttribute("aria-labelledby"), "title");
    assert.equal(await page.evaluate(() => document.querySelector("div[lang]").shadowRoot.activeElement.id), "text");
    await options.first().click();
    await bubbles(page, "bot").nth(2).waitFor();
    assert.match(await bubbles(page, "customer").last().textContent(), /1$/);
    assert.equal(await options.count(), 0);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    assert.match(
      await page.evaluate(() => document.querySelector("div[lang]").shadowRoot.activeElement.className),
      /launcher/,
    );
    await page.reload();
    await openChat(page);
    assert.equal(await bubbles(page, "customer").count(), 2);
  }));

test("a rating too low hands over, and the agent's words arrive", async (t) =>
  open(PATH, async (page) => {
    await openChat(page);
    const stars = page.locator(".rating button");
    for (const text of ["东西刚买就降价了，能补差价吗", "怎么查看我的订单", "退款多久到账"]) {
      await ask(page, text);
      if ((await stars.count()) > 0) break;
    }
    if ((await stars.count()) === 0) {
      assert.ok(REAL, "the mock asks for a rating");
      return t.skip("this server asked for no rating");
    }
    await stars.nth(1).click();
    await page.getByText("已转人工客服").waitFor();
    const { conversation } = await page.evaluate(() =>
      JSON.parse(Object.values(sessionStorage).find((v) => v.startsWith("{"))),
    );
    await api(page, "POST", `/v1/conversations/${conversation}/agent`, { text: "您好，我是客服小林，请稍等。" });
    await bubbles(page, "agent").getByText("我是客服小林").waitFor();
    await page.keyboard.press("Escape");
    await api(page, "POST", `/v1/conversations/${conversation}/agent`, { text: "已经为您加急处理。" });
    await page.locator(".launcher .dot").waitFor();
    await openChat(page);
    assert.equal(await bubbles(page, "agent").count(), 2);
    await api(page, "POST", `/v1/conversations/${conversation}/hand-back`);
    await page.getByText("人工客服已结束服务").waitFor();
  }));

test("Enter ends a composition and sends nothing; a long text shows its length", () =>
  open(PATH, async (page) => {
    await openChat(page);
    const input = page.getByLabel("您的问题");
    await input.fill("怎么退");
    await input.dispatchEvent("keydown", { key: "Enter", isComposing: true });
    await input.dispatchEvent("keydown", { key: "Enter", keyCode: 229 });
    assert.equal(await bubbles(page, "customer").count(), 0);
    await input.fill("退".repeat(501));
    await page.getByText("501 / 500 字").waitFor();
    await page.keyboard.press("Enter");
    assert.equal(await bubbles(page, "customer").count(), 0);
  }));

test("what is lost on the way is sent again under the same key, and counts once", onlyMock, () =>
  open(
    PATH,
    async (page, { mock }) => {
      const keys = [];
      page.on("request", (r) => r.url().endsWith("/v1/answer") && keys.push(r.headers()["idempotency-key"]));
      await openChat(page);
      mock.faults.answer = ["lose", "busy"];
      await page.getByLabel("您的问题").fill("怎么查看我的订单");
      await page.keyboard.press("Enter");
      await page.getByText("网络不太稳定").waitFor();
      await page.getByText("当前咨询较多").waitFor();
      await bubbles(page, "bot").nth(1).waitFor();
      assert.equal(keys.length, 3);
      assert.equal(new Set(keys).size, 1);
      const { conversation } = await page.evaluate(() =>
        JSON.parse(Object.values(sessionStorage).find((v) => v.startsWith("{"))),
      );
      assert.equal(mock.store.byId.get(conversation).turns.length, 1);
    },
    { expectErrors: [/ERR_CONTENT_LENGTH_MISMATCH/, /429/] },
  ),
);

test("text from outside stays text, and the page's script has its say", onlyMock, () =>
  open(PATH, async (page, { mock }) => {
    const bodies = [];
    page.on("request", (r) => r.url().endsWith("/v1/answer") && bodies.push(r.postDataJSON()));
    await page.evaluate(() => {
      window.jieda.identify({ id: "u-1", tier: "vip" });
      window.jieda.setVariables({ order_id: "20261128001" });
      window.jieda.open();
    });
    await ask(page, "<img src=x onerror=alert(1)>转人工");
    assert.equal(await page.locator(".log img").count(), 0);
    assert.deepEqual(bodies[0].customer, { id: "u-1", tier: "vip", channel: "web" });
    assert.deepEqual(bodies[0].variables, { order_id: "20261128001" });
    const conversation = [...mock.store.byId.values()].at(-1);
    mock.store.push(conversation, { event: "agent_said", text: "<b>您好</b>" });
    await bubbles(page, "agent").getByText("<b>您好</b>").waitFor();
    await page.evaluate(() => window.jieda.close());
    assert.ok(await page.getByRole("dialog").isHidden());
  }),
);

test("on a phone it fills the screen and keeps the focus inside", () =>
  open(
    PATH,
    async (page) => {
      await openChat(page);
      const box = await page.getByRole("dialog").boundingBox();
      assert.deepEqual([box.x, box.y, box.width, box.height], [0, 0, 360, 740]);
      await page.getByLabel("您的问题").fill("在吗");
      for (let i = 0; i < 6; i += 1) await page.keyboard.press("Tab");
      assert.ok(await page.evaluate(() => document.querySelector("div[lang]").shadowRoot.activeElement !== null));
      await assertNoHorizontalScroll(page, 360);
    },
    { width: 360, height: 740, reducedMotion: "reduce" },
  ));
