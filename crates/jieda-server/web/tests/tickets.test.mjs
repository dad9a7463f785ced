// Working from the console: who one is, one's own tickets first, and what is done with tickets. Always against the mock,
// whose desk is known; each group of tests has one of its own, since tickets end.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { api, assertNoHorizontalScroll, suite } from "./harness.mjs";

const WANG = 7;
const mine = (page) => page.getByRole("region", { name: "我的工单" });
const others = (page) => page.getByRole("region", { name: /^(其他|未结)工单$/ });
const row = (region, id) => region.locator("li").filter({ hasText: `#${id}` });
const button = (page, name) => page.getByRole("button", { name, exact: true });
const toast = (page, text) => page.getByRole("status").getByText(text);
const lastOf = (mock, kind) => mock.desk.journal.after(0).findLast((entry) => entry.event.kind === kind)?.event;
const ticketOf = (mock, stage, agent) =>
  [...mock.desk.tickets.values()].find((ticket) => ticket.stage === stage && ticket.agent === agent);

/** Works as an agent from now on, as one who chose it before. */
async function workAs(page, id) {
  await page.evaluate((agent) => localStorage.setItem("jieda.agent:local", String(agent)), id);
  await page.reload();
}

describe("who works as an agent", () => {
  const { open } = suite({});

  test("says so once, and sees his tickets first, with since when they are offered", () =>
    open("console/#/queues", async (page, { mock }) => {
      const offered = ticketOf(mock, "offered", WANG);
      const taken = ticketOf(mock, "taken", WANG);
      await row(others(page), offered.id).waitFor();
      assert.equal(await mine(page).count(), 0);
      await button(page, "选择坐席身份").click();
      const dialog = page.getByRole("dialog", { name: "坐席身份" });
      await dialog.getByLabel("我是").selectOption(String(WANG));
      await dialog.getByRole("button", { name: "确定" }).click();
      await mine(page).waitFor();
      const shown = await mine(page).locator(".what strong").allTextContents();
      assert.deepEqual(shown, [`#${offered.id}`, `#${taken.id}`]);
      assert.equal(await row(others(page), offered.id).count(), 0);
      await row(mine(page), offered.id).getByText("已派给您，等待接起").waitFor();
      const clock = row(mine(page), offered.id).locator(".offered");
      const before = await clock.textContent();
      assert.match(before, /^派单 00:[1-5]\d$/);
      await page.waitForFunction((text) => !document.body.textContent.includes(text), before);
      await toast(page, `新工单 #${offered.id} 派给您（紧急，钻石 · App · 售后）`).waitFor();

      await page.goto("console/#/agents");
      await button(page, "坐席身份：小王").waitFor();
      await page.reload();
      await button(page, "坐席身份：小王").waitFor();
    }));

  test("sees on every page that something is offered to him, also on a phone", () =>
    open("console/#/chat", async (page) => {
      await workAs(page, WANG);
      const link = page.getByRole("navigation").getByRole("link", { name: "排队 1 个工单等您接下" });
      await link.waitFor();
      assert.equal(await page.title(), "(1) 对话测试 · 解答");
      await page.goto("console/#/gaps");
      await page.waitForFunction(() => document.title === "(1) 未命中 · 解答");
      await page.setViewportSize({ width: 360, height: 740 });
      await page.getByRole("link", { name: "待接 1" }).waitFor();
      await assertNoHorizontalScroll(page, 360);
      await page.getByRole("link", { name: "待接 1" }).click();
      await mine(page).waitFor();
      await assertNoHorizontalScroll(page, 360);
    }));

  test("hears of a new offer where he is, and is reminded no more when it is gone", () =>
    open("console/#/policy", async (page, { mock }) => {
      await workAs(page, 21);
      await api(page, "POST", "/v1/routing/agents/21/state", { state: "ready" });
      const { id } = await new Promise((resolve) => {
        const look = setInterval(() => {
          const found = ticketOf(mock, "offered", 21);
          if (found) resolve(found, clearInterval(look));
        }, 50);
      });
      await toast(page, `新工单 #${id} 派给您`).waitFor();
      const link = page.getByRole("link", { name: "排队 1 个工单等您接下" });
      await link.waitFor();
      await api(page, "POST", "/v1/routing/agents/21/state", { state: "offline" });
      await link.waitFor({ state: "detached" });
      assert.equal(await page.title(), "策略 · 解答");
    }));

  test("sets his own state beside his tickets", () =>
    open("console/#/queues", async (page, { mock }) => {
      await workAs(page, 12);
      await mine(page).getByText("现在不在班，不会派单。").waitFor();
      await workAs(page, 3);
      await mine(page).getByText("您现在是“忙碌”").waitFor();
      await mine(page).getByLabel("小李 的状态").selectOption("after_work");
      await button(page, "设置状态").click();
      await mine(page).getByText("您现在是“话后整理”").waitFor();
      assert.equal(mock.desk.agents.get(3).state, "after_work");
    }));
});

