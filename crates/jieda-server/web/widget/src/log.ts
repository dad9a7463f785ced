/** The messages, read out as they come. */
import { el, icon, ICONS } from "./dom";
import type { Message } from "./memory";

const SPEAKERS = { customer: "您", bot: "机器人", agent: "人工客服" } as const;

export class Log {
  readonly element = el("div", {
    class: "log",
    role: "log",
    "aria-live": "polite",
    "aria-label": "对话",
    tabindex: "0",
  });
  private readonly typing = el(
    "div",
    { class: "typing", role: "status" },
    el("span", { class: "sr" }, "正在输入"),
    el("i"),
    el("i"),
    el("i"),
  );
  private readonly wait = el("p", { class: "wait", role: "status" });

  add(message: Message): void {
    if (message.from === "note") {
      this.append(el("p", { class: "note" }, message.text));
      return;
    }
    if (message.from === "agent") this.append(el("p", { class: "name", "aria-hidden": "true" }, SPEAKERS.agent));
    const speaker = el("span", { class: "sr" }, `${SPEAKERS[message.from]}：`);
    this.append(el("p", { class: `bubble ${message.from}` }, speaker, message.text));
  }

  /** The choices of a clarifying question; gone once one is taken or something else is said. */
  addOptions(questions: string[], onPick: (index: number) => void): () => void {
    const buttons = questions.map((question, index) => {
      const button = el("button", { type: "button" }, `${index + 1}. ${question}`);
      button.addEventListener("click", () => onPick(index));
      return button;
    });
    const group = el("div", { class: "options", role: "group", "aria-label": "可选的问题" }, ...buttons);
    this.append(group);
    return () => group.remove();
  }

  /** Five stars; after a click they stay, lit and still. */
  addRating(onRate: (rating: number) => void): () => void {
    const stars = [1, 2, 3, 4, 5].map((n) => {
      const star = el("button", { type: "button", "aria-label": `${n} 分` }, icon(ICONS.star));
      star.addEventListener("click", () => {
        stars.forEach((s, index) => {
          s.classList.toggle("on", index < n);
          s.disabled = true;
        });
        onRate(n);
      });
      return star;
    });
    const group = el(
      "div",
      { class: "rating", role: "group", "aria-label": "满意度评分" },
      el("span", {}, "这个回答解决了您的问题吗？"),
      ...stars,
    );
    this.append(group);
    return () => group.remove();
  }

  /** A question that was not sent, with the way to send it again. */
  addFailure(text: string, onRetry: () => void): void {
    const retry = el("button", { type: "button" }, "重新发送");
    const line = el("div", { class: "failed", role: "alert" }, el("span", {}, text), retry);
    retry.addEventListener("click", () => {
      line.remove();
      onRetry();
    });
    this.append(line);
  }

  /** Shows the dots, or takes everything away that says "wait". */
  setTyping(on: boolean): void {
    this.wait.remove();
    if (on) this.append(this.typing);
    else this.typing.remove();
  }

  /** Says why it takes longer. */
  setWait(text: string): void {
    this.wait.textContent = text;
    this.append(this.wait);
  }

  toEnd(): void {
    this.element.scrollTop = this.element.scrollHeight;
  }

  private append(node: HTMLElement): void {
    this.element.append(node);
    this.toEnd();
  }
}
