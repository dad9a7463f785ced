// The routing core in the console: queues as they are, agents and their form, figures. Always against the mock, whose
// desk is known.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { api, assertNoHorizontalScroll, suite } from "./harness.mjs";

const ticket = (page, id) =>
  page
    .getByRole("region", { name: "未结工单" })
    .locator("li")
    .filter({ hasText: `#${id} ` });
const queue = (page, group) => page.getByRole("list", { name: "各组排队" }).locator("li").filter({ hasText: group });
const agent = (page, name) => page.getByRole("article", { name });
const row = (page, name) => page.getByRole("row", { name: new RegExp(`^${name}`) });

describe("as a publisher", () => {
  const { open } = suite({});

  test("the menu has the pages under one heading, after the conversations", () =>
    open("console/", async (page) => {
      const group = page.getByRole("navigation", { name: "主菜单" }).getByRole("group", { name: "人工坐席" });
      assert.deepEqual(
        (await group.getByRole("link").allTextContents()).map((text) => text.trim()),
        ["排队", "坐席", "报表"],
      );
      const all = await page.getByRole("navigation", { name: "主菜单" }).getByRole("link").allTextContents();
      assert.equal(
        all.findIndex((t) => t.includes("排队")),
        all.findIndex((t) => t.includes("会话")) + 1,
      );
      await group.getByRole("link", { name: "排队" }).click();
      await page.getByRole("heading", { name: "排队", exact: true }).waitFor();
      assert.equal(await page.title(), "排队 · 解答");
    }));

  test("queues, alarms and stages are told in words, and waits tick", () =>
    open("console/#/queues", async (page, { mock }) => {
      const desk = await (await page.request.get("/v1/routing")).json();
      await queue(page, "物流").getByText("2 人排队").waitFor();
      await queue(page, "应急").getByText("无人等待").waitFor();
      const alarms = page.getByRole("status", { name: "警报" });
      await alarms.getByText("账户组有人等得太久（紧急）").waitFor();
      const silent = desk.alarms.find((alarm) => alarm.alarm === "silent_agent");
      await alarms.getByText(`坐席 7（小王）接了工单 ${silent.ticket} 却没有回应`).waitFor();
      const offered = desk.tickets.find((t) => t.stage === "offered");
      await ticket(page, offered.id).getByText("已派给 小王，等待接起").waitFor();
      await ticket(page, offered.id).getByText("钻石 · App · 售后").waitFor();
      const waiting = desk.tickets.find((t) => t.stage === "waiting");
      await ticket(page, waiting.id).getByText("排队中").waitFor();
      const clock = ticket(page, waiting.id).locator(".since strong");
      const before = await clock.textContent();
      assert.match(before, /^\d\d:\d\d$/);
      const tile = await queue(page, "账户").textContent();
      assert.match(tile, /最久 0[67]:\d\d/);
      await page.waitForFunction((text) => !document.body.textContent.includes(`已等 ${text}`), before);
      await ticket(page, waiting.id)
        .getByRole("link", { name: `工单 ${waiting.id} 的会话` })
        .click();
      await page.getByRole("heading", { name: "会话详情" }).waitFor();
      assert.ok(page.url().endsWith(`/conversations/${waiting.conversation}`));
      assert.ok(mock.store.byId.has(waiting.conversation));
    }));

  test("what happens at the desk appears by itself, at most one request a second", () =>
    open("console/#/queues", async (page) => {
      await page.getByText("实时", { exact: true }).waitFor();
      let reads = 0;
      page.on("request", (request) => (reads += new URL(request.url()).pathname === "/v1/routing" ? 1 : 0));
      const begun = Date.now();
      const arrived = await api(page, "POST", "/v1/routing/tickets", {
        skill: "风控",
        urgency: "特急",
        channel: "phone",
      });
      const { ticket: id } = await arrived.json();
      await ticket(page, id).getByText("排队中").waitFor();
      await ticket(page, id).getByText("外部工单").waitFor();
      await api(page, "POST", "/v1/routing/agents/12/state", { state: "ready" });
      await ticket(page, id).getByText("已派给 阿依古丽，等待接起").waitFor();
      await api(page, "POST", `/v1/routing/tickets/${id}`, { act: "accept", agent: 12 });
      for (let i = 0; i < 6; i += 1) await api(page, "POST", `/v1/routing/tickets/${id}`, { act: "reply" });
      await ticket(page, id).getByText("阿依古丽 接待中").waitFor();
      await api(page, "POST", `/v1/routing/tickets/${id}`, { act: "end", outcome: "resolved" });
      await ticket(page, id).waitFor({ state: "detached" });
      await api(page, "POST", "/v1/routing/agents/12/state", { state: "break" });
      const most = Math.ceil((Date.now() - begun) / 1000) + 1;
      assert.ok(reads <= most, `${reads} requests where ${most} are enough`);
      await api(page, "PUT", "/v1/routing/mode", { mode: "degraded" });
      await page.getByText("降级", { exact: true }).waitFor();
      await api(page, "PUT", "/v1/routing/mode", { mode: "normal" });
      await page.getByText("降级", { exact: true }).waitFor({ state: "detached" });
    }));

  test("without a stream the page asks every few seconds", () =>
    open(
      "console/#/chat",
      async (page, { mock }) => {
        mock.faults.deskEvents = "refused";
        await page.goto("console/#/queues");
        await page.getByText("每 5 秒刷新").waitFor();
        const { ticket: id } = await (
          await api(page, "POST", "/v1/routing/tickets", { skill: "风控", channel: "phone" })
        ).json();
        await ticket(page, id).waitFor();
        await api(page, "POST", `/v1/routing/tickets/${id}`, { act: "abandon" });
        await ticket(page, id).waitFor({ state: "detached" });
        delete mock.faults.deskEvents;
      },
      { expectErrors: [/429/] },
    ));

  test("an agent is added, changed, and keeps what is not touched", () =>
    open("console/#/agents", async (page, { mock }) => {
      await page.getByRole("button", { name: "添加坐席" }).click();
      const dialog = page.getByRole("dialog", { name: "添加坐席" });
      await dialog.getByLabel("编号").fill("7");
      await dialog.getByRole("button", { name: "保存" }).click();
      await dialog.getByText("这个编号已经有坐席了").waitFor();
      await dialog.getByText("请填写姓名").waitFor();
      await dialog.getByLabel("编号").fill("30");
      await dialog.getByLabel("姓名").fill("周舟");
      await dialog.getByLabel("同时接待").fill("5");
      await dialog.getByLabel("物流").selectOption("4");
      await dialog.getByLabel("App").check();
      await dialog.getByLabel("其他渠道").fill("抖音，飞书");
      await dialog.getByRole("button", { name: "保存" }).click();
      await dialog.waitFor({ state: "detached" });
      await agent(page, "周舟").getByText("物流 4 级").waitFor();
      await agent(page, "周舟").getByText("离线", { exact: true }).first().waitFor();
      const { agent: kept } = mock.desk.agents.get(30);
      assert.deepEqual(kept.skills, { 物流: 4 });
      assert.deepEqual(kept.channels, ["app", "抖音", "飞书"]);
      assert.equal(kept.capacity, 5);

      const shifts = structuredClone(mock.desk.agents.get(12).agent.shifts);
      await page.getByRole("button", { name: "修改 阿依古丽" }).click();
      const edit = page.getByRole("dialog", { name: "修改 阿依古丽" });
      assert.ok(await edit.getByLabel("编号").isDisabled());
      await edit.getByRole("group", { name: "班次 1" }).getByText("到次日").waitFor();
      await edit.getByLabel("风控").selectOption("0");
      await edit.getByLabel("账户").selectOption("5");
      await edit.getByRole("button", { name: "保存" }).click();
      await edit.waitFor({ state: "detached" });
      await agent(page, "阿依古丽").getByText("账户 5 级").waitFor();
      assert.deepEqual(mock.desk.agents.get(12).agent.skills, { 账户: 5 });
      assert.deepEqual(mock.desk.agents.get(12).agent.shifts, shifts);
    }));

  test("shifts are added, changed and removed", () =>
    open("console/#/agents", async (page, { mock }) => {
      const shifts = () => mock.desk.agents.get(3).agent.shifts;
      await page.getByRole("button", { name: "修改 小李" }).click();
      const dialog = page.getByRole("dialog");
      const shift = (n) => dialog.getByRole("group", { name: `班次 ${n}` });
      await dialog.getByRole("button", { name: "添加班次" }).click();
      assert.ok(
        await shift(1)
          .getByLabel("周一")
          .evaluate((e) => e === document.activeElement),
      );
      await shift(1).getByLabel("周一").uncheck();
      await shift(1).getByLabel("周日").check();
      await shift(1).getByLabel("结束").fill("24:00");
      await dialog.getByRole("button", { name: "添加班次" }).click();
      for (const day of ["周一", "周二", "周三", "周四", "周五"]) await shift(2).getByLabel(day).uncheck();
      await shift(2).getByLabel("开始").fill("25点");
      await dialog.getByRole("button", { name: "保存" }).click();
      await shift(2).getByText("请至少选一天").waitFor();
      await shift(2).getByLabel("周六").check();
      await shift(2).getByText("时刻请写成 09:00").waitFor();
      assert.equal(await shift(2).getByLabel("开始").getAttribute("aria-invalid"), "true");
      await shift(2).getByLabel("开始").fill("22：00");
      await shift(2).getByLabel("结束").fill("6:30");
      await shift(2).getByText("到次日").waitFor();
      await dialog.getByRole("button", { name: "保存" }).click();
      await dialog.waitFor({ state: "detached" });
      assert.deepEqual(shifts(), [
        { days: ["周二", "周三", "周四", "周五", "周日"], from: "09:00", to: "24:00" },
        { days: ["周六"], from: "22:00", to: "06:30" },
      ]);
      await agent(page, "小李").getByText("周六 22:00–次日 06:30").waitFor();

      await page.getByRole("button", { name: "修改 小李" }).click();
      for (let left = 2; left > 0; left -= 1) await dialog.getByRole("button", { name: "删除班次 1" }).click();
      await dialog.getByRole("button", { name: "保存" }).click();
      await dialog.waitFor({ state: "detached" });
      assert.deepEqual(shifts(), []);
    }));

  test("what the server says of a field stands beside it", () =>
    open(
      "console/#/agents",
      async (page) => {
        await page.getByRole("button", { name: "修改 赵磊" }).click();
        const dialog = page.getByRole("dialog");
        await dialog.getByLabel("姓名").fill("长".repeat(50));
        await dialog.getByRole("button", { name: "保存" }).click();
        await dialog.locator("#agent-name-fault").getByText("应为 1 到 128 字节").waitFor();
        assert.equal(await dialog.getByLabel("姓名").getAttribute("aria-invalid"), "true");
        assert.equal(await dialog.getByText("请求编号").count(), 0);
        await page.keyboard.press("Escape");
        await dialog.waitFor({ state: "detached" });
      },
      { expectErrors: [/422/] },
    ));

  test("a state is set by the button alone, and a refusal is said clearly", () =>
    open(
      "console/#/agents",
      async (page, { mock }) => {
        const card = agent(page, "赵磊");
        await card.getByLabel("赵磊 的状态").selectOption("ready");
        assert.equal(mock.desk.agents.get(21).state, "offline");
        mock.faults.deskState = ["forbidden"];
        await card.getByRole("button", { name: "设置状态" }).click();
        await card.getByText("您的角色没有这个权限").waitFor();
        await card.getByRole("button", { name: "设置状态" }).click();
        await card.locator(".badge").getByText("就绪").waitFor();
        assert.equal(mock.desk.agents.get(21).state, "ready");
        await page.getByLabel("状态", { exact: true }).selectOption("ready");
        await agent(page, "小李").waitFor({ state: "detached" });
        await card.waitFor();
      },
      { expectErrors: [/403/] },
    ));

  test("figures are those that the server gives", () =>
    open("console/#/figures", async (page) => {
      await page.getByRole("button", { name: "近 7 天" }).click();
      await page.getByLabel("技能组").selectOption("售后");
      const answer = await page.waitForResponse(
        (response) => response.url().includes("/figures?") && /group=/.test(response.url()),
      );
      const figures = await answer.json();
      const share = (value) => `${(value * 100).toFixed(1)}%`;
      const span = (value) => `${value < 9.95 ? Number(value.toFixed(1)) : Math.round(value)} 秒`;
      const level = (within) => share(figures.service_levels.find((target) => target.within_s === within).share);
      for (const [name, value] of [
        ["等待次数", String(figures.contacts)],
        ["放弃", String(figures.abandoned)],
        ["服务水平 20 秒", level(20)],
        ["服务水平 60 秒", level(60)],
        ["平均应答速度 ASA", span(figures.asa_s)],
        ["平均保持", span(figures.hold_s)],
        ["其中排队时放弃", share(figures.abandonment.waiting)],
        ["转接率", share(figures.transfer_rate)],
        ["自助解决率", "0.0%"],
        ["满意度 CSAT", `${figures.csat.toFixed(2)} / 5`],
      ])
        await row(page, name).first().getByText(value, { exact: true }).waitFor();
      await page.getByLabel("坐席", { exact: true }).last().selectOption("7");
      await row(page, "放弃率").getByText("没有数据").waitFor();
      await page.getByText("放弃的客户没有坐席，不算在内").waitFor();
    }));

  test("what is not there is no 0, and own dates are both inclusive", () =>
    open("console/#/figures", async (page) => {
      await page.getByRole("button", { name: "自选" }).click();
      await page.getByText("请选择开始和结束日期").waitFor();
      await page.getByLabel("从", { exact: true }).fill("2020-02-01");
      const answer = page.waitForResponse((response) => /until=/.test(response.url()));
      await page.getByLabel("到", { exact: true }).fill("2020-02-02");
      const query = new URL((await answer).url()).searchParams;
      assert.equal(Date.parse(query.get("until")) - Date.parse(query.get("since")), 2 * 86400e3);
      await row(page, "等待次数").getByText("没有数据").waitFor();
      for (const value of await page.locator("tbody td.num, .tiles strong").allTextContents())
        assert.equal(value, "没有数据");
    }));

  test("nothing scrolls sideways at 360 px", () =>
    open(
      "console/#/queues",
      async (page) => {
        for (const path of ["queues", "agents", "figures"]) {
          await page.goto(`console/#/${path}`);
          await page.waitForFunction(() => document.querySelector("[aria-busy=false]"));
          await page.locator("main .card").first().waitFor();
          await assertNoHorizontalScroll(page, 360);
        }
        await page.getByRole("button", { name: "自选" }).click();
        await assertNoHorizontalScroll(page, 360);
        await page.goto("console/#/agents");
        await page.getByRole("button", { name: "添加坐席" }).click();
        await page.getByRole("dialog").waitFor();
        await assertNoHorizontalScroll(page, 360);
      },
      { width: 360, height: 740 },
    ));
});

