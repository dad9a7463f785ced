/** Thresholds, and what they lead to. */
import { call } from "./http";
import type { Curve, Policy, Revision, Thresholds } from "./types";

export const policy = {
  read: (signal?: AbortSignal) => call<Policy>("/v1/policy", { signal }),

  curve: (days: number, signal?: AbortSignal) => call<Curve>("/v1/policy/curve", { query: { days }, signal }),

  saveDraft: (thresholds: Thresholds) =>
    call<Thresholds & { revision: Revision }>("/v1/kb/draft/policy", { method: "PUT", json: thresholds }),
};
