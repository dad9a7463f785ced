/** Stored conversations, and what was missed in them. */
import type { Customer, DecisionName, Option, Variant } from "./answer";
import type { Handover } from "./handover";

/** What to do about missed questions. By its kind, some fields are absent. */
export interface Proposal {
  kind: "new_faq" | "similar_question" | "conflicting_faqs" | "review_answer";
  /** The FAQ, or both. */
  faqs?: string[];
  /** Of a new FAQ: its standard question, and the intent that it may belong to. */
  question?: string;
  intent?: string;
  similar?: string[];
}

export interface GapGroup {
  id: string;
  title: string;
  kind: "miss" | "near_tie";
  count: number;
  last_at: string;
  queries: { text: string; count: number; conversation_id: string; turn: number }[];
  candidates: { faq: string; question: string; count: number }[];
  proposal: Proposal;
}

export interface Gaps {
  turns: number;
  groups: GapGroup[];
}

export interface ConversationSummary {
  id: string;
  opened: string;
  updated: string;
  customer: Customer;
  turns: number;
  handed_over: string | null;
  first_text: string | null;
  last_decision: DecisionName | null;
}

export interface ConversationPage {
  items: ConversationSummary[];
  next: string | null;
}

export interface StoredAnswer {
  decision: DecisionName;
  reply: string;
  faq: string | null;
  /** Only where several answers are tried. */
  variant?: Variant;
  confidence: number;
  rule: string;
  reason: string | null;
  options: Option[];
  release: string | null;
  latency_us: number | null;
  trace: unknown;
}

export interface StoredTurn {
  number: number;
  at: string;
  event: "said" | "rated" | "agent_said" | "handed_back";
  text?: string | null;
  rating?: number | null;
  answer: StoredAnswer | null;
  handover: Handover | null;
}

export interface Transcript {
  id: string;
  opened: string;
  updated: string;
  customer: Customer;
  handed_over: string | null;
  turns: StoredTurn[];
  feedback: {
    at: string;
    turn: number | null;
    rating: number | null;
    outcome: string | null;
    comment: string | null;
  }[];
}

export interface ReplayOutcome {
  decision: DecisionName;
  reply: string;
  faq: string | null;
  confidence: number;
  rule: string;
}

export interface Replay {
  release: string | null;
  turns: {
    number: number;
    text: string | null;
    then: ReplayOutcome | null;
    now: ReplayOutcome | null;
    same: boolean;
  }[];
}
