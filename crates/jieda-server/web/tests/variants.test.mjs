// Answers that are tried against each other: edited, refused, kept, and told apart.
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, say, suite } from "./harness.mjs";

const { open } = suite();
const ID = "ec-001";

const drafted = async (page) => {
  const { items } = await (await page.request.get(`/v1/kb/faqs?source=draft&q=${ID}`)).json();
  return items.find((faq) => faq.id === ID);
};
const save = async (page) => {
  await page.getByRole("button", { name: "保存到草稿" }).click();
  await page.getByText("已保存到草稿，发布后对客户生效").last().waitFor();
};

test("answers are added, removed, and kept when something else is saved", () =>
  open(`console/#/kb?id=${ID}`, async (page) => {
    const add = page.getByRole("button", { name: "添加备选答案" });
    for (const letter of ["B", "C", "D"]) {
      await add.click();
      const box = page.getByLabel(`答案 ${letter}`, { exact: true });
      assert.ok(await box.evaluate((e) => e === document.activeElement));
      await box.fill(`试一试的答案${letter}。`);
    }
    await page.getByRole("button", { name: "删除答案 C" }).click();
    assert.equal(await page.getByLabel("答案 C", { exact: true }).inputValue(), "试一试的答案D。");
    await save(page);
    assert.deepEqual((await drafted(page)).variants, ["试一试的答案B。", "试一试的答案D。"]);

    await page.reload();
    await page.getByLabel("技能组").fill("测试组");
    await save(page);
    const { skill, variants } = await drafted(page);
    assert.deepEqual({ skill, variants }, { skill: "测试组", variants: ["试一试的答案B。", "试一试的答案D。"] });

    await page.goto("console/#/kb/diff");
    await page.getByText("备选答案", { exact: true }).waitFor();
    await page.locator(".come").getByText("试一试的答案D。").waitFor();
    await api(page, "DELETE", "/v1/kb/draft");
  }));

test("changes of answers can be taken back", () =>
  open(`console/#/kb?id=${ID}`, async (page) => {
    await page.getByRole("button", { name: "添加备选答案" }).click();
    await page.getByLabel("答案 B", { exact: true }).fill("先写写看。");
    await page.getByText("未保存", { exact: true }).waitFor();
    await page.getByRole("button", { name: "撤销修改" }).click();
    await page.getByLabel("答案 B", { exact: true }).waitFor({ state: "detached" });
    await page.getByText("未保存", { exact: true }).waitFor({ state: "detached" });
  }));

test("there are at most eight answers", () =>
  open(`console/#/kb?id=${ID}`, async (page) => {
    const add = page.getByRole("button", { name: "添加备选答案" });
    for (let i = 0; i < 7; i += 1) await add.click();
    await page.getByLabel("答案 H", { exact: true }).waitFor();
    assert.ok(await add.isDisabled());
    await page.getByRole("button", { name: "撤销修改" }).click();
  }));

test("what is wrong with an answer stands beside it", () =>
  open(
    `console/#/kb?id=${ID}`,
    async (page) => {
      const add = page.getByRole("button", { name: "添加备选答案" });
      await add.click();
      await add.click();
      const [b, c] = ["B", "C"].map((letter) => page.getByLabel(`答案 ${letter}`, { exact: true }));
      await c.fill(await page.getByLabel("答案", { exact: true }).inputValue());
      await page.getByRole("button", { name: "保存到草稿" }).click();
      await page.getByText("请填写答案 B，或删去它").waitFor();
      await page.getByText("与答案一样，请改写或删去").waitFor();
      assert.ok(await b.evaluate((e) => e === document.activeElement));

      await b.fill("另一个答案。");
      await c.fill("您的订单 {order_id 在路上。");
      await page.getByRole("button", { name: "保存到草稿" }).click();
      await page.getByRole("alert").waitFor();
      const described = await c.getAttribute("aria-describedby");
      assert.ok((await page.locator(`#${described}`).textContent()).trim() !== "");
      assert.equal(await b.getAttribute("aria-invalid"), null);
      await page.getByRole("alert").getByText("“答案 C”").waitFor();
      await c.fill("您的订单在路上。");
      assert.equal(await c.getAttribute("aria-invalid"), null);
      await save(page);
      await api(page, "DELETE", "/v1/kb/draft");
    },
    { expectErrors: [/422/] },
  ));

test("the trace says which answer was given", () =>
  open("console/#/chat", async (page) => {
    const trace = page.getByRole("region", { name: "决策过程" });
    await say(page, "怎么查看我的订单");
    await trace.getByText("规则", { exact: true }).waitFor();
    assert.equal(await trace.getByText("A/B 试验").count(), 0);

    // No state says which conversation it is, and so none is tried: what a server answers then is made up.
    const variant = { label: "B", experiment: "1f2e9c3377aa0b51" };
    await page.route("**/v1/answer", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), variant } });
    });
    await say(page, "怎么查看我的订单");
    await trace.getByText(/答案 B（试验 1f2e9c3377aa…）/).waitFor();
  }));

test("a stored conversation says which answer it was given", () =>
  open("console/#/conversations?range=", async (page) => {
    await page.route("**/v1/conversations/*", async (route) => {
      const response = await route.fetch();
      const transcript = await response.json();
      transcript.turns[0].answer.variant = { label: "B", experiment: "1f2e9c3377aa0b51" };
      await route.fulfill({ response, json: transcript });
    });
    await page.locator(".list li a").first().click();
    const log = page.getByRole("region", { name: "对话记录" });
    await log.locator("li").first().getByText("答案 B", { exact: true }).waitFor();
    assert.equal(await log.getByText(/^答案 [A-H]$/).count(), 1);
  }));
