/** What is done with tickets on a page: one at a time, and what went wrong stays there when its ticket has moved on. */
import {
  computed,
  inject,
  nextTick,
  provide,
  ref,
  shallowRef,
  type ComputedRef,
  type InjectionKey,
  type Ref,
} from "vue";
import type { ApiError } from "../../api/http";
import { routing } from "../../api/routing";
import type { AgentSeen, TicketAct, TicketSeen } from "../../api/types";
import { myAgent } from "../../lib/identity";
import { notify } from "../../lib/notice";
import { asApiError } from "../../lib/resource";
import type { Desk } from "./useDesk";
import { agentName } from "./words";

export type Dialog = "refuse" | "transfer" | "end";

export interface Acts {
  desk: Desk;
  /** The agent as whom one works here, where the desk knows him. */
  me: ComputedRef<AgentSeen | null>;
  /** Whether something is being done with a ticket. */
  busy: Ref<boolean>;
  failed: Ref<{ ticket: number; error: ApiError } | null>;
  /** The dialog that is open. */
  dialog: Ref<{ kind: Dialog; ticket: TicketSeen } | null>;
  /** Resolves to whether it happened, and then says so. */
  run: (ticket: TicketSeen, act: TicketAct, said: string) => Promise<boolean>;
  /** The agent of a ticket, where that is somebody else. */
  other: (ticket: TicketSeen) => string | null;
  /** How what is done for somebody else begins, such as 替小王. */
  forWhom: (ticket: TicketSeen) => string;
}

const KEY: InjectionKey<Acts> = Symbol("acts");

/** For a page, and all that is in it. */
export function provideActs(desk: Desk): Acts {
  const agents = computed(() => desk.data.value?.agents ?? []);
  const me = computed(() => agents.value.find((agent) => agent.id === myAgent.value) ?? null);
  const busy = ref(false);
  const failed: Acts["failed"] = shallowRef(null);
  const dialog: Acts["dialog"] = shallowRef(null);

  async function run({ id }: TicketSeen, act: TicketAct, said: string): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    failed.value = null;
    try {
      await routing.act(id, act);
      notify(said);
      return true;
    } catch (caught) {
      const error = asApiError(caught);
      failed.value = { ticket: id, error };
      noteHold(id, act, error);
      return false;
    } finally {
      await desk.load();
      busy.value = false;
      void keepFocus();
    }
  }

  /** The journal is read back a while only: who is refused a hold, is on hold already. */
  function noteHold(id: number, { act }: TicketAct, { status }: ApiError): void {
    if (status !== 409) return;
    if (act === "hold") desk.notes.held.add(id);
    if (act === "resume") desk.notes.held.delete(id);
  }

  /** The button may be gone with what it was for. */
  async function keepFocus(): Promise<void> {
    await nextTick();
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (lost) document.getElementById("main")?.focus({ preventScroll: true });
  }

  const other = ({ agent }: TicketSeen): string | null =>
    agent === undefined || agent === myAgent.value ? null : agentName(agents.value, agent);

  const forWhom = (ticket: TicketSeen): string => {
    const name = other(ticket);
    return name === null ? "" : `替${name}`;
  };

  const acts: Acts = { desk, me, busy, failed, dialog, run, other, forWhom };
  provide(KEY, acts);
  return acts;
}

export function useActs(): Acts {
  const acts = inject(KEY);
  if (!acts) throw new Error("no acts were provided");
  return acts;
}
