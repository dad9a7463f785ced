/** Agents, queues, tickets, and figures. */
import type { Urgency } from "./handover";

export type AgentState = "ready" | "busy" | "after_work" | "break" | "offline";

export interface Shift {
  days: string[];
  from: string;
  to: string;
}

/** What is registered of an agent, under his number. */
export interface Registration {
  name: string;
  /** Levels from 1 to 5, by skill. */
  skills: Record<string, number>;
  capacity: number;
  /** None: any. */
  languages: string[];
  /** None: any. */
  channels: string[];
  /** None: whenever he is ready. */
  shifts: Shift[];
}

export interface AgentSeen extends Registration {
  id: number;
  now: { state: AgentState; on_shift: "yes" | "no"; tickets: number[]; capacity: number } | null;
}

export interface GroupSeen {
  group: string;
  waiting: number;
  /** A duration as it was at the last entry of the journal. */
  longest: string | null;
}

export interface TicketSeen {
  id: number;
  skill: string | null;
  tags: string[];
  urgency: Urgency;
  tier: string | null;
  channel: string | null;
  language: string | null;
  arrived: string;
  conversation: string | null;
  stage?: "waiting" | "offered" | "taken";
  /** Who is asked, or has taken it. */
  agent?: number;
  /** The group that it is in, also after it was passed on. */
  group?: string;
  /** When the offer runs out. */
  offered_until?: string | null;
  /** Whether the customer is on hold. */
  line?: "open" | "held" | null;
}

export type Alarm =
  | { alarm: "long_queue"; group: string }
  | { alarm: "long_wait"; group: string; urgency: Urgency }
  | { alarm: "silent_agent"; agent: number; ticket: number }
  | { alarm: "not_followed_up"; agent: number; ticket: number }
  | { alarm: "ticket_overdue"; ticket: number };

/** What can happen to a ticket. */
export type TicketAct =
  | { act: "accept"; agent: number }
  | { act: "refuse"; agent: number; reason: string }
  | { act: "reply" | "hold" | "resume" | "abandon" }
  | { act: "transfer"; to: string }
  | { act: "end"; outcome: "resolved" | "unresolved" }
  | { act: "rate"; rating: 1 | 2 | 3 | 4 | 5 };

/** Something that an entry of the journal led to; of other actions nothing is read. */
export interface DeskAction {
  at: string;
  action: string;
  ticket?: number;
}

/** An entry of the journal, as far as it is read here. */
export type DeskEntry = { number: number } & (
  | { entry: "rules" }
  | {
      entry: "event";
      event: { at: string; kind: string; ticket?: unknown; to?: string };
      applied: { due: DeskAction[]; led_to: DeskAction[]; verdict: { Ok: null } | { Err: string } };
    }
);

export interface DeskView {
  /** The last entry of the journal that it holds. */
  last: number;
  groups: GroupSeen[];
  agents: AgentSeen[];
  tickets: TicketSeen[];
  alarms: Alarm[];
  mode: "normal" | "degraded";
}

/** All who gave up, and of them: at once, after they were passed on, while offered to an agent, while they waited. */
export type AbandonKind = "all" | "short" | "passed_on" | "offered" | "waiting";

/** What was measured in a period: shares from 0 to 1, times in seconds, nothing where there is nothing to measure. */
export interface Figures {
  period: { from: string; to: string };
  cut: { channel: string | null; skill: string | null; agent: number | null };
  contacts: number;
  accepted: number;
  /** Of an agent nobody knows who gave up. */
  abandoned: number | null;
  open: number;
  asa_s: number | null;
  awt_s: number | null;
  ata_s: number | null;
  service_levels: { percent: number; within_s: number; share: number | null }[];
  abandonment: Record<AbandonKind, number | null> | null;
  ended: number;
  talk_s: number | null;
  hold_s: number | null;
  acw_s: number | null;
  handling_s: number | null;
  transfer_rate: number | null;
  occupancy: number | null;
  responses: number;
  frt_s: number | null;
  resolved: number;
  art_s: number | null;
  conversations: number;
  automatic_resolution: number | null;
  ratings: number;
  csat: number | null;
  satisfied: number | null;
}
