/** Groups of missed questions that were dealt with in this session of the browser. */
import { reactive } from "vue";

const KEY = "jieda.gaps.done";

function stored(): string[] {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as string[];
  } catch {
    return [];
  }
}

const done = reactive(new Set<string>(stored()));

export const isGapDone = (id: string): boolean => done.has(id);

export function markGapDone(id: string): void {
  done.add(id);
  sessionStorage.setItem(KEY, JSON.stringify([...done]));
}

export function reopenGap(id: string): void {
  done.delete(id);
  sessionStorage.setItem(KEY, JSON.stringify([...done]));
}
