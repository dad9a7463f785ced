/** The time of day, for what ticks. */
import { onScopeDispose, ref, type Ref } from "vue";

/** Milliseconds since 1970, renewed each second. */
export function useNow(): Readonly<Ref<number>> {
  const now = ref(Date.now());
  const timer = setInterval(() => (now.value = Date.now()), 1000);
  onScopeDispose(() => clearInterval(timer));
  return now;
}
