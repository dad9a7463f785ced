/** The conversation: between what the customer does, what the service says, and what is shown. */
import { Api, newKey, SendError, type Answer, type Customer, type Question } from "./api";
import type { Config } from "./config";
import { MemoryStore, type Memory, type Message } from "./memory";
import { follow, type TurnEvent } from "./stream";
import { View } from "./view";

export class Chat {
  readonly view: View;
  private readonly api: Api;
  private readonly store: MemoryStore;
  private readonly memory: Memory;
  private customer: Customer = {};
  private variables: Record<string, string> = {};
  /** Takes away choices and stars of the last answer. */
  private leftovers: (() => void)[] = [];
  private stream: AbortController | null = null;
  private greeted = false;

  constructor(private readonly config: Config) {
    this.api = new Api(config);
    this.store = new MemoryStore(`jieda-chat:${config.base}:${config.channel}`);
    this.memory = this.store.load();
    this.view = new View(
      config,
      (text) => void this.ask(text),
      () => this.greet(),
    );
  }

  start(): void {
    this.view.mount();
    this.memory.messages.forEach((message) => this.view.log.add(message));
    if (this.memory.handedOver) this.listen();
  }

  identify(customer: Customer): void {
    this.customer = { ...customer };
  }

  setVariables(variables: Record<string, string>): void {
    this.variables = { ...this.variables, ...variables };
  }

  private greet(): void {
    if (this.greeted || this.memory.messages.length > 0) return;
    this.greeted = true;
    this.view.log.add({ from: "bot", text: this.config.greeting });
  }

  private async ask(text: string): Promise<void> {
    this.clearLeftovers();
    this.say({ from: "customer", text });
    await this.deliver(this.question(text));
  }

  private question(text: string): Question {
    const { conversation } = this.memory;
    return { text, conversation, customer: this.customer, variables: this.variables, key: newKey() };
  }

  private async deliver(question: Question): Promise<void> {
    await this.waitFor(async () => {
      const answer = await this.send(question);
      if (answer) this.take(answer);
    });
    this.view.focusInput();
  }

  /** Nothing when it failed; that is shown, with a button that sends the very same question again. */
  private async send(question: Question): Promise<Answer | null> {
    try {
      return await this.api.ask(question, (words) => this.view.log.setWait(words));
    } catch (error) {
      if (!(error instanceof SendError)) throw error;
      if (error.status === 404 && question.conversation !== null) {
        // The service has forgotten the conversation: a new one begins.
        this.remember({ conversation: null, turn: 0, handedOver: false });
        return this.send(this.question(question.text));
      }
      this.view.log.setTyping(false);
      this.view.log.addFailure(error.message, () => void this.deliver(question));
      return null;
    }
  }

  private async rate(turn: number, rating: number): Promise<void> {
    const { conversation } = this.memory;
    if (conversation === null) return;
    await this.waitFor(async () => {
      try {
        const answer = await this.api.rate(conversation, turn, rating, (words) => this.view.log.setWait(words));
        if (answer) this.take(answer);
        else this.say({ from: "note", text: "感谢您的评价" });
      } catch (error) {
        if (!(error instanceof SendError)) throw error;
        this.view.log.add({ from: "note", text: "评分没有提交成功" });
      }
    });
    // The star that had the focus can't be pressed any more.
    this.view.focusInput();
  }

  private async waitFor(work: () => Promise<void>): Promise<void> {
    this.view.setWaiting(true);
    this.view.log.setTyping(true);
    try {
      await work();
    } finally {
      this.view.log.setTyping(false);
      this.view.setWaiting(false);
    }
  }

  private take(answer: Answer): void {
    this.view.log.setTyping(false);
    this.remember({
      conversation: answer.conversation_id ?? this.memory.conversation,
      turn: Math.max(answer.turn, this.memory.turn),
    });
    if (answer.reply !== "") this.say({ from: "bot", text: answer.reply });
    if (answer.options.length > 0) {
      const pick = (index: number): void => void this.ask(String(index + 1));
      this.leftovers.push(
        this.view.log.addOptions(
          answer.options.map((o) => o.question),
          pick,
        ),
      );
    }
    if (answer.ask_rating) {
      const remove = this.view.log.addRating((rating) => {
        // What was given stays to be seen.
        this.leftovers = this.leftovers.filter((l) => l !== remove);
        void this.rate(answer.turn, rating);
      });
      this.leftovers.push(remove);
    }
    if (answer.decision === "handoff") {
      this.say({ from: "note", text: "已转人工客服，对方的回复会显示在这里" });
      this.remember({ handedOver: true });
      this.listen();
    }
  }

  private listen(): void {
    const { conversation, turn } = this.memory;
    if (conversation === null || this.stream !== null) return;
    this.stream = new AbortController();
    const { signal } = this.stream;
    void follow(this.api, { conversation, after: turn }, (event) => this.hear(event), signal);
  }

  private hear(event: TurnEvent): void {
    this.remember({ turn: Math.max(event.number, this.memory.turn) });
    if (event.event === "agent_said" && event.text) {
      this.say({ from: "agent", text: event.text });
      this.view.hint();
    }
    if (event.event === "handed_back") {
      this.say({ from: "note", text: "人工客服已结束服务，机器人继续为您解答" });
      this.remember({ handedOver: false });
      this.stream?.abort();
      this.stream = null;
    }
  }

  private say(message: Message): void {
    this.view.log.add(message);
    this.remember({ messages: [...this.memory.messages, message] });
  }

  private remember(change: Partial<Memory>): void {
    Object.assign(this.memory, change);
    this.store.save(this.memory);
  }

  private clearLeftovers(): void {
    this.leftovers.forEach((remove) => remove());
    this.leftovers = [];
  }
}
