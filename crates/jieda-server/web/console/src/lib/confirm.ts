/** Asks before something that can't be undone, or loses work. */
import { shallowRef } from "vue";

export interface Question {
  title: string;
  detail: string;
  /** What the button says that does it. */
  confirm: string;
  danger?: boolean;
}

export const openQuestion = shallowRef<(Question & { settle: (yes: boolean) => void }) | null>(null);

/** Resolves to whether it is wanted. */
export function ask(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    openQuestion.value = {
      ...question,
      settle: (yes) => {
        openQuestion.value = null;
        resolve(yes);
      },
    };
  });
}