describe("what is done with tickets", () => {
  const { open } = suite({});

  test("one is taken, by the keyboard, put on hold and taken up again", () =>
    open("console/#/queues", async (page, { mock }) => {
      await workAs(page, WANG);
      const { id } = ticketOf(mock, "offered", WANG);
      await button(page, `接下工单 ${id}`).focus();
      await page.keyboard.press("Enter");
      await row(mine(page), id).getByText("您接待中").waitFor();
      assert.equal(mock.desk.tickets.get(id).stage, "taken");
      await toast(page, `已接下工单 #${id}`).waitFor();
      await page.waitForFunction(() => document.activeElement?.id === "main");
      assert.equal(await page.getByRole("link", { name: /个工单等您接下/ }).count(), 0);

      await button(page, `保持工单 ${id}`).click();
      await row(mine(page), id).getByText("您保持中").waitFor();
      // The view does not say so: it is read off the journal.
      await page.reload();
      await row(mine(page), id).getByText("您保持中").waitFor();
      await button(page, `恢复工单 ${id}`).click();
      await row(mine(page), id).getByText("您接待中").waitFor();
      assert.equal(mock.desk.tickets.get(id).held, false);
    }));

  test("one is passed on to another group", () =>
    open("console/#/queues", async (page, { mock }) => {
      await workAs(page, WANG);
      const { id } = ticketOf(mock, "taken", WANG);
      await button(page, `转给…（工单 ${id}）`).click();
      const dialog = page.getByRole("dialog", { name: `转出工单 #${id}` });
      await dialog.getByText("现在是“售后”").waitFor();
      assert.ok(await dialog.getByRole("button", { name: "转出" }).isDisabled());
      await dialog.getByLabel("转给哪个技能组").selectOption("投诉");
      await dialog.getByRole("button", { name: "转出" }).click();
      await row(others(page), id).getByText("已派给 陈晓敏，等待接起").waitFor();
      await row(others(page), id)
        .getByText(/ · 投诉$/)
        .waitFor();
      assert.equal(lastOf(mock, "transfer_requested").to, "投诉");
    }));

  test("somebody else's is asked for by name first", () =>
    open("console/#/queues", async (page, { mock }) => {
      await workAs(page, WANG);
      const { id } = ticketOf(mock, "offered", 8);
      await button(page, `替陈晓敏接下工单 ${id}`).click();
      const dialog = page.getByRole("dialog", { name: `替陈晓敏接下工单 ${id}？` });
      await dialog.getByRole("button", { name: "取消" }).click();
      assert.equal(mock.desk.tickets.get(id).stage, "offered");
      await button(page, `替陈晓敏接下工单 ${id}`).click();
      await dialog.getByRole("button", { name: "替陈晓敏接下" }).click();
      await row(others(page), id).getByText("陈晓敏 接待中").waitFor();
      assert.equal(lastOf(mock, "offer_accepted").agent, 8);
      await button(page, `替陈晓敏结束工单 ${id}`).click();
      await page.getByRole("dialog", { name: `替陈晓敏结束工单 #${id}` }).waitFor();
      await page.keyboard.press("Escape");
    }));

  test("one is refused with a reason, and goes back to the queue", () =>
    open("console/#/queues", async (page, { mock }) => {
      await workAs(page, WANG);
      // One place is free since the transfer: somebody who waited is offered to him.
      const { id } = ticketOf(mock, "offered", WANG);
      await button(page, `拒绝工单 ${id}`).click();
      const dialog = page.getByRole("dialog", { name: `拒绝工单 #${id}` });
      const refuse = dialog.getByRole("button", { name: "拒绝", exact: true });
      assert.ok(await refuse.isDisabled());
      await dialog.getByLabel("理由", { exact: true }).fill("长".repeat(43));
      await dialog.getByText("太长了").waitFor();
      assert.ok(await refuse.isDisabled());
      await dialog.getByRole("button", { name: "手头工单处理不完" }).click();
      await refuse.click();
      await row(others(page), id).getByText("排队中").waitFor();
      const { agent, reason } = lastOf(mock, "offer_refused");
      assert.deepEqual({ agent, reason }, { agent: WANG, reason: "手头工单处理不完" });
    }));

  test("one is ended, resolved or not", () =>
    open("console/#/queues", async (page, { mock }) => {
      await workAs(page, WANG);
      const { id } = ticketOf(mock, "taken", WANG);
      await button(page, `结束工单 ${id}`).click();
      const dialog = page.getByRole("dialog", { name: `结束工单 #${id}` });
      await dialog.getByText("会话交还机器人").waitFor();
      await dialog.getByRole("button", { name: "未解决" }).click();
      // The place is free again: whoever waits is offered to him, which he hears of instead of the end.
      await row(page, id).waitFor({ state: "detached" });
      assert.equal(lastOf(mock, "contact_ended").outcome, "unresolved");
    }));

  test("one whose customer has gone is given up", () =>
    open("console/#/queues", async (page, { mock }) => {
      const { id } = ticketOf(mock, "waiting", undefined);
      await button(page, `标为放弃（工单 ${id}）`).click();
      await page.getByRole("dialog").getByRole("button", { name: "标为放弃" }).click();
      await row(others(page), id).waitFor({ state: "detached" });
      assert.equal(lastOf(mock, "ticket_abandoned").ticket, id);
    }));

  test("what comes too late is said, and stays to be read", () =>
    open(
      "console/#/queues",
      async (page, { mock }) => {
        await workAs(page, 8);
        const arrived = await api(page, "POST", "/v1/routing/tickets", { skill: "投诉", channel: "web" });
        const { ticket: id } = await arrived.json();
        // There may be no place for it: then one is made.
        const full = () => ticketOf(mock, "taken", 8);
        while (mock.desk.tickets.get(id).stage !== "offered")
          await api(page, "POST", `/v1/routing/tickets/${full().id}`, { act: "end", outcome: "resolved" });
        await button(page, `接下工单 ${id}`).waitFor();
        mock.faults.deskAct = ["late"];
        await button(page, `接下工单 ${id}`).click();
        const failed = page.getByRole("region", { name: `工单 ${id} 没有办成` });
        await failed.getByText("工单没有派给这个坐席，或已收回").waitFor();
        await row(others(page), id).getByText("排队中").waitFor();
        await failed.waitFor();
      },
      { expectErrors: [/409/] },
    ));
});

