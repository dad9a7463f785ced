/** Button, panel and composer. Knows nothing of the service. */
import type { Config } from "./config";
import { el, icon, ICONS } from "./dom";
import { Log } from "./log";
import { styleSheet } from "./styles";

/** Longest question, in characters. */
const LIMIT = 500;
const NEAR = 400;
const NARROW = "(max-width: 479px)";

export class View {
  readonly log = new Log();
  private readonly host = el("div", { lang: "zh-CN" });
  private readonly launcher: HTMLButtonElement;
  private readonly dot = el("span", { class: "dot", hidden: true });
  private readonly panel: HTMLElement;
  private readonly input: HTMLTextAreaElement;
  private readonly sendButton: HTMLButtonElement;
  private readonly count = el("p", { class: "count", role: "status", hidden: true });
  private waiting = false;

  /** `onSend` gets each question; `onOpen` is called whenever the panel opens. */
  constructor(
    config: Config,
    private readonly onSend: (text: string) => void,
    private readonly onOpen: () => void,
  ) {
    this.launcher = el(
      "button",
      { type: "button", class: `launcher ${config.position}`, "aria-haspopup": "dialog", "aria-expanded": "false" },
      icon(ICONS.chat),
      this.dot,
    );
    this.launcher.setAttribute("aria-label", `打开${config.title}`);
    this.input = el("textarea", { id: "text", rows: "1", placeholder: "请输入您的问题", enterkeyhint: "send" });
    this.sendButton = el("button", { type: "submit", "aria-label": "发送", disabled: true }, icon(ICONS.send));
    const close = el("button", { type: "button", "aria-label": "关闭" }, icon(ICONS.close));
    const form = el(
      "form",
      {},
      el("label", { class: "sr", for: "text" }, "您的问题"),
      this.input,
      this.sendButton,
      this.count,
    );
    const header = el("header", {}, el("h2", { id: "title" }, config.title), close);
    this.panel = el(
      "section",
      { class: `panel ${config.position}`, role: "dialog", "aria-labelledby": "title", hidden: true },
      header,
      this.log.element,
      form,
    );

    this.launcher.addEventListener("click", () => this.open());
    close.addEventListener("click", () => this.close());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.input.addEventListener("input", () => this.measure());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.panel.addEventListener("keydown", (event) => this.onPanelKey(event));
  }

  mount(): void {
    const root = this.host.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [styleSheet()];
    root.append(this.launcher, this.panel);
    document.body.append(this.host);
    const viewport = window.visualViewport;
    viewport?.addEventListener("resize", () => this.fit());
    viewport?.addEventListener("scroll", () => this.fit());
  }

  get isOpen(): boolean {
    return !this.panel.hidden;
  }

  open(): void {
    if (this.isOpen) return;
    this.panel.hidden = false;
    this.launcher.hidden = true;
    this.dot.hidden = true;
    this.launcher.setAttribute("aria-expanded", "true");
    // Where it covers the page, the page behind it is out of reach.
    this.panel.setAttribute("aria-modal", String(matchMedia(NARROW).matches));
    this.fit();
    this.onOpen();
    this.log.toEnd();
    this.input.focus();
  }

  close(): void {
    if (!this.isOpen) return;
    this.panel.hidden = true;
    this.launcher.hidden = false;
    this.launcher.setAttribute("aria-expanded", "false");
    this.launcher.focus();
  }

  /** Shows that there is something new behind the closed button. */
  hint(): void {
    if (!this.isOpen) this.dot.hidden = false;
  }

  /** While a question is under way no other is taken; typing goes on. */
  setWaiting(waiting: boolean): void {
    this.waiting = waiting;
    this.measure();
  }

  focusInput(): void {
    this.input.focus();
  }

  private submit(): void {
    const text = this.input.value.trim();
    if (text === "" || this.input.value.length > LIMIT || this.waiting) return;
    this.input.value = "";
    this.measure();
    this.onSend(text);
  }

  private onKey(event: KeyboardEvent): void {
    // Enter ends the composition of a word before it may send. Safari reports that key press after
    // `compositionend`, with the code 229.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.submit();
  }

  private onPanelKey(event: KeyboardEvent): void {
    if (event.key === "Escape" && !event.isComposing) {
      event.stopPropagation();
      this.close();
    }
    if (event.key === "Tab" && this.panel.getAttribute("aria-modal") === "true") this.keepInside(event);
  }

  private keepInside(event: KeyboardEvent): void {
    const all = [...this.panel.querySelectorAll<HTMLElement>("button:not(:disabled), textarea, [tabindex='0']")];
    const edge = event.shiftKey ? all[0] : all[all.length - 1];
    if (edge !== this.host.shadowRoot?.activeElement) return;
    event.preventDefault();
    (event.shiftKey ? all[all.length - 1] : all[0])?.focus();
  }

  private measure(): void {
    const { value } = this.input;
    this.sendButton.disabled = value.trim() === "" || value.length > LIMIT || this.waiting;
    this.count.hidden = value.length < NEAR;
    this.count.textContent = `${value.length} / ${LIMIT} 字`;
    this.count.classList.toggle("over", value.length > LIMIT);
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight + 2, 120)}px`;
  }

  /** Keeps the panel above the on-screen keyboard. */
  private fit(): void {
    const viewport = window.visualViewport;
    if (!viewport) return;
    this.panel.style.setProperty("--height", `${viewport.height}px`);
    this.panel.style.setProperty("--top", `${viewport.offsetTop}px`);
    this.log.toEnd();
  }
}
