/** Stored conversations, what was missed in them, and reports. */
import { call } from "./http";
import type { ConversationPage, Dashboard, Gaps, Replay, Transcript } from "./types";

export interface ConversationFilter {
  since?: string;
  until?: string;
  decision?: string;
  reason?: string;
  channel?: string;
  faq?: string;
  text?: string;
  cursor?: string | null;
  limit?: number;
}

const path = (id: string): string => `/v1/conversations/${encodeURIComponent(id)}`;

export const conversations = {
  list: (filter: ConversationFilter, signal?: AbortSignal) =>
    call<ConversationPage>("/v1/conversations", { query: { ...filter }, signal }),

  transcript: (id: string, signal?: AbortSignal) => call<Transcript>(path(id), { signal }),

  replay: (id: string) => call<Replay>(`${path(id)}/replay`, { method: "POST" }),

  agentSays: (id: string, text: string) => call<unknown>(`${path(id)}/agent`, { method: "POST", json: { text } }),

  handBack: (id: string) => call<unknown>(`${path(id)}/hand-back`, { method: "POST" }),

  /** The stream of its turns after a given one. */
  eventsUrl: (id: string, after: number) => `${path(id)}/events?after=${after}`,

  gaps: (days: number, signal?: AbortSignal) => call<Gaps>("/v1/gaps", { query: { days }, signal }),

  dashboard: (since: string, until: string, signal?: AbortSignal) =>
    call<Dashboard>("/v1/reports/dashboard", { query: { since, until }, signal }),
};
