// Screenshots of every page, wide and narrow, light and dark, into shots/ (or the folder that is named).
import { mkdirSync } from "node:fs";
import { launch, serve } from "./browser.mjs";

const folder = process.argv[2] ?? "shots";
const only = process.argv[3];
mkdirSync(folder, { recursive: true });

const say = async (page, text) => {
  await page.getByLabel("客户说的话").fill(text);
  await page.getByRole("button", { name: "发送" }).click();
  await page.waitForFunction(() => !document.body.textContent.includes("正在回答…"));
};

/** Works as an agent from now on. */
const workAs = async (page, id) => {
  await page.goto("console/#/chat");
  await page.evaluate((agent) => localStorage.setItem("jieda.agent:local", String(agent)), id);
  await page.reload();
};

const PAGES = {
  chat: async (page) => {
    await page.goto("console/#/chat");
    await say(page, "东西刚买就降价了，能补差价吗");
    await say(page, "退货怎么弄");
  },
  handover: async (page) => {
    await page.goto("console/#/chat");
    await say(page, "昨天买的冰箱订单号20261128001退款299.5元还没到");
    await say(page, "转人工");
    await page.getByRole("heading", { name: "转接资料" }).waitFor();
  },
  "chat-empty": (page) => page.goto("console/#/chat"),
  kb: async (page) => {
    await page.goto("console/#/kb?id=ec-004");
    await page.getByLabel("标准问题").waitFor();
  },
  "kb-list": (page) => page.goto("console/#/kb"),
  import: async (page) => {
    await page.goto("console/#/kb/import");
    const buffer = Buffer.from(
      "标准问题,相似问,答案,意图\n怎么退货,退货步骤;退货入口,在订单页申请退货。,退换货\n能开纸质发票吗,,,发票\n",
    );
    await page.locator("input[type=file]").setInputFiles({ name: "双十二.csv", mimeType: "text/csv", buffer });
    await page.waitForTimeout(200);
  },
  check: (page) => page.goto("console/#/kb/check"),
  diff: async (page, mock) => {
    mock?.kb.put(
      "ec-004",
      { ...mock.kb.state.draft[3], question: "下单之后怎么改地址", similar: ["地址填错了怎么改", "改收货地址"] },
      undefined,
    );
    mock?.kb.put(
      null,
      { ...mock.kb.state.draft[5], question: "以旧换新补贴怎么领", similar: ["旧机抵钱怎么操作"] },
      undefined,
    );
    await page.goto("console/#/kb/diff");
  },
  releases: (page) => page.goto("console/#/kb/releases"),
  gaps: (page) => page.goto("console/#/gaps"),
  "gap-similar": async (page) => {
    await page.goto("console/#/gaps");
    await page.getByRole("button", { name: "按建议添加" }).first().click();
  },
  "gap-new": async (page) => {
    await page.goto("console/#/gaps");
    await page.getByRole("button", { name: "按建议新建" }).first().click();
    await page.getByLabel("标准问题").waitFor();
  },
  variants: async (page) => {
    await page.goto("console/#/kb?id=ec-004");
    await page.getByRole("button", { name: "添加备选答案" }).click();
    await page.getByRole("button", { name: "保存到草稿" }).click();
  },
  conversations: (page) => page.goto("console/#/conversations"),
  transcript: async (page) => {
    await page.goto("console/#/conversations?range=30&reason=low_satisfaction");
    await page.locator(".list li a").first().click();
    await page.getByRole("button", { name: /重放/ }).click();
    await page.getByRole("heading", { name: "重放结果" }).waitFor();
  },
  queues: (page) => page.goto("console/#/queues"),
  "queues-mine": async (page) => {
    await workAs(page, 7);
    await page.goto("console/#/queues");
    await page.getByRole("region", { name: "我的工单" }).waitFor();
  },
  "ticket-refuse": async (page) => {
    await workAs(page, 7);
    await page.goto("console/#/queues");
    await page.getByRole("button", { name: /^拒绝工单/ }).click();
  },
  "ticket-transfer": async (page) => {
    await workAs(page, 7);
    await page.goto("console/#/queues");
    await page.getByRole("button", { name: /^转给/ }).first().click();
  },
  "ticket-end": async (page) => {
    await workAs(page, 7);
    await page.goto("console/#/queues");
    await page.getByRole("button", { name: /^结束工单/ }).click();
  },
  "ticket-identity": async (page) => {
    await page.goto("console/#/queues");
    await page.getByRole("button", { name: /坐席身份/ }).click();
  },
  "ticket-conversation": async (page, mock) => {
    await workAs(page, 7);
    const offered = [...(mock?.desk.tickets.values() ?? [])].find((ticket) => ticket.stage === "offered");
    await page.goto(`console/#/conversations/${offered?.conversation}`);
    await page.getByRole("button", { name: "接下并回复" }).waitFor();
  },
  agents: (page) => page.goto("console/#/agents"),
  "agent-form": async (page) => {
    await page.goto("console/#/agents");
    await page.getByRole("button", { name: "修改 阿依古丽" }).click();
  },
  figures: async (page) => {
    await page.goto("console/#/figures");
    await page.getByRole("button", { name: "近 7 天" }).click();
  },
  qa: (page) => page.goto("console/#/qa?state=all"),
  "qa-score": async (page) => {
    await page.goto("console/#/qa?state=all&period=month");
    await page.locator(".list li a").nth(3).click();
    const item = (name) => page.getByRole("group", { name });
    await item("答案准确").getByText("4", { exact: true }).click();
    await item("态度语气").getByText("不适用").click();
    await page.getByRole("button", { name: "保存", exact: true }).click();
  },
  "qa-done": async (page) => {
    await page.goto("console/#/qa?state=again&period=month");
    await page.locator(".list li a").first().click();
    for (const name of ["答案准确", "解决问题", "态度语气", "合规"])
      await page.getByRole("group", { name }).getByText("4", { exact: true }).click();
    await page.getByRole("button", { name: "保存", exact: true }).click();
    await page.getByRole("article").first().waitFor();
  },
  "qa-figures": (page) => page.goto("console/#/qa?tab=figures&period=month"),
  dashboard: async (page) => {
    await page.goto("console/#/dashboard");
    await page.getByRole("button", { name: "30 天" }).click();
    await page.waitForTimeout(1200);
  },
  policy: async (page) => {
    await page.goto("console/#/policy");
    await page.waitForTimeout(1200);
  },
  widget: async (page) => {
    await page.goto("widget/?key=demo");
    await page.getByRole("button", { name: "打开在线客服" }).click();
    for (const text of ["东西刚买就降价了，能补差价吗", "怎么查物流进度", "快递"]) {
      await page.getByLabel("您的问题").fill(text);
      await page.keyboard.press("Enter");
      await page.waitForTimeout(250);
    }
  },
};

const browser = await launch();
const { url, mock, stop } = await serve();
for (const colorScheme of ["light", "dark"]) {
  for (const width of [1280, 360]) {
    const context = await browser.newContext({
      baseURL: `${url}/`,
      colorScheme,
      viewport: { width, height: width === 360 ? 740 : 860 },
      locale: "zh-CN",
    });
    for (const [name, visit] of Object.entries(PAGES)) {
      if (only && !only.split(",").includes(name)) continue;
      const page = await context.newPage();
      page.on("console", (m) => m.type() === "error" && console.log(name, m.text()));
      await visit(page, mock);
      await page.waitForTimeout(200);
      await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png`, fullPage: name !== "widget" });
      // The next page is for whoever comes: nobody works as an agent there.
      await page.evaluate(() => localStorage.clear());
      await page.close();
    }
    await context.close();
  }
}
stop();
await browser.close();
