// Missed questions: what is proposed, and the ways to deal with them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { REAL } from "./browser.mjs";
import { api, suite } from "./harness.mjs";

const { open } = suite();

/** The first group with such a proposal, and the proposal; nothing where a real server has none. */
async function proposed(page, kind) {
  const { groups } = await (await page.request.get("/v1/gaps?days=30")).json();
  const index = groups.findIndex((group) => group.proposal.kind === kind);
  if (index < 0 && !REAL) assert.fail(`the mock proposes no ${kind}`);
  if (index < 0) return null;
  const card = page.locator("article").nth(index);
  await card.waitFor();
  return { card, group: groups[index], proposal: groups[index].proposal };
}

const named = ({ candidates }, id) => {
  const question = candidates.find((c) => c.faq === id)?.question;
  return question ? `${id}《${question}》` : `${id} `;
};

test("a proposed FAQ is begun with its question, phrasings and intent", async (t) =>
  open("console/#/gaps", async (page) => {
    const found = await proposed(page, "new_faq");
    if (!found) return t.skip("this server proposes none");
    const { card, proposal } = found;
    await card.getByText(`建议：新增常见问题“${proposal.question}”`).waitFor();
    await card.getByRole("button", { name: "按建议新建" }).click();
    await page.getByText(/由“未命中”预填/).waitFor();
    assert.equal(await page.getByLabel("标准问题").inputValue(), proposal.question);
    assert.equal(await page.getByLabel(/^相似问/).inputValue(), (proposal.similar ?? []).join("\n"));
    assert.equal(await page.locator("#f-intent").inputValue(), proposal.intent ?? "");
  }));

test("proposed phrasings are chosen for the FAQ that lacks them", async (t) =>
  open("console/#/gaps", async (page) => {
    const found = await proposed(page, "similar_question");
    if (!found?.proposal.similar) return t.skip("this server proposes none");
    const { card, group, proposal } = found;
    const [faq] = proposal.faqs;
    await card.getByText(`建议：把这 ${proposal.similar.length} 种问法加到 ${named(group, faq).trim()}`).waitFor();
    await card.getByRole("button", { name: "按建议添加" }).click();
    const dialog = page.getByRole("dialog");
    assert.equal(await dialog.getByRole("radio", { checked: true }).inputValue(), faq);
    const chosen = await dialog.locator("input[type=checkbox]:checked").evaluateAll((all) => all.map((e) => e.value));
    assert.deepEqual(chosen.toSorted(), proposal.similar.toSorted());
    await dialog.getByRole("button", { name: `加入 ${faq} 的草稿` }).click();
    await card.getByText("已处理", { exact: true }).waitFor();
    const { changed } = await (await page.request.get("/v1/kb/draft/diff")).json();
    const similar = changed.find((c) => c.id === faq).fields.find((f) => f.field === "similar").after;
    assert.ok(proposal.similar.every((text) => similar.includes(text)));
    await api(page, "DELETE", "/v1/kb/draft");
  }));

test("FAQs that are mixed up are both a click away", async (t) =>
  open("console/#/gaps", async (page) => {
    const found = await proposed(page, "conflicting_faqs");
    if (!found) return t.skip("this server proposes none");
    const { card, group, proposal } = found;
    const [first, second] = proposal.faqs.map((id) => named(group, id));
    await card.getByText(`建议：${first}和 ${second}容易混淆，请合并或改写`).waitFor();
    for (const id of proposal.faqs) {
      await card.getByRole("link", { name: `修改 ${id}` }).click();
      await page.getByRole("form", { name: `编辑 ${id}` }).waitFor();
      await page.goBack();
      await card.waitFor();
    }
  }));

test("an answer that does not satisfy is a click away", async (t) =>
  open("console/#/gaps", async (page) => {
    const found = await proposed(page, "review_answer");
    if (!found) return t.skip("this server proposes none");
    const { card, group, proposal } = found;
    const [faq] = proposal.faqs;
    await card.getByText(`建议：检查 ${named(group, faq)}的答案，客户看了不满意`).waitFor();
    await card.getByRole("link", { name: `修改 ${faq}` }).click();
    await page.getByRole("form", { name: `编辑 ${faq}` }).waitFor();
  }));

test("a missed question becomes a similar question, and its group is done", async (t) =>
  open("console/#/gaps", async (page) => {
    await page.locator("[aria-busy=false]").first().waitFor();
    const group = page.locator("article").filter({ hasText: "难分高下" }).first();
    if (REAL && (await group.count()) === 0) return t.skip("this server has missed nothing yet");
    const text = (await group.locator("li a").first().textContent()).trim();
    await group.getByRole("button", { name: "加为相似问" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: /^加入 .+ 的草稿$/ }).click();
    await page.getByText("已处理", { exact: true }).first().waitFor();
    const diff = await (await page.request.get("/v1/kb/draft/diff")).json();
    assert.ok(diff.changed.some((faq) => faq.fields.some((f) => f.field === "similar" && f.after.includes(text))));
    await api(page, "DELETE", "/v1/kb/draft");
  }));

test("a missed question opens the editor of a new FAQ, filled in", async (t) =>
  open("console/#/gaps", async (page) => {
    await page.locator("[aria-busy=false]").first().waitFor();
    const group = page.locator("article").last();
    if (REAL && (await group.count()) === 0) return t.skip("this server has missed nothing yet");
    const text = (await group.locator("li a").first().textContent()).trim();
    await group.getByRole("button", { name: "新建常见问题" }).click();
    await page.getByText(/由“未命中”预填/).waitFor();
    assert.equal(await page.getByLabel("标准问题").inputValue(), text);
  }));
