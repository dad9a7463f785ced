/** Hears that something changed: from a stream of events, or, while there is none, every few seconds. */
import { base } from "../../api/base";
import { onScopeDispose, ref, type Ref } from "vue";

const POLL_MS = 5_000;
/** A stream that broke is taken up again after the first, one that the server refused after the second. */
const SOON_MS = 2_000;
const AGAIN_MS = 15_000;

export interface Follower {
  /** Whether the stream is there. */
  live: Ref<boolean>;
  start: () => void;
  stop: () => void;
}

/** The address is asked for at each connection: it says from where on the stream is taken up. */
export function useFollower(url: () => string, event: string, changed: (data?: string) => void): Follower {
  const live = ref(false);
  let stream: EventSource | null = null;
  let poll: ReturnType<typeof setInterval> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;

  function connect(): void {
    const mine = new EventSource(base + url());
    stream = mine;
    mine.addEventListener(event, (message) => changed(String(message.data)));
    mine.addEventListener("open", () => {
      live.value = true;
      clearInterval(poll);
      poll = undefined;
      // What happened before it was there.
      changed();
    });
    mine.addEventListener("error", () => {
      if (stream !== mine) return;
      live.value = false;
      poll ??= setInterval(changed, POLL_MS);
      const refused = mine.readyState === EventSource.CLOSED;
      // The browser would take up an address of before, and all that came since would come once more.
      mine.close();
      again = setTimeout(connect, refused ? AGAIN_MS : SOON_MS);
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
