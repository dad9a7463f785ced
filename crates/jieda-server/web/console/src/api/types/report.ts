/** Figures and thresholds. */
import type { DecisionName } from "./answer";

export interface DailyCounts {
  date: string;
  turns: number;
  auto_reply: number;
  clarify: number;
  handoff: number;
  other: number;
}

export interface Dashboard {
  since: string;
  until: string;
  conversations: number;
  turns: number;
  decisions: Partial<Record<DecisionName, number>>;
  coverage: number | null;
  handoff_rate: number | null;
  handoffs: Record<string, number>;
  satisfaction: { counts: number[]; mean: number | null };
  top_faqs: { faq: string; question: string; count: number }[];
  latency_ms: { p50: number | null; p95: number | null; p99: number | null };
  daily: DailyCounts[];
  /** Too many turns for one report: the oldest were left out. */
  truncated: boolean;
}

export interface Thresholds {
  reply: number;
  clarify: number;
}

export interface Policy {
  thresholds: Thresholds & { matched: number };
  /** Whether the knowledge base brings its own policy. */
  own: boolean;
  tuned: { max_wrong_rate: number; confidence: number; date: string; sample: number; coverage: number } | null;
  draft: Thresholds | null;
}

export interface CurvePoint {
  threshold: number;
  coverage: number;
  risk: number;
}

export interface Curve {
  turns: number;
  basis: string;
  points: CurvePoint[];
}
