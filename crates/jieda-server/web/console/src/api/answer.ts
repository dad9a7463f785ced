/** Answers, with the state carried by the caller: nothing of it is stored. */
import { call } from "./http";
import type { Answer, Customer } from "./types";

export interface Question {
  text: string;
  customer: Customer;
  variables: Record<string, string>;
  /** The state that the turn before gave; an empty one begins a conversation. */
  state: unknown;
}

export const answers = {
  ask: (question: Question) => call<Answer>("/v1/answer", { method: "POST", json: { ...question, explain: true } }),

  rate: (state: unknown, rating: number) =>
    call<{ answer: Answer | null; state?: unknown }>("/v1/feedback", { method: "POST", json: { state, rating } }),
};
