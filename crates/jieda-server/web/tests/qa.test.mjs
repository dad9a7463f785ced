// Quality review in the console: what was drawn, scores, what others gave, figures. Always against the mock, whose
// reviews are known.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertNoHorizontalScroll, suite } from "./harness.mjs";

const lines = (page) => page.getByRole("region", { name: "质检样本" }).locator("li");
const item = (page, name) => page.getByRole("group", { name: new RegExp(`^${name}`) });
const give = (page, name, points) => item(page, name).getByText(points, { exact: true }).click();
const sum = (page) => page.getByRole("form", { name: "打分" }).getByRole("status");
const samplesOf = async (page, query = "") => (await (await page.request.get(`/v1/qa/samples${query}`)).json()).samples;
/** From before the first conversation of the mock. */
const ALL = "?since=2020-01-01T00:00:00Z";
const OWN = "period=own&from=2020-01-01&to=2099-01-01";

describe("as a publisher", () => {
  const { open } = suite({});

  test("the menu has the page after the figures", () =>
    open("console/", async (page) => {
      const links = await page.getByRole("navigation", { name: "主菜单" }).getByRole("link").allTextContents();
      const names = links.map((text) => text.trim());
      assert.equal(names.indexOf("质检"), names.indexOf("报表") + 1);
      await page.getByRole("link", { name: "质检" }).click();
      await page.getByRole("heading", { name: "质检", exact: true }).waitFor();
      assert.equal(await page.title(), "质检 · 解答");
    }));

  test("samples are filtered by what is to be done and by plan, and the address remembers", () =>
    open(`console/#/qa?${OWN}`, async (page) => {
      const all = await samplesOf(page, ALL);
      const unscored = all.filter((sample) => sample.reviews === 0);
      await page.getByRole("button", { name: `未检 ${unscored.length}` }).waitFor();
      assert.equal(await lines(page).count(), unscored.length);
      await page.getByLabel("抽检规则").selectOption("低置信度");
      const low = all.filter((sample) => sample.plans.includes("低置信度"));
      await page.getByRole("button", { name: `全部 ${low.length}` }).click();
      assert.equal(await lines(page).count(), low.length);
      await page.waitForURL(/state=all/);
      await page.reload();
      await page.getByRole("button", { name: `全部 ${low.length}` }).waitFor();
      assert.equal(await page.getByLabel("抽检规则").inputValue(), "低置信度");
      await page.getByText("抽检规则", { exact: true }).last().click();
      await page.getByText("最低置信度不高于 30%的会话抽 40%，每天最多 20 个").waitFor();
    }));

  test("a score is reckoned while it is given, saved, and the next one follows", () =>
    open(`console/#/qa?${OWN}`, async (page, { mock }) => {
      const order = (await samplesOf(page, ALL)).filter((s) => !s.mine && s.reviews < s.wanted);
      const first = order.find((sample) => sample.reviews === 0);
      await lines(page).first().getByRole("link").click();
      await page.waitForURL((url) => url.hash.startsWith(`#/qa/${first.conversation_id}?`));
      await page.getByRole("region", { name: "对话记录" }).locator("ol > li").first().waitFor();
      assert.match(await sum(page).textContent(), /–.*还有 4 项没有打分/s);

      await page.getByRole("button", { name: "保存，看下一个" }).click();
      assert.equal(await page.getByText("请打分，或选“不适用”").count(), 4);
      assert.ok(await item(page, "答案准确").evaluate((e) => e.contains(document.activeElement)));

      await give(page, "答案准确", "4");
      await give(page, "解决问题", "5");
      await give(page, "态度语气", "不适用");
      await give(page, "合规", "3");
      // (40 × 4/5 + 25 × 5/5 + 15 × 3/5) / 80
      assert.match(await sum(page).textContent(), /82\.5.*合格/s);
      await give(page, "合规", "0");
      assert.match(await sum(page).textContent(), /0\.0.*不合格.*“合规”0 分，总分为 0/s);
      await give(page, "合规", "3");
      await page.getByLabel("评语").fill("先安抚了客户。");

      await page.getByRole("link", { name: "待检列表" }).click();
      await page.getByRole("dialog").getByText("这次打分还没有保存").waitFor();
      await page.getByRole("dialog").getByRole("button", { name: "取消" }).click();
      await page.getByRole("button", { name: "保存，看下一个" }).click();
      const next = order[order.indexOf(first) + 1];
      await page.waitForURL((url) => url.hash.startsWith(`#/qa/${next.conversation_id}?`));
      assert.match(await sum(page).textContent(), /–/);
      const kept = mock.quality.reviews.get(first.conversation_id).get("user:local");
      assert.deepEqual(kept.scores, { accuracy: 4, solved: 5, tone: null, rules: 3 });
      assert.equal(kept.comment, "先安抚了客户。");
      assert.equal(kept.score, 82.5);
    }));

  test("what others gave is told after one's own, which may be changed", () =>
    open("console/#/qa", async (page, { mock }) => {
      const all = await samplesOf(page, ALL);
      const { conversation_id: id } = all.find((s) => s.wanted === 2 && s.reviews === 1 && !s.mine);
      await page.goto(`console/#/qa/${id}?${OWN}`);
      await page.getByText("已有 1 人打分，您打分以后才能看到。").waitFor();
      assert.equal(await page.getByRole("article", { name: /的打分$/ }).count(), 0);

      // By keys alone: from one group to the next, and within it.
      await item(page, "答案准确").getByRole("radio").first().focus();
      for (let i = 0; i < 4; i += 1) {
        await page.keyboard.press("Space");
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("Tab");
      }
      assert.match(await sum(page).textContent(), /20\.0.*不合格/s);
      await page.getByRole("button", { name: "保存", exact: true }).click();
      const other = page.getByRole("article", { name: "林质检 的打分" });
      const { score } = mock.quality.reviews.get(id).get("user:林质检");
      await other.getByText(score.toFixed(1), { exact: true }).waitFor();

      await page.getByRole("heading", { name: "我的打分" }).waitFor();
      await give(page, "答案准确", "5");
      await page.getByRole("button", { name: "保存", exact: true }).click();
      await page.getByText(/^已保存/).waitFor();
      await page.reload();
      await other.waitFor();
      assert.ok(await item(page, "答案准确").getByRole("radio", { name: "5" }).isChecked());
    }));

  test("what the server refuses stands beside its item, and none that applies is no score", () =>
    open(
      "console/#/qa",
      async (page) => {
        const [sample] = (await samplesOf(page, ALL)).filter((s) => !s.mine);
        await page.goto(`console/#/qa/${sample.conversation_id}?${OWN}`);
        for (const name of ["答案准确", "解决问题", "态度语气", "合规"]) await give(page, name, "不适用");
        await page.getByRole("button", { name: "保存", exact: true }).click();
        await page.getByText("至少要有一项适用。").waitFor();
        await page.route("**/review", (route) =>
          route.fulfill({
            status: 422,
            contentType: "application/problem+json",
            body: JSON.stringify({ title: "内容有错误", errors: [{ pointer: "/scores/tone", detail: "没有这一项" }] }),
          }),
        );
        await give(page, "答案准确", "3");
        await page.getByRole("button", { name: "保存", exact: true }).click();
        await item(page, "态度语气").getByRole("alert").getByText("没有这一项").waitFor();
        assert.equal(await page.getByText("内容有错误").count(), 0);
        await give(page, "答案准确", "不适用");
        await page.getByRole("link", { name: "待检列表" }).click();
        await page.getByRole("dialog").getByRole("button", { name: "放弃修改" }).click();
        await page.getByRole("heading", { name: "质检", exact: true }).waitFor();
      },
      { expectErrors: [/422/] },
    ));

  test("a conversation leads to its score sheet", () =>
    open("console/#/conversations?range=", async (page) => {
      await page.locator(".list li a").first().click();
      const id = page.url().split("/").at(-1);
      await page.getByRole("region", { name: "对话记录" }).waitFor();
      await page.getByRole("main").getByRole("link", { name: "质检" }).click();
      await page.getByRole("heading", { name: "质检打分" }).waitFor();
      assert.ok(page.url().includes(`#/qa/${id}`));
    }));

  test("figures are those that the server gives, with what alpha means", () =>
    open(`console/#/qa?tab=figures&${OWN}`, async (page) => {
      const figures = await (await page.request.get(`/v1/qa/figures${ALL}`)).json();
      await page.getByText(`${figures.agreement.units} 个会话有多人打分`).waitFor();
      await page.getByText(/0\.667–0\.8 勉强可用/).waitFor();
      const table = (name) => page.getByRole("region", { name });
      const [first] = figures.items;
      const row = table("各评分项").getByRole("row", { name: new RegExp(`^${first.name}`) });
      assert.ok((await row.textContent()).includes(first.mean.toFixed(2)));
      assert.ok((await row.textContent()).includes(first.agreement.alpha.toFixed(2)));
      assert.equal(await table("各抽检规则").locator("tbody tr").count(), figures.plans.length);
      await table("各坐席").getByRole("row", { name: /^小王/ }).waitFor();
      await table("各质检员")
        .getByRole("row", { name: /^林质检/ })
        .waitFor();
      await page.goto("console/#/qa?tab=figures&period=own&from=2020-01-01&to=2020-01-02");
      await page.reload();
      await page.getByText("这段时间没有人打分。").waitFor();
    }));

  test("nothing scrolls sideways at 360 px", () =>
    open(
      `console/#/qa?state=all&${OWN}`,
      async (page) => {
        await lines(page).first().waitFor();
        await assertNoHorizontalScroll(page, 360);
        await lines(page).first().getByRole("link").click();
        await item(page, "答案准确").waitFor();
        await assertNoHorizontalScroll(page, 360);
        await page.goto(`console/#/qa?tab=figures&${OWN}`);
        await page.getByRole("region", { name: "各坐席" }).waitFor();
        await assertNoHorizontalScroll(page, 360);
      },
      { width: 360, height: 740 },
    ));
});

