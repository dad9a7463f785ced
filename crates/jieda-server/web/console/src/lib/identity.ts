/** As which agent somebody works here. The server knows users and agents, and not who is who: this browser keeps it. */
import { computed, readonly, ref, watch } from "vue";
import { base } from "../api/base";
import { session } from "../api/session";

const chosen = ref<number | null>(null);
const offers = ref(0);
const key = computed(() => `jieda.agent${base}:${session.current.value?.user.name ?? ""}`);

function read(): void {
  const text = kept();
  chosen.value = text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

function kept(): string | null {
  try {
    return localStorage.getItem(key.value);
  } catch {
    // A browser that keeps nothing: then it holds until the page is left.
    return null;
  }
}

watch(key, read, { immediate: true, flush: "sync" });
// Another window of the same browser.
window.addEventListener("storage", (event) => event.key === key.value && read());

/** The number of the agent; nothing where none was chosen, or where the role does not let one serve. */
export const myAgent = computed(() => (session.canServe.value ? chosen.value : null));

export function chooseAgent(id: number | null): void {
  chosen.value = id;
  try {
    if (id === null) localStorage.removeItem(key.value);
    else localStorage.setItem(key.value, String(id));
  } catch {
    // As above.
  }
}

/** How many tickets wait for him to take them; told by who watches the desk. */
export const offersToMe = readonly(offers);

export function tellOffers(count: number): void {
  offers.value = count;
}
