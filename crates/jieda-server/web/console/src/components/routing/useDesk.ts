/** The routing core as it is now, and as it goes on: one for all who look at it. */
import { effectScope, onScopeDispose, ref, shallowRef, type EffectScope, type Ref } from "vue";
import type { ApiError } from "../../api/http";
import { routing } from "../../api/routing";
import type { DeskEntry, DeskView } from "../../api/types";
import { asApiError, type Resource } from "../../lib/resource";
import { useFollower } from "./follow";
import { useNotes, type Notes } from "./notes";

const LEAST_MS = 1_000;

export interface Desk extends Resource<DeskView> {
  /** Whether changes are told as they happen. */
  live: Ref<boolean>;
  notes: Notes;
}

let shared: { desk: Desk; scope: EffectScope; users: number } | null = null;

/** It is there as long as somebody uses it: pages, and the count of offers in the menu. */
export function useDesk(): Desk {
  if (shared) void shared.desk.load();
  else {
    const scope = effectScope(true);
    shared = { desk: scope.run(openDesk)!, scope, users: 0 };
  }
  const mine = shared;
  mine.users += 1;
  onScopeDispose(() => {
    mine.users -= 1;
    if (mine.users > 0) return;
    mine.scope.stop();
    shared = null;
  });
  return mine.desk;
}

/** Loads at once and after every change, at most once a second. An error stays until something is loaded. */
function openDesk(): Desk {
  const data = shallowRef<DeskView | null>(null);
  const error = shallowRef<ApiError | null>(null);
  const loading = ref(false);
  const { notes, note, after } = useNotes();
  const follower = useFollower(() => routing.eventsUrl(after(data.value)), "entry", changed);
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

  function changed(entry?: string): void {
    if (entry !== undefined) {
      const told = JSON.parse(entry) as DeskEntry;
      note(told);
      // What happened before the view was read, is in it.
      if (told.number <= (data.value?.last ?? 0)) return;
    }
    soon();
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
  return { data, error, loading, load, live: follower.live, notes };
}
