/** Agents, queues, tickets, and the raw records behind figures. */
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
}

export type Alarm =
  | { alarm: "long_queue"; group: string }
  | { alarm: "long_wait"; group: string; urgency: Urgency }
  | { alarm: "silent_agent"; agent: number; ticket: number };

export interface DeskView {
  /** The last entry of the journal that it holds. */
  last: number;
  groups: GroupSeen[];
  agents: AgentSeen[];
  tickets: TicketSeen[];
  alarms: Alarm[];
  mode: "normal" | "degraded";
}

export type AbandonClass = "short" | "passed_on" | "offered" | "waiting";

/** What was measured in a period. Durations are in ISO 8601, such as `PT1M30S`. */
export interface Figures {
  period: { from: string; to: string };
  cut: { channel: string | null; skill: string | null; agent: number | null };
  waits: { accepted: string[]; abandoned: { wait: string; class: AbandonClass }[] };
  work: {
    contacts: { talk: string; hold: string; after_work: string | null; passed_on: "yes" | "no" }[];
    handling: string;
    staffed: string;
  };
  service: {
    first_response: string[];
    resolution: string[];
    ratings: number[];
    conversations: number;
    self_resolved: number;
  };
  open: number;
}
