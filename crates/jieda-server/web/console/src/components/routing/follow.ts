/** Hears that something changed: from a stream of events, or, while there is none, every few seconds. */
import { onScopeDispose, ref, type Ref } from "vue";

const POLL_MS = 5_000;
/** A stream that the server refused is asked for again after this; one that broke, the browser takes up itself. */
const AGAIN_MS = 15_000;

export interface Follower {
  /** Whether the stream is there. */
  live: Ref<boolean>;
  start: () => void;
  stop: () => void;
}

export function useFollower(url: string, event: string, changed: () => void): Follower {
  const live = ref(false);
  let stream: EventSource | null = null;
  let poll: ReturnType<typeof setInterval> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;

  function connect(): void {
    const mine = new EventSource(url);
    stream = mine;
    mine.addEventListener(event, changed);
    mine.addEventListener("open", () => {
      live.value = true;
      clearInterval(poll);
      poll = undefined;
      // What happened before it was there.
      changed();
    });
    mine.addEventListener("error", () => {
      live.value = false;
      poll ??= setInterval(changed, POLL_MS);
      if (mine.readyState === EventSource.CLOSED && stream === mine) again = setTimeout(connect, AGAIN_MS);
    });
  }

  function start(): void {
    if (stream) return;
    poll = setInterval(changed, POLL_MS);
    connect();
  }

  function stop(): void {
    stream?.close();
    stream = null;
    clearInterval(poll);
    poll = undefined;
    clearTimeout(again);
    live.value = false;
  }

  onScopeDispose(stop);
  return { live, start, stop };
}
