/** Something that a button does: busy while it runs, and its error where it was asked for. */
import { ref, shallowRef, type Ref, type ShallowRef } from "vue";
import type { ApiError } from "../api/http";
import { asApiError } from "./resource";

export interface Action<A extends unknown[], R> {
  busy: Ref<boolean>;
  error: ShallowRef<ApiError | null>;
  /** Resolves to nothing when it failed, or when it was still running. */
  run: (...args: A) => Promise<R | undefined>;
}

export function useAction<A extends unknown[], R>(work: (...args: A) => Promise<R>): Action<A, R> {
  const busy = ref(false);
  const error = shallowRef<ApiError | null>(null);

  async function run(...args: A): Promise<R | undefined> {
    if (busy.value) return undefined;
    busy.value = true;
    error.value = null;
    try {
      return await work(...args);
    } catch (caught) {
      error.value = asApiError(caught);
      return undefined;
    } finally {
      busy.value = false;
    }
  }
  return { busy, error, run };
}