describe("in its conversation", () => {
  const { open } = suite({});

  test("a ticket is taken with the first word, and ends when the conversation is handed back", () =>
    open("console/#/queues", async (page, { mock }) => {
      await workAs(page, WANG);
      const { id, conversation } = ticketOf(mock, "offered", WANG);
      await page.getByRole("link", { name: `工单 ${id} 的会话` }).click();
      const box = page.getByRole("region", { name: "本会话的工单" });
      await box.getByText("已派给您，等待接起").waitFor();
      await button(page, "坐席身份：小王").waitFor();
      await page.getByLabel("以坐席身份回复").fill("您好，我来为您处理。");
      await button(page, "接下并回复").click();
      await page.locator(".bubble.agent").getByText("我来为您处理").waitFor();
      await box.getByText("您接待中").waitFor();
      await button(page, "发送给客户").waitFor();
      assert.equal(mock.desk.tickets.get(id).spoken, true);
      assert.ok(lastOf(mock, "agent_replied").ticket === id);

      await button(page, "交还机器人").click();
      const dialog = page.getByRole("dialog", { name: "交还机器人？" });
      await dialog.getByText(`工单 #${id} 会一并关闭，记为已解决。`).waitFor();
      await dialog.getByRole("button", { name: "交还" }).click();
      await page.getByText("坐席交还机器人").waitFor();
      assert.ok(!mock.desk.tickets.has(id));
      assert.equal(mock.store.byId.get(conversation).handed_over, null);
    }));

  test("what is written is kept when the ticket is no longer his", () =>
    open(
      "console/#/queues",
      async (page, { mock }) => {
        await workAs(page, WANG);
        // The ticket of before has made room.
        const { conversation } = ticketOf(mock, "offered", WANG);
        // The router hears of another address only once its first page, loaded when it is opened, is there.
        await mine(page).waitFor();
        await page.goto(`console/#/conversations/${conversation}`);
        await page.getByLabel("以坐席身份回复").fill("您好");
        await button(page, "接下并回复").waitFor();
        const turns = mock.store.byId.get(conversation).turns.length;
        mock.faults.deskAct = ["late"];
        await button(page, "接下并回复").click();
        await page.getByText("工单没有派给这个坐席，或已收回").waitFor();
        await page.getByText("这个工单还没有人接下，直接回复不算接待。").waitFor();
        assert.equal(await page.getByLabel("以坐席身份回复").inputValue(), "您好");
        assert.equal(mock.store.byId.get(conversation).turns.length, turns);
      },
      { expectErrors: [/409/] },
    ));

  test("whoever speaks for somebody else is told", () =>
    open("console/#/queues", async (page, { mock }) => {
      const { id, conversation } = ticketOf(mock, "taken", 8);
      await row(others(page), id).waitFor();
      await page.goto(`console/#/conversations/${conversation}`);
      await page.getByText("这个工单由陈晓敏接待，您的回复会记作陈晓敏的回复。").waitFor();
      await button(page, `替陈晓敏结束工单 ${id}`).waitFor();
      await page.setViewportSize({ width: 360, height: 740 });
      await assertNoHorizontalScroll(page, 360);
    }));
});

describe("as a viewer", () => {
  const { open } = suite({ role: "viewer" });

  test("tickets are seen, and nothing can be done with them", () =>
    open("console/#/queues", async (page, { mock }) => {
      await workAs(page, WANG);
      await row(others(page), ticketOf(mock, "offered", WANG).id).waitFor();
      assert.equal(await page.getByRole("button", { name: /工单 \d+|坐席身份/ }).count(), 0);
      assert.equal(await mine(page).count(), 0);
      assert.equal(await page.getByRole("link", { name: /个工单等您接下/ }).count(), 0);
    }));
});

describe("with the routing core off", () => {
  const { open } = suite({ routing: false });

  test("a conversation that was handed over is spoken in as ever", () =>
    open(
      "console/#/conversations",
      async (page, { mock }) => {
        const { id } = mock.store.newestFirst().find((each) => each.handed_over);
        await page.goto(`console/#/conversations/${id}`);
        await page.getByLabel("以坐席身份回复").fill("您好");
        await button(page, "发送给客户").click();
        await page.locator(".bubble.agent").getByText("您好").waitFor();
        assert.equal(await page.getByRole("region", { name: "本会话的工单" }).count(), 0);
      },
      { expectErrors: [/409/] },
    ));
});
