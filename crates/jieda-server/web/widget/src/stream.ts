/** The turns of a conversation while a human has it. The key goes in a header, so this is not an `EventSource`. */
import { pause, type Api } from "./api";

export interface TurnEvent {
  number: number;
  event: "said" | "rated" | "agent_said" | "handed_back";
  text?: string | null;
}

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;

/** Follows until the signal says stop; after a break it goes on behind the last turn that came. */
export async function follow(
  api: Api,
  from: { conversation: string; after: number },
  onTurn: (turn: TurnEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  let { after } = from;
  let wait = FIRST_WAIT;
  while (!signal.aborted) {
    try {
      const response = await api.events(from.conversation, after, signal);
      // It is gone, or not ours: asking again would not change that.
      if (response.status === 404 || response.status === 401 || response.status === 403) return;
      if (response.ok && response.body) {
        for await (const data of events(response.body)) {
          wait = FIRST_WAIT;
          const turn = JSON.parse(data) as TurnEvent;
          if (turn.number <= after) continue;
          after = turn.number;
          onTurn(turn);
        }
      }
    } catch {
      // The connection broke, or was ended from here: the loop decides.
    }
    if (signal.aborted) return;
    // Many customers must not come back in the same instant.
    await pause(wait * (0.75 + Math.random() / 2));
    wait = Math.min(wait * 2, LONGEST_WAIT);
  }
}

/** The data of each event. Lines may end in `\n` or `\r\n`; comments keep the connection alive and say nothing. */
async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let buffer = "";
  let data: string[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    buffer += decoder.decode(value, { stream: true });
    const lines = buffer.split("\n");
    buffer = lines.pop() ?? "";
    for (const raw of lines) {
      const line = raw.replace(/\r$/, "");
      if (line === "" && data.length > 0) {
        yield data.join("\n");
        data = [];
      } else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
    }
  }
}
