/** A FAQ as the editor holds it: lists as text, nothing absent. */
import type { Faq, FaqFields } from "../../api/types";
import { faultsOfVariants, type VariantFaults } from "./variants";

export interface FaqForm {
  intent: string;
  question: string;
  /** One a line. */
  similar: string;
  answer: string;
  /** Never changed in place: the form and what was saved may hold the same list. */
  variants: readonly string[];
  /** Separated by commas of any kind. */
  tags: string;
  skill: string;
  channels: string[];
  validFrom: string;
  validUntil: string;
  enabled: boolean;
  priority: number;
}

export type Faults = Partial<Record<Exclude<keyof FaqForm, "variants">, string>> & { variants?: VariantFaults };

export function emptyForm(): FaqForm {
  return {
    intent: "",
    question: "",
    similar: "",
    answer: "",
    variants: [],
    tags: "",
    skill: "",
    channels: [],
    validFrom: "",
    validUntil: "",
    enabled: true,
    priority: 0,
  };
}

export function toForm(faq: Faq): FaqForm {
  return {
    intent: faq.intent,
    question: faq.question,
    similar: faq.similar.join("\n"),
    answer: faq.answer,
    variants: faq.variants,
    tags: faq.tags.join("，"),
    skill: faq.skill ?? "",
    channels: [...faq.channels],
    validFrom: faq.valid_from ?? "",
    validUntil: faq.valid_until ?? "",
    enabled: faq.enabled,
    priority: faq.priority,
  };
}

export function toFields(form: FaqForm): FaqFields {
  return {
    intent: form.intent,
    question: form.question.trim(),
    similar: lines(form.similar),
    answer: form.answer.trim(),
    variants: form.variants.map((text) => text.trim()),
    tags: commaSeparated(form.tags),
    skill: form.skill.trim() || null,
    channels: form.channels,
    valid_from: form.validFrom || null,
    valid_until: form.validUntil || null,
    enabled: form.enabled,
    priority: Number(form.priority) || 0,
  };
}

/** What the server would refuse anyway, said before it is asked. */
export function faultsOf(form: FaqForm): Faults {
  const faults: Faults = {};
  if (form.question.trim() === "") faults.question = "请填写标准问题";
  if (form.answer.trim() === "") faults.answer = "请填写答案";
  const variants = faultsOfVariants(form.answer, form.variants);
  if (variants.size > 0) faults.variants = variants;
  if (form.intent === "") faults.intent = "请选择意图";
  if (form.validFrom && form.validUntil && form.validFrom > form.validUntil) faults.validUntil = "失效日期早于生效日期";
  return faults;
}

export function sameForm(a: FaqForm, b: FaqForm): boolean {
  return JSON.stringify(toFields(a)) === JSON.stringify(toFields(b));
}

/** Names in braces, each once. */
export function variablesIn(answer: string): string[] {
  return [...new Set([...answer.matchAll(/\{([a-z_][a-z0-9_]*)\}/gi)].map((m) => m[1] ?? ""))];
}

export const lines = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((l) => l.trim())
    .filter(Boolean);

export const commaSeparated = (text: string): string[] =>
  text
    .split(/[,，、;；]/)
    .map((t) => t.trim())
    .filter(Boolean);
