/** The knowledge base: what is served, its draft, and its releases. */
import { call, download } from "./http";
import type {
  Diff,
  Faq,
  FaqFields,
  FaqPage,
  FaqSaved,
  ImportReport,
  KnowledgeBase,
  Problem,
  Published,
  Release,
  Revision,
} from "./types";

export type Source = "served" | "draft";

export interface FaqFilter {
  source: Source;
  q?: string;
  intent?: string;
  enabled?: boolean | undefined;
  offset?: number;
  limit?: number;
}

export interface ImportFile {
  file: File;
  mode: "merge" | "replace";
  /** Says what would change, and changes nothing. */
  dryRun: boolean;
}

/** Variables come by name alone, or with the value that each has by default. */
type Overview = Omit<KnowledgeBase, "variables"> & { variables: string[] | Record<string, string> };

const draft = "/v1/kb/draft";
const faqPath = (id: string): string => `${draft}/faqs/${encodeURIComponent(id)}`;
/** What to publish, and as what: the draft as the publisher has seen it. */
export interface Publish {
  note: string;
  force: boolean;
  revision: Revision | null;
}

const ifMatch = (revision: Revision | null): Record<string, string> =>
  revision === null ? {} : { "If-Match": String(revision) };

export const kb = {
  async overview(signal?: AbortSignal): Promise<KnowledgeBase> {
    const { variables, ...rest } = await call<Overview>("/v1/kb", { signal });
    return { ...rest, variables: Array.isArray(variables) ? variables : Object.keys(variables) };
  },

  faqs: (filter: FaqFilter, signal?: AbortSignal) => call<FaqPage>("/v1/kb/faqs", { query: { ...filter }, signal }),

  /** One FAQ by its id, with the revision at which it was read. */
  async find(id: string, source: Source): Promise<{ faq: Faq; revision: Revision } | null> {
    const page = await kb.faqs({ source, q: id, limit: 50 });
    const faq = page.items.find((item) => item.id === id);
    return faq ? { faq, revision: page.revision } : null;
  },

  /** On whatever the draft has become: a new one overwrites nothing. */
  add: (faq: FaqFields) => call<FaqSaved>(`${draft}/faqs`, { method: "POST", json: faq }),

  save: (id: string, faq: FaqFields, revision: Revision | null) =>
    call<FaqSaved>(faqPath(id), { method: "PUT", json: faq, headers: ifMatch(revision) }),

  remove: (id: string, revision: Revision | null) =>
    call<{ revision: Revision }>(faqPath(id), { method: "DELETE", headers: ifMatch(revision) }),

  addSimilar: (id: string, texts: string[]) =>
    call<FaqSaved>(`${faqPath(id)}/similar`, { method: "POST", json: { texts } }),

  importFile: ({ file, mode, dryRun }: ImportFile) =>
    call<ImportReport>(`${draft}/import`, {
      method: "POST",
      query: { filename: file.name, mode, dry_run: dryRun },
      bytes: file,
    }),

  check: (signal?: AbortSignal) => call<{ problems: Problem[]; faqs: number }>(`${draft}/check`, { signal }),

  diff: (signal?: AbortSignal) => call<Diff>(`${draft}/diff`, { signal }),

  publish: ({ note, force, revision }: Publish) =>
    call<Published>(`${draft}/publish`, { method: "POST", json: { note, force }, headers: ifMatch(revision) }),

  discard: (revision: Revision | null) => call<void>(draft, { method: "DELETE", headers: ifMatch(revision) }),

  exportFile: (source: Source) => download("/v1/kb/export", { query: { format: "xlsx", source } }),

  releases: (signal?: AbortSignal) => call<{ items: Release[] }>("/v1/kb/releases", { signal }),

  rollBack: (id: string) =>
    call<{ from: string; to: string }>(`/v1/kb/releases/${encodeURIComponent(id)}/publish`, { method: "POST" }),
};
