/** A test conversation. Its state is carried here, so nothing of it is stored. */
import { computed, reactive, ref } from "vue";
import { answers } from "../../api/answer";
import type { ApiError } from "../../api/http";
import type { Answer } from "../../api/types";
import { asApiError } from "../../lib/resource";

/** One thing that the tester did, and what came back. */
export interface ChatTurn {
  key: number;
  /** What was said; nothing where a rating was given by the stars. */
  text: string | null;
  rating: number | null;
  pending: boolean;
  answer: Answer | null;
  error: ApiError | null;
}

export interface ChatSettings {
  tier: string;
  channel: string;
  variables: Record<string, string>;
}

/** The state of a conversation that has not begun. It is sent, so that the server knows who keeps it. */
const NEW = {};

export function useChat(settings: ChatSettings) {
  const turns = ref<ChatTurn[]>([]);
  const selectedKey = ref<number | null>(null);
  let state: unknown = NEW;
  let nextKey = 1;
  let generation = 0;

  const selected = computed(() => turns.value.find((t) => t.key === selectedKey.value) ?? null);
  const busy = computed(() => turns.value.some((t) => t.pending));

  async function run(turn: Pick<ChatTurn, "text" | "rating">, ask: () => Promise<Answer | null>): Promise<void> {
    const started = generation;
    const added: ChatTurn = reactive({ ...turn, key: nextKey++, pending: true, answer: null, error: null });
    turns.value.push(added);
    try {
      const answer = await ask();
      if (started !== generation) return;
      added.answer = answer;
      if (answer) selectedKey.value = added.key;
    } catch (caught) {
      added.error = asApiError(caught);
    } finally {
      added.pending = false;
    }
  }

  function say(text: string): Promise<void> {
    const variables = Object.fromEntries(Object.entries(settings.variables).filter(([, value]) => value.trim() !== ""));
    const customer = { tier: settings.tier || null, channel: settings.channel || null };
    return run({ text, rating: null }, async () => {
      const answer = await answers.ask({ text, customer, variables, state });
      state = answer.state ?? NEW;
      return answer;
    });
  }

  function rate(rating: number): Promise<void> {
    return run({ text: null, rating }, async () => {
      const given = await answers.rate(state, rating);
      state = given.answer?.state ?? given.state ?? state;
      return given.answer;
    });
  }

  /** Says the failed turn once more. */
  function retry(turn: ChatTurn): Promise<void> {
    turns.value = turns.value.filter((t) => t.key !== turn.key);
    return turn.rating === null ? say(turn.text ?? "") : rate(turn.rating);
  }

  function restart(): void {
    generation += 1;
    state = NEW;
    turns.value = [];
    selectedKey.value = null;
  }

  const select = (turn: ChatTurn): void => {
    selectedKey.value = turn.key;
  };

  return { turns, selected, busy, say, rate, retry, restart, select };
}
