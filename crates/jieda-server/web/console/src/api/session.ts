/** Who works here, and what he may do. */
import { computed, reactive } from "vue";
import { ApiError, call, setCsrf, whenUnauthorized } from "./http";
import type { Session } from "./types";

type Phase =
  | { name: "loading" }
  | { name: "signed_out" }
  | {
      name: "signed_in";
      session: Session;
      /** It has ended meanwhile; the page stays, so that no work is lost. */ expired: boolean;
    }
  | { name: "failed"; error: ApiError };

const store = reactive<{ phase: Phase }>({ phase: { name: "loading" } });

function enter(session: Session): void {
  setCsrf(session.csrf);
  store.phase = { name: "signed_in", session, expired: false };
}

whenUnauthorized(() => {
  if (store.phase.name === "signed_in") store.phase.expired = true;
});

async function load(): Promise<void> {
  store.phase = { name: "loading" };
  try {
    enter(await call<Session>("/v1/session"));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) store.phase = { name: "signed_out" };
    else if (error instanceof ApiError) store.phase = { name: "failed", error };
    else throw error;
  }
}

async function signIn(name: string, password: string): Promise<void> {
  enter(await call<Session>("/v1/session", { method: "POST", json: { name, password } }));
}

async function signOut(): Promise<void> {
  await call<void>("/v1/session", { method: "DELETE" });
  setCsrf("");
  store.phase = { name: "signed_out" };
}

const current = computed(() => (store.phase.name === "signed_in" ? store.phase.session : null));
const role = computed(() => current.value?.user.role ?? "viewer");

export const session = {
  phase: computed(() => store.phase),
  current,
  /** May change the draft. */
  canEdit: computed(() => role.value !== "viewer"),
  /** May speak and act as a human agent: editors and publishers have the scope `agent`. */
  canServe: computed(() => role.value !== "viewer"),
  /** May score conversations: editors and publishers have the scope `review`. */
  canReview: computed(() => role.value !== "viewer"),
  /** May make the draft what customers get. */
  canPublish: computed(() => role.value === "publisher"),
  load,
  signIn,
  signOut,
};
