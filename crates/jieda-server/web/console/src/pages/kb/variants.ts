/** Answers that are tried against the answer of a FAQ: it is A, they are B to H. */
import type { ApiError } from "../../api/http";

/** With the answer itself there are eight. */
export const MOST_VARIANTS = 7;

/** Faults by the place of the variant, from 0. */
export type VariantFaults = ReadonlyMap<number, string>;

const letterOf = (index: number): string => String.fromCharCode("B".charCodeAt(0) + index);
export const answerLabel = (index: number): string => `答案 ${letterOf(index)}`;

/** What the server would refuse anyway. Left out, an empty one would give the next ones other letters. */
export function faultsOfVariants(answer: string, variants: readonly string[]): VariantFaults {
  const faults = new Map<number, string>();
  const texts = [answer, ...variants].map((text) => text.trim());
  variants.forEach((_, index) => {
    const text = texts[index + 1] ?? "";
    const twin = texts.indexOf(text);
    if (text === "") faults.set(index, `请填写${answerLabel(index)}，或删去它`);
    else if (twin <= index) faults.set(index, `与${twin === 0 ? "答案" : answerLabel(twin - 1)}一样，请改写或删去`);
  });
  return faults;
}

/** The place of the variant that a field of the API names; null where it names all of them, nothing where none. */
export function variantNamed(field: string): number | null | undefined {
  const name = field.replace(/\s/g, "");
  const numbered = /^variants\[(\d+)\]$/.exec(name);
  if (numbered) return Number(numbered[1]) - 1;
  const pointed = /^\/variants\/(\d+)$/.exec(name);
  if (pointed) return Number(pointed[1]);
  const lettered = /^(?:备选答案|答案)([B-H])$/i.exec(name);
  if (lettered?.[1]) return lettered[1].toUpperCase().charCodeAt(0) - "B".charCodeAt(0);
  return name === "variants" || name === "/variants" || name === "备选答案" ? null : undefined;
}

/** What the server refused. Once the text that it refused is another one, it says nothing any more. */
export interface VariantRefusal {
  /** Nothing: all of them. */
  text: string | null;
  message: string;
}

/** What the server refused of the variants that were sent. */
export function refusalsOf(error: ApiError | null, sent: readonly string[]): VariantRefusal[] {
  const problems = (error?.problems ?? [])
    .filter((p) => p.severity === "error")
    .map((p) => ({ field: p.field ?? String(p.column ?? ""), message: p.message }));
  const errors = (error?.errors ?? []).map((e) => ({ field: e.pointer, message: e.detail }));
  return [...problems, ...errors].flatMap(({ field, message }) => {
    const variant = variantNamed(field);
    return variant === undefined ? [] : [{ text: variant === null ? null : (sent[variant] ?? null), message }];
  });
}
