// The journal of the mock's desk: what happened, and what it led to, as the service tells it.
import { EventEmitter } from "node:events";

export function makeJournal() {
  const told = new EventEmitter().setMaxListeners(0);
  const entries = [];
  let actions = [];

  const stamped = (action, at = Date.now()) => ({ at: new Date(at).toISOString(), ...action });

  return {
    told,
    get last() {
      return entries.length;
    },
    after: (number) => entries.slice(number),

    /** Something that the next entry leads to. */
    lead(action, at) {
      actions.push(stamped(action, at));
    },

    /** Writes an entry, with all that it led to. */
    write(event, follow = () => undefined) {
      // Its number is given before anything follows: a ticket that arrives has it.
      const number = entries.length + 1;
      follow();
      const led_to = actions;
      actions = [];
      const applied = { due: [], led_to, verdict: { Ok: null } };
      const entry = { number, entry: "event", event: stamped(event), applied };
      entries.push(entry);
      told.emit("entry", entry);
      return { number, actions: led_to };
    },
  };
}
