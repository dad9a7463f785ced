/** Questions and ratings to the service. What fails on the way is sent again, under the same key, so it counts once. */
import type { Config } from "./config";

export interface Answer {
  conversation_id: string | null;
  turn: number;
  ask_rating: boolean;
  decision: string;
  reply: string;
  options: { faq: string; question: string }[];
}

export interface Customer {
  id?: string;
  tier?: string;
}

export interface Question {
  text: string;
  conversation: string | null;
  customer: Customer;
  variables: Record<string, string>;
  /** Names this question, however often it is sent. */
  key: string;
}

/** It can't be sent now. `message` is for the customer. */
export class SendError extends Error {
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** Waits between attempts, in milliseconds, where the service names none. */
const WAITS = [800, 2000, 5000];
const LONGEST_WAIT = 30_000;
const TIMEOUT = 30_000;
/** Worth another try: not reached, busy, restarting, or still at the first attempt. */
const PASSING = [0, 409, 425, 429, 502, 503, 504];

type Sent<T> = { value: T } | { status: number; retryAfter: number | null };

export class Api {
  constructor(private readonly config: Config) {}

  /** Calls `onWait` with a text whenever it has to wait before it tries again. */
  ask(question: Question, onWait: (text: string) => void): Promise<Answer> {
    const { text, conversation, customer, variables, key } = question;
    const body = {
      text,
      ...(conversation === null ? {} : { conversation_id: conversation }),
      customer: { ...customer, channel: this.config.channel },
      variables,
    };
    return this.post<Answer>("/v1/answer", body, { "Idempotency-Key": key }, onWait);
  }

  async rate(
    conversation: string,
    turn: number,
    rating: number,
    onWait: (text: string) => void,
  ): Promise<Answer | null> {
    const body = { conversation_id: conversation, turn, rating };
    const given = await this.post<{ answer: Answer | null }>("/v1/feedback", body, {}, onWait);
    return given.answer;
  }

  /** Opens the stream of a conversation's turns after the given one. */
  events(conversation: string, after: number, signal: AbortSignal): Promise<Response> {
    const url = `${this.config.base}/v1/conversations/${encodeURIComponent(conversation)}/events?after=${after}`;
    return fetch(url, { headers: { ...this.auth(), Accept: "text/event-stream" }, credentials: "omit", signal });
  }

  private async post<T>(
    path: string,
    body: unknown,
    headers: Record<string, string>,
    onWait: (text: string) => void,
  ): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      const sent = await this.send<T>(path, body, headers);
      if ("value" in sent) return sent.value;
      const { status, retryAfter } = sent;
      const wait = WAITS[attempt];
      if (wait === undefined || !PASSING.includes(status)) throw new SendError(inWords(status), status);
      onWait(status === 0 ? "网络不太稳定，正在重新发送…" : "当前咨询较多，正在为您排队…");
      await pause(retryAfter ?? wait);
    }
  }

  /** One attempt. The status is 0 where no answer came, or not all of it. */
  private async send<T>(path: string, body: unknown, headers: Record<string, string>): Promise<Sent<T>> {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), TIMEOUT);
    try {
      const response = await fetch(this.config.base + path, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...this.auth(), ...headers },
        body: JSON.stringify(body),
        // The key says who asks; somebody's login to the console must not.
        credentials: "omit",
        signal: controller.signal,
      });
      if (response.ok) return { value: (await response.json()) as T };
      return { status: response.status, retryAfter: retryAfterOf(response) };
    } catch {
      return { status: 0, retryAfter: null };
    } finally {
      clearTimeout(timer);
    }
  }

  private auth(): Record<string, string> {
    return this.config.key === "" ? {} : { Authorization: `Bearer ${this.config.key}` };
  }
}

/** A new name for a question, on plain HTTP too, where `randomUUID` is missing. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** In milliseconds; the header has seconds or a date. */
function retryAfterOf(response: Response): number | null {
  const header = response.headers.get("retry-after");
  if (!header) return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), LONGEST_WAIT);
}

function inWords(status: number): string {
  if (status === 0) return "网络连接失败，消息没有发出去。";
  if (status === 429 || status === 503) return "当前咨询人数较多，请稍后再试。";
  if (status === 401 || status === 403) return "客服暂时无法使用，请联系网站管理员。";
  if (status === 413 || status === 422) return "这条消息无法处理，请缩短或换个说法。";
  return "服务出了点问题，消息没有发出去。";
}