describe("as a viewer", () => {
  const { open } = suite({ role: "viewer" });

  test("all is seen, nothing can be changed, and it says why", () =>
    open("console/#/agents", async (page) => {
      await agent(page, "小王").waitFor();
      await page.getByText("您的角色是“只读”").waitFor();
      assert.equal(await page.getByRole("button", { name: /^(添加坐席|修改.*|设置状态)$/ }).count(), 0);
      await page.goto("console/#/queues");
      await queue(page, "物流").waitFor();
      await page.goto("console/#/figures");
      await row(page, "等待次数").waitFor();
    }));
});

describe("as an editor", () => {
  const { open } = suite({ role: "editor" });

  test("agents can be changed, and their states set", () =>
    open("console/#/agents", async (page) => {
      await page.getByRole("button", { name: "修改 小王" }).waitFor();
      await agent(page, "小王").getByLabel("小王 的状态").selectOption("break");
      await agent(page, "小王").getByRole("button", { name: "设置状态" }).click();
      await agent(page, "小王").locator(".badge").getByText("小休").waitFor();
    }));
});

describe("with the routing core off", () => {
  const { open } = suite({ routing: false });

  test("each page says how to turn it on", () =>
    open(
      "console/#/queues",
      async (page) => {
        for (const path of ["queues", "agents", "figures"]) {
          await page.goto(`console/#/${path}`);
          await page.getByRole("heading", { name: "坐席分配还没有开启" }).waitFor();
          await page.getByText("JIEDA_SERVER_ROUTING_ENABLED=true").waitFor();
          assert.equal(await page.getByRole("alert").count(), 0);
        }
      },
      { expectErrors: [/409/] },
    ));
});
