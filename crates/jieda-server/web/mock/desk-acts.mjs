// What can happen to a ticket of the mock's desk, and what is refused in which words.

/** Why something does not fit what is the case. */
export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

const KINDS = {
  accept: "offer_accepted",
  refuse: "offer_refused",
  reply: "agent_replied",
  hold: "hold_started",
  resume: "hold_ended",
  transfer: "transfer_requested",
  end: "contact_ended",
  abandon: "ticket_abandoned",
  rate: "rated",
};

export const isAct = (name) => Object.hasOwn(KINDS, name);

export function makeActs({ agents, tickets, groups, release, happen }) {
  const conflict = (detail) => new Refused(409, detail);

  function offered(ticket, agent) {
    if (!agents.has(agent)) throw new Refused(404, "没有这个坐席");
    if (ticket.stage !== "offered" || ticket.agent !== agent) throw conflict("工单没有派给这个坐席，或已收回");
  }

  function taken(ticket) {
    if (ticket.stage !== "taken") throw conflict("还没有坐席接下这个工单");
  }

  function hold(ticket, held) {
    taken(ticket);
    if ((ticket.held ?? false) === held) throw conflict("已经在保持中，或不在保持中");
    ticket.held = held;
  }

  /** Not again to the same agent. */
  function passOn(ticket) {
    ticket.paused = [...(ticket.paused ?? []), ticket.agent];
    release(ticket);
  }

  const take = {
    accept(ticket, { agent }) {
      offered(ticket, agent);
      Object.assign(ticket, { stage: "taken", spoken: false });
    },
    refuse(ticket, { agent }) {
      offered(ticket, agent);
      passOn(ticket);
    },
    reply(ticket) {
      taken(ticket);
      ticket.spoken = true;
    },
    hold: (ticket) => hold(ticket, true),
    resume: (ticket) => hold(ticket, false),
    transfer(ticket, { to }) {
      taken(ticket);
      if (!groups.includes(to)) throw new Refused(404, "没有这个技能组");
      // What it wanted when it came, stays as it was.
      Object.assign(ticket, { group: to, held: false });
      passOn(ticket);
    },
    end(ticket) {
      taken(ticket);
      tickets.delete(ticket.id);
    },
    abandon(ticket) {
      if (ticket.stage === "taken") throw conflict("已有坐席接下这个工单");
      tickets.delete(ticket.id);
    },
    rate: () => undefined,
  };

  return function act(id, { act: name, ...more }) {
    const ticket = tickets.get(id);
    if (!ticket) throw new Refused(404, "没有这个工单，或已经结束");
    take[name](ticket, more);
    return happen({ kind: KINDS[name], ticket: id, ...more });
  };
}
