/** The routing core: agents, queues, tickets, figures. */
import { call } from "./http";
import type { AgentState, DeskView, Figures, Registration, TicketAct } from "./types";

export interface FiguresWanted {
  since: string;
  until?: string | undefined;
  group?: string;
  channel?: string;
  agent?: string;
}

export const routing = {
  view: (signal?: AbortSignal) => call<DeskView>("/v1/routing", { signal }),

  /** The stream of entries after a given one, or from now on. */
  eventsUrl: (after: number | null) => `/v1/routing/events${after === null ? "" : `?after=${after}`}`,

  act: (ticket: number, act: TicketAct) =>
    call<unknown>(`/v1/routing/tickets/${ticket}`, { method: "POST", json: act }),

  register: (id: number, agent: Registration) =>
    call<unknown>(`/v1/routing/agents/${id}`, { method: "PUT", json: agent }),

  setState: (id: number, state: AgentState) =>
    call<unknown>(`/v1/routing/agents/${id}/state`, { method: "POST", json: { state } }),

  figures: (wanted: FiguresWanted, signal?: AbortSignal) =>
    call<Figures>("/v1/routing/figures", { query: { ...wanted }, signal }),
};
