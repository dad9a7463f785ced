/** The routing core as it is now, and as it goes on. */
import { onScopeDispose, ref, shallowRef, type Ref } from "vue";
import type { ApiError } from "../../api/http";
import { routing } from "../../api/routing";
import type { DeskView } from "../../api/types";
import { asApiError, type Resource } from "../../lib/resource";
import { useFollower } from "./follow";

const LEAST_MS = 1_000;

export interface Desk extends Resource<DeskView> {
  /** Whether changes are told as they happen. */
  live: Ref<boolean>;
}

/** Loads at once and after every change, at most once a second. An error stays until something is loaded. */
export function useDesk(): Desk {
  const data = shallowRef<DeskView | null>(null);
  const error = shallowRef<ApiError | null>(null);
  const loading = ref(false);
  const follower = useFollower(routing.eventsUrl, "entry", soon);
  let over = false;
  let running: AbortController | null = null;
  let missed = false;
  let begun = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function load(): Promise<void> {
    if (running) {
      // What is under way may have been read before the change.
      missed = true;
      return;
    }
    clearTimeout(timer);
    timer = undefined;
    begun = Date.now();
    running = new AbortController();
    loading.value = data.value === null;
    try {
      data.value = await routing.view(running.signal);
      error.value = null;
      if (!over) follower.start();
    } catch (caught) {
      if (!over) error.value = asApiError(caught);
      // Neither a core that is off nor a role changes by asking again.
      if (error.value?.status === 409 || error.value?.status === 403) follower.stop();
      else if (!over) follower.start();
    } finally {
      running = null;
      loading.value = false;
      if (missed) {
        missed = false;
        soon();
      }
    }
  }

  function soon(): void {
    if (over) return;
    timer ??= setTimeout(load, Math.max(0, begun + LEAST_MS - Date.now()));
  }

  onScopeDispose(() => {
    over = true;
    clearTimeout(timer);
    running?.abort();
  });
  void load();
  return { data, error, loading, load, live: follower.live };
}
