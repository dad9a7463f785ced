/** The knowledge base, its draft and its releases. */

export interface Release {
  id: string;
  created: string | null;
  note: string | null;
  faqs: number;
  phrasings: number;
  current: boolean;
  /** Why it can't be read any more; absent where it can. */
  damaged?: string;
}

export interface Intent {
  id: string;
  name: string;
  description: string;
}

export type Revision = string | number;

export interface KnowledgeBase {
  name: string;
  description: string;
  /** `folder`: read-only, the files are edited elsewhere. */
  mode: "data" | "folder";
  faqs: number;
  intents: Intent[];
  channels: string[];
  variables: string[];
  release: Release | null;
  /** `outdated` is the release that it was begun from, when another one is served by now. */
  draft: { revision: Revision; changes: number; outdated?: string | null } | null;
}

export interface FaqFields {
  intent: string;
  question: string;
  similar: string[];
  answer: string;
  /** Answers that are tried against it, which is A: B, C and so on. */
  variants: string[];
  tags: string[];
  skill: string | null;
  channels: string[];
  valid_from: string | null;
  valid_until: string | null;
  enabled: boolean;
  priority: number;
}

export interface Faq extends FaqFields {
  id: string;
}

export interface Problem {
  severity: "error" | "warning";
  code: string;
  message: string;
  suggestion?: string | null;
  file?: string | null;
  sheet?: string | null;
  row?: number | null;
  column?: string | number | null;
  /** The field of the record, where it is known. */
  field?: string | null;
}

export interface FaqPage {
  items: Faq[];
  total: number;
  revision: Revision;
}

export interface FaqSaved {
  faq: Faq;
  revision: Revision;
  warnings: Problem[];
}

export interface ImportReport {
  added: string[];
  changed: { id: string; fields: string[] }[];
  unchanged: string[];
  removed: string[];
  new_intents: { id: string; name: string }[];
  warnings: Problem[];
  revision: Revision;
}

export interface FieldChange {
  field: string;
  before: unknown;
  after: unknown;
}

export interface Diff {
  /** The draft as it is compared: publishing with it publishes just this. */
  revision: Revision;
  added: Faq[];
  removed: Faq[];
  changed: { id: string; question: string; fields: FieldChange[] }[];
  settings: string[];
}

export interface Published {
  release: Release;
  outcome: "new" | "unchanged";
  encoded: number;
  reused: number;
  warnings: Problem[];
}
