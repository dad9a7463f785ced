/** What this tab remembers of the conversation, so that the next page of the site goes on with it. */

export interface Message {
  from: "customer" | "bot" | "agent" | "note";
  text: string;
}

export interface Memory {
  conversation: string | null;
  /** Number of the last turn that is known. */
  turn: number;
  /** A human has the conversation. */
  handedOver: boolean;
  messages: Message[];
}

const KEPT = 50;

const empty = (): Memory => ({ conversation: null, turn: 0, handedOver: false, messages: [] });

export class MemoryStore {
  /** Keys of two services, or two sites' widgets, must not meet. */
  constructor(private readonly name: string) {}

  load(): Memory {
    try {
      const kept = sessionStorage.getItem(this.name);
      return kept === null ? empty() : { ...empty(), ...(JSON.parse(kept) as Partial<Memory>) };
    } catch {
      // Storage may be forbidden; then each page begins anew.
      return empty();
    }
  }

  save(memory: Memory): void {
    try {
      sessionStorage.setItem(this.name, JSON.stringify({ ...memory, messages: memory.messages.slice(-KEPT) }));
    } catch {
      // As above.
    }
  }
}
