/** What a new FAQ starts from when another page opens the editor, and where it came from. */
import type { FaqForm } from "./faqForm";

export interface Beginning {
  fields: Partial<FaqForm>;
  /** The group of missed questions that it answers. */
  gap: string;
}

let beginning: Beginning | null = null;

export function beginWith(start: Beginning): void {
  beginning = start;
}

/** Gives it once: what is opened afterwards is empty. */
export function takeBeginning(): Beginning | null {
  const taken = beginning;
  beginning = null;
  return taken;
}
