// The console from one end to the other, as a publisher without login.
import assert from "node:assert/strict";
import { test } from "node:test";
import { REAL } from "./browser.mjs";
import { api, say, suite } from "./harness.mjs";

const { open } = suite();

test("without users there is no login, and a question shows how it was decided", () =>
  open("console/", async (page) => {
    await page.getByText("本机访问").waitFor();
    const turn = await say(page, "东西刚买就降价了，能补差价吗");
    await turn.getByText("自动回复").waitFor();
    for (const heading of ["决定", "文本", "意图", "候选", "置信度的依据", "各步耗时"])
      await page.getByRole("heading", { name: heading, exact: true }).waitFor();
    assert.ok((await page.locator(".candidates > li").count()) > 0);
    assert.match(await page.getByRole("img", { name: /^置信度/ }).getAttribute("aria-label"), /回复阈值/);
    await page.getByRole("button", { name: "重新开始" }).click();
    assert.equal(await page.locator("ol > li.turn").count(), 0);
  }));

test("a request for a human shows the handover with its ticket", () =>
  open("console/#/chat", async (page) => {
    await say(page, "订单号20261128001的冰箱昨天说退款299.5元");
    await say(page, "转人工");
    const card = page.getByRole("region", { name: "转接资料" });
    await card.getByText("工单").waitFor();
    await card.getByText("20261128001", { exact: true }).waitFor();
  }));

test("a rating by the stars that is too low hands over", () =>
  open("console/#/chat", async (page) => {
    const turn = await say(page, "东西刚买就降价了，能补差价吗");
    await turn.getByRole("button", { name: "2 分" }).click();
    await page.getByRole("region", { name: "转接资料" }).waitFor();
  }));

test("what is edited shows as a difference, and is served once it is published", () =>
  open("console/#/kb", async (page) => {
    const similar = `测试问法 ${Date.now()}`;
    await page.getByLabel("搜索").fill("怎么查看我的订单");
    await page.getByRole("button", { name: /怎么查看我的订单/ }).click();
    const box = page.getByLabel(/^相似问/);
    await box.fill(`${await box.inputValue()}\n${similar}`);
    await page.getByRole("button", { name: "保存到草稿" }).click();
    await page.getByText("已保存到草稿，发布后对客户生效").waitFor();
    await page.getByRole("link", { name: /^差异与发布/ }).click();
    await page.locator(".come").getByText(similar).waitFor();
    await page.getByLabel("说明").fill("自动测试");
    await page.getByRole("button", { name: /^发布 \d+ 处改动/ }).click();
    await page.getByText("已发布", { exact: true }).waitFor({ timeout: 30_000 });
    await page.getByText("草稿与线上一致，没有可以发布的改动。").waitFor();
    await page.getByRole("link", { name: "版本" }).click();
    await page.getByText("自动测试").first().waitFor();
    const served = await (await page.request.get("/v1/kb/faqs?source=served&q=怎么查看我的订单")).json();
    assert.ok(served.items.some((faq) => faq.similar.includes(similar)));
  }));

test("unsaved changes are not left behind without a question", () =>
  open("console/#/kb", async (page) => {
    await page.locator(".list .item").first().click();
    await page.getByLabel("技能组").fill("测试组");
    await page.getByRole("link", { name: "未命中" }).click();
    await page.getByRole("dialog").getByText("放弃未保存的修改？").waitFor();
    await page.getByRole("button", { name: "取消", exact: true }).click();
    assert.equal(await page.getByLabel("技能组").inputValue(), "测试组");
    await page.getByRole("link", { name: "未命中" }).click();
    await page.getByRole("button", { name: "放弃修改" }).click();
    await page.getByRole("heading", { name: "未命中" }).waitFor();
  }));

test("somebody else's change is noticed before it is overwritten", () =>
  open(
    "console/#/kb",
    async (page) => {
      const { items } = await (await page.request.get("/v1/kb/faqs?source=draft&limit=2")).json();
      const change = async ({ id, ...fields }) => {
        const theirs = await api(page, "PUT", `/v1/kb/draft/faqs/${id}`, { ...fields, priority: fields.priority + 1 });
        assert.equal(theirs.status(), 200);
      };
      await page.locator(".list .item").nth(1).click();
      await page.getByLabel("技能组").fill("新的组");
      await change(items[0]);
      await page.getByRole("button", { name: "保存到草稿" }).click();
      await page.getByText("这一条没有变").waitFor();
      await page.getByRole("button", { name: "继续保存" }).click();
      await page.getByText("已保存到草稿，发布后对客户生效").waitFor();

      await page.getByLabel("技能组").fill("我的组");
      await change(items[1]);
      await page.getByRole("button", { name: "保存到草稿" }).click();
      await page.getByText(/对方改了这一条的：.*优先级/).waitFor();
      await page.getByRole("button", { name: "重新加载" }).click();
      await page.getByLabel("技能组").waitFor();
      assert.notEqual(await page.getByLabel("技能组").inputValue(), "我的组");
      await api(page, "DELETE", "/v1/kb/draft");
    },
    { expectErrors: [/412/] },
  ));

