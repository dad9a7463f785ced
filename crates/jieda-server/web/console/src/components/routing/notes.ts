/** What the view of the desk of an older service does not say of tickets, read off the journal: since when they are
 *  offered, where they were passed on to, whether they are on hold. */
import { shallowReactive } from "vue";
import type { DeskAction, DeskEntry, DeskView } from "../../api/types";

/** So far back the journal is read at most: one page of the server's. */
const MOST_BACK = 1_000;

export interface Notes {
  /** Since when a ticket is offered, in milliseconds. */
  offered: Map<number, number>;
  /** The group that a ticket was passed on to. */
  passedTo: Map<number, string>;
  held: Set<number>;
}

export function useNotes() {
  const notes: Notes = {
    offered: shallowReactive(new Map()),
    passedTo: shallowReactive(new Map()),
    held: shallowReactive(new Set()),
  };
  let last = 0;

  function forget(ticket: number): void {
    notes.offered.delete(ticket);
    notes.passedTo.delete(ticket);
    notes.held.delete(ticket);
  }

  function follow({ at, action, ticket }: DeskAction): void {
    if (ticket === undefined) return;
    if (action === "offered") notes.offered.set(ticket, Date.parse(at));
    if (action === "offer_withdrawn" || action === "queued") notes.offered.delete(ticket);
  }

  function take(kind: string, ticket: number, to?: string): void {
    if (kind === "hold_started") notes.held.add(ticket);
    if (kind === "hold_ended" || kind === "transfer_requested") notes.held.delete(ticket);
    if (kind === "offer_accepted" || kind === "offer_refused") notes.offered.delete(ticket);
    if (kind === "transfer_requested" && to !== undefined) notes.passedTo.set(ticket, to);
    if (kind === "contact_ended" || kind === "ticket_abandoned") forget(ticket);
  }

  function note(entry: DeskEntry): void {
    if (entry.number <= last) return;
    last = entry.number;
    if (entry.entry === "rules") {
      // Everything begins anew.
      for (const known of Object.values(notes)) known.clear();
      return;
    }
    const { event, applied } = entry;
    applied.due.forEach(follow);
    if ("Ok" in applied.verdict && typeof event.ticket === "number") take(event.kind, event.ticket, event.to);
    applied.led_to.forEach(follow);
  }

  /**
   * The entry after which the stream is taken up: the last one that is known, or that before the oldest ticket that an
   * agent has to do with came, whose number is that of its ticket.
   */
  function after(view: DeskView | null): number | null {
    if (last > 0) return last;
    if (view === null) return null;
    const ids = view.tickets.filter((ticket) => ticket.stage !== "waiting").map((ticket) => ticket.id);
    return Math.max(0, view.last - MOST_BACK, Math.min(view.last, ...ids.map((id) => id - 1)));
  }

  return { notes, note, after };
}
