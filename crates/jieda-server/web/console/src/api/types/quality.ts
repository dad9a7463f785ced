/** Quality review: what is drawn, how it is scored, and what that says. */

export interface SheetItem {
  id: string;
  name: string;
  about: string;
  /** Relative to the others. */
  weight: number;
  /** No point here, and the whole score is 0. */
  fatal: boolean;
}

export interface ScoreSheet {
  /** The most points of an item. */
  top: number;
  /** The least score that passes, of 100. */
  pass: number;
  items: SheetItem[];
}

export interface SamplingPlan {
  name: string;
  draw: "random" | "low_confidence" | "low_rating" | "handover";
  share: number;
  /** Of a day. */
  most: number;
  /** Bound of the confidence (0 to 1), or of the rating (1 to 5). */
  at_most: number | null;
}

export interface QualitySetup {
  sheet: ScoreSheet;
  plans: SamplingPlan[];
  /** The share of what is drawn that two people are to score. */
  double: number;
}

export interface Sample {
  conversation_id: string;
  opened: string;
  /** What the customer said first, masked. */
  first_text: string;
  /** None: somebody scored it without its being drawn. */
  plans: string[];
  confidence: number | null;
  rating: number | null;
  handed_over: string | null;
  channel: string | null;
  agent: number | null;
  /** How many are to score it, and how many have. */
  wanted: number;
  reviews: number;
  /** Whether who asks has. */
  mine: boolean;
}

export interface Samples {
  since: string;
  until: string;
  truncated: boolean;
  samples: Sample[];
}

/** Points by item; nothing: it does not apply. */
export type Points = Record<string, number | null>;

export interface Review {
  conversation_id: string;
  reviewer: string;
  at: string;
  agent: number | null;
  scores: Points;
  comment: string;
  score: number;
  passed: boolean;
  plans: string[];
}

/** The others' are told only to who has scored. */
export interface Reviews {
  mine: Review | null;
  others: Review[];
}

/** How far those agree who scored the same conversation. */
export interface Agreement {
  /** Conversations that several people scored. */
  units: number;
  /** The share of pairs that agree. */
  exact: number | null;
  /** Krippendorff's. */
  alpha: number | null;
}

export interface ReviewCounts {
  reviews: number;
  mean: number | null;
  pass_rate: number | null;
}

export interface QualityFigures extends ReviewCounts {
  since: string;
  until: string;
  conversations: number;
  plans: (ReviewCounts & { name: string })[];
  items: { id: string; name: string; reviews: number; mean: number | null; agreement: Agreement }[];
  agents: (ReviewCounts & { id: number; name: string | null })[];
  reviewers: { name: string; reviews: number; mean: number | null }[];
  agreement: Agreement;
}
