/** What the human gets when a conversation is handed over. */
import type { Customer, IntentScore } from "./answer";

export type Urgency = "普通" | "紧急" | "特急";

export interface Ticket {
  kind: string;
  urgency: Urgency;
  summary: string;
  fields: { name: string; value: string }[];
}

export interface Handover {
  conversation: string | null;
  customer: Customer;
  reason: string;
  rule: string;
  availability: "now" | "callback";
  intents: IntentScore[];
  tried: { id: string; question: string; confidence: number; outcome: string }[];
  consecutive_failures: number;
  satisfaction: number | null;
  skill: string | null;
  ticket: Ticket;
  history: { speaker: "customer" | "bot" | "agent"; text: string; decision?: string | null; faq?: string | null }[];
  faqs: { id: string; question: string; answer: string }[];
  similar: { conversation: string; summary: string; solution: string; similarity: number }[];
}
