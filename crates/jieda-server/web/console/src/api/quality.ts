/** Quality review: samples, scores, figures. */
import { call } from "./http";
import type { Points, QualityFigures, QualitySetup, Review, Reviews, Samples } from "./types";

export interface TimeWanted {
  since: string;
  until?: string | undefined;
}

const path = (id: string): string => `/v1/qa/conversations/${encodeURIComponent(id)}`;

export const quality = {
  setup: (signal?: AbortSignal) => call<QualitySetup>("/v1/qa", { signal }),

  /** Of conversations that began in that time. */
  samples: (wanted: TimeWanted, signal?: AbortSignal) =>
    call<Samples>("/v1/qa/samples", { query: { ...wanted }, signal }),

  reviews: (id: string, signal?: AbortSignal) => call<Reviews>(path(id), { signal }),

  save: (id: string, scores: Points, comment: string) =>
    call<Review>(`${path(id)}/review`, { method: "PUT", json: { scores, comment } }),

  /** Of reviews that were made in that time. */
  figures: (wanted: TimeWanted, signal?: AbortSignal) =>
    call<QualityFigures>("/v1/qa/figures", { query: { ...wanted }, signal }),
};