describe("as a viewer", () => {
  const { open } = suite({ role: "viewer" });

  test("all is seen, nothing can be scored, and it says why", () =>
    open(`console/#/qa?state=all&${OWN}`, async (page) => {
      await page.getByText("您的角色是“只读”，可以查看，不能打分。").waitFor();
      await lines(page).first().getByRole("link").click();
      await page.getByRole("region", { name: "对话记录" }).locator("ol > li").first().waitFor();
      assert.ok(await item(page, "答案准确").getByRole("radio", { name: "5" }).isDisabled());
      assert.equal(await page.getByRole("button", { name: /^保存/ }).count(), 0);
    }));
});

describe("without the routing core, or a store", () => {
  const { open } = suite({ routing: false });

  test("agents have numbers instead of names", () =>
    open(
      `console/#/qa?tab=figures&${OWN}`,
      async (page) => {
        await page.getByRole("region", { name: "各坐席" }).getByRole("row", { name: /^7 号/ }).waitFor();
      },
      { expectErrors: [/409/] },
    ));

  test("what the server says is shown", () =>
    open(
      "console/#/chat",
      async (page, { mock }) => {
        mock.faults.store = "none";
        await page.goto("console/#/qa");
        await page.getByRole("alert").getByText("没有保存会话的存储。").waitFor();
        await page
          .getByRole("alert")
          .getByText(/请求编号/)
          .waitFor();
        delete mock.faults.store;
        await page.getByRole("button", { name: "重试" }).click();
        await page.getByRole("region", { name: "质检样本" }).waitFor();
      },
      { expectErrors: [/409/] },
    ));
});
