/** Data that a page loads: one of loading, failed, there. A newer load ends the one before. */
import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from "vue";
import { ApiError } from "../api/http";

export interface Resource<T> {
  data: ShallowRef<T | null>;
  error: ShallowRef<ApiError | null>;
  loading: Ref<boolean>;
  load: () => Promise<void>;
}

/** Loads at once, and again with `load()`. What was there stays visible while it does. */
export function useResource<T>(fetcher: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const data = shallowRef<T | null>(null);
  const error = shallowRef<ApiError | null>(null);
  const loading = ref(false);
  let running: AbortController | null = null;

  async function load(): Promise<void> {
    running?.abort();
    const controller = new AbortController();
    running = controller;
    loading.value = true;
    error.value = null;
    try {
      const loaded = await fetcher(controller.signal);
      if (running === controller) data.value = loaded;
    } catch (caught) {
      if (running === controller) error.value = asApiError(caught);
    } finally {
      if (running === controller) loading.value = false;
    }
  }

  onScopeDispose(() => {
    running?.abort();
    running = null;
  });
  void load();
  return { data, error, loading, load };
}

/** What went wrong, in the one form that is shown. */
export function asApiError(caught: unknown): ApiError {
  if (caught instanceof ApiError) return caught;
  return new ApiError({ title: "控制台内部错误", detail: caught instanceof Error ? caught.message : String(caught) });
}