test("a spreadsheet is tried first, its problems have a place, and then it goes into the draft", () =>
  open(
    "console/#/kb/import",
    async (page) => {
      const upload = (text) =>
        page
          .locator("input[type=file]")
          .setInputFiles({ name: "新增.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
      await upload("标准问题,相似问,答案,意图\n能开纸质发票吗,,,发票\n");
      await page
        .getByText(/新增\.csv · 第 2 行/)
        .first()
        .waitFor();
      await upload(
        "标准问题,相似问,答案,意图\n门店可以自提吗,能去店里拿吗,支持自提的商品在结算页选择“门店自提”。,物流配送\n",
      );
      await page.getByText("新增 1", { exact: true }).waitFor();
      const before = await (await page.request.get("/v1/kb/faqs?source=draft&q=门店可以自提吗")).json();
      assert.equal(before.total, 0);
      await page.getByRole("button", { name: "确认导入到草稿" }).click();
      await page.getByText("已导入到草稿。").waitFor();
      const after = await (await page.request.get("/v1/kb/faqs?source=draft&q=门店可以自提吗")).json();
      assert.equal(after.total, 1);
      await api(page, "DELETE", "/v1/kb/draft");
    },
    { expectErrors: [/422/] },
  ));

test("a FAQ is made and deleted again", () =>
  open("console/#/kb?new=1", async (page) => {
    await page.getByRole("button", { name: "保存到草稿" }).click();
    await page.getByText("请填写标准问题").waitFor();
    await page.getByLabel("标准问题").fill("礼品卡怎么激活");
    await page.getByLabel("答案", { exact: true }).fill("在“我的”-“礼品卡”里输入卡号和密码。");
    await page.getByLabel("意图").last().selectOption({ label: "支付" });
    await page.getByRole("button", { name: "保存到草稿" }).click();
    await page.waitForURL(/id=/);
    await page.getByRole("button", { name: "删除", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "删除" }).click();
    await page.getByText(/^已从草稿删除/).waitFor();
    await api(page, "DELETE", "/v1/kb/draft");
  }));

test("conversations are filtered, read and replayed", async (t) =>
  open("console/#/conversations?range=", async (page) => {
    await page.getByText(/^已显示/).waitFor();
    if (REAL && (await page.locator(".list li").count()) === 0) return t.skip("this server has no conversations yet");
    await page.getByLabel("决定").selectOption("auto_reply");
    await page.waitForURL(/decision=auto_reply/);
    await page.getByText(/^已显示/).waitFor();
    const first = page.locator(".list li a").first();
    const text = (await first.locator(".text").textContent()).trim();
    await page.getByLabel("内容").fill(text);
    await page.waitForURL(/text=/);
    await page.locator(".list li a").first().click();
    await page.getByRole("region", { name: "对话记录" }).getByText(text).first().waitFor();
    await page.getByRole("button", { name: /重放/ }).click();
    await page.getByText(/用线上版本 .* 重放/).waitFor();
    await page.getByRole("button", { name: "返回" }).click();
    assert.equal(await page.getByLabel("决定").inputValue(), "auto_reply");
    await page.getByLabel("内容").fill("不会有人说的一句话");
    await page.getByText("没有符合条件的会话。").waitFor();
  }));

test("the dashboard shows its numbers, as tables too", () =>
  open("console/#/dashboard", async (page) => {
    await page.getByRole("button", { name: "30 天" }).click();
    if (REAL && (await page.getByText("这段时间没有会话。").isVisible())) return;
    await page.getByText("自动回复率").waitFor();
    const card = page.getByRole("region", { name: "每日轮数（按决定）" });
    await card.getByText("数据表").click();
    assert.ok((await card.locator("tbody tr").count()) >= 28);
  }));

test("the threshold slider reads the curve, and what is saved waits in the draft", () =>
  open("console/#/policy", async (page) => {
    const slider = page.getByLabel("回复阈值滑块");
    const readings = page.locator(".readings");
    const before = REAL && (await readings.count()) === 0 ? null : await readings.textContent();
    await slider.focus();
    for (let i = 0; i < 40; i += 1) await page.keyboard.press("ArrowLeft");
    const turns = (await (await api(page, "GET", "/v1/policy/curve?days=30")).json()).turns;
    if (before !== null && turns > 0) assert.notEqual(await readings.textContent(), before);
    await page.getByRole("button", { name: "保存到草稿" }).click();
    await page.getByText(/草稿里的阈值/).waitFor();
    await page.getByLabel("澄清阈值", { exact: true }).fill("0.95");
    await page.keyboard.press("Tab");
    await page.getByText("澄清阈值不能高于回复阈值。").waitFor();
    await page.getByRole("button", { name: "还原" }).click();
    await api(page, "DELETE", "/v1/kb/draft");
  }));
