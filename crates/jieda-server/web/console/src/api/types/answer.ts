/** An answer, and everything that shows how it came about. */
import type { Handover } from "./handover";

export type DecisionName = "auto_reply" | "clarify" | "rephrase" | "ask_value" | "handoff" | "smalltalk" | "silent";

export interface Customer {
  id?: string | null;
  tier?: string | null;
  channel?: string | null;
}

export interface IntentScore {
  id: string;
  name: string;
  confidence: number;
}

export interface ScorePart {
  signal: string;
  raw: number;
  normalized: number;
  weight: number;
  contribution: number;
}

export interface Candidate {
  faq: string;
  question: string;
  score: number;
  intent?: string;
  /** The phrasing that matched; with `explain` only. */
  matched?: string;
  /** What of the score comes from the turns before. */
  context?: number;
  parts?: ScorePart[];
}

export interface Option {
  faq: string;
  question: string;
}

export interface IntentEvidence {
  intent: string;
  before: number;
  after: number;
  keyword?: string;
  pattern?: string;
  found?: string;
}

export interface Trace {
  rule: string;
  normalized: string;
  reading: "alone" | "with_topic";
  tokens: string[];
  truncated_tokens: number;
  features: Record<string, number>;
  intent_evidence: IntentEvidence[];
  missing_variables: string[];
  thresholds?: { reply: number; clarify: number };
}

/** Which answer was given, of those that are tried against each other. */
export interface Variant {
  label: string;
  experiment: string;
}

export interface Answer {
  conversation_id: string | null;
  turn: number;
  release: string | null;
  request_id: string;
  degraded: boolean;
  ask_rating: boolean;
  decision: DecisionName;
  reply: string;
  faq: string | null;
  /** Only where several answers are tried. */
  variant?: Variant;
  confidence: number;
  intent: IntentScore | null;
  intents: IntentScore[];
  candidates: Candidate[];
  options: Option[];
  reason: string | null;
  availability: "now" | "callback" | null;
  handover: Handover | null;
  trace: Trace;
  timings_ms: Record<string, number>;
  /** Opaque; only where the caller carries it. */
  state?: unknown;
}
