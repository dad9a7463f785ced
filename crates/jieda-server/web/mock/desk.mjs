// The routing core of the mock: who waits, who serves, what must be known. Simple rules, the same contract.
import { makeActs, Refused } from "./desk-acts.mjs";
import { iso } from "./desk-figures.mjs";
import { makeJournal } from "./journal.mjs";

const GROUPS = ["综合", "售前", "售后", "物流", "账户", "投诉", "风控", "应急"];
const AWAY = new Set(["offline", "break"]);
const LONG_WAIT_MS = { 普通: 900e3, 紧急: 300e3, 特急: 120e3 };
const RANK = { 普通: 0, 紧急: 1, 特急: 2 };
const MOST_WAITING = 4;

const agentOf = (id, name, skills, more = {}) => ({
  id,
  name,
  skills,
  capacity: 3,
  languages: [],
  channels: [],
  shifts: [],
  ...more,
});

const AGENTS = [
  [agentOf(3, "小李", { 售前: 4, 综合: 3 }, { channels: ["app", "web"] }), "busy"],
  [agentOf(7, "小王", { 售后: 3, 物流: 2 }, { capacity: 2 }), "ready"],
  [agentOf(8, "陈晓敏", { 投诉: 5, 售后: 4, 应急: 3 }, { capacity: 2, languages: ["zh", "yue"] }), "ready"],
  [
    agentOf(
      12,
      "阿依古丽",
      { 账户: 3, 风控: 2 },
      { shifts: [{ days: ["周一", "周二", "周三"], from: "22:00", to: "06:00" }] },
    ),
    "break",
  ],
  [agentOf(21, "赵磊", { 综合: 1 }, { capacity: 1, languages: ["zh", "en"] }), "offline"],
];

/** Skill, urgency, tier, channel, minutes since it arrived, and who is asked or has taken it. */
const TICKETS = [
  ["投诉", "特急", "VIP", "phone", 11.2, "taken", 8],
  ["售后", "普通", null, "web", 9.5, "taken", 7],
  ["售前", "普通", null, "app", 8.1, "taken", 3],
  ["账户", "紧急", null, "wechat", 6.4, "waiting"],
  ["物流", "普通", "VIP", "app", 3.9, "waiting"],
  ["售后", "紧急", "钻石", "app", 0.4, "offered", 7],
  ["物流", "普通", null, "web", 2.2, "waiting"],
  [null, "普通", null, null, 0.9, "waiting"],
];

export function makeDesk(store) {
  const journal = makeJournal();
  const agents = new Map();
  const tickets = new Map();
  let mode = "normal";

  const happen = (event) => journal.write(event, offer);

  const groupOf = ({ group, skill }) => group ?? (GROUPS.includes(skill) ? skill : "综合");
  const load = (id) => [...tickets.values()].filter((ticket) => ticket.agent === id);
  const waiting = () => [...tickets.values()].filter((ticket) => ticket.stage === "waiting");

  function offer() {
    const order = (a, b) => RANK[b.urgency] - RANK[a.urgency] || a.id - b.id;
    for (const ticket of waiting().sort(order)) {
      const fits = ({ agent, state }) =>
        state === "ready" &&
        !ticket.paused?.includes(agent.id) &&
        groupOf(ticket) in agent.skills &&
        load(agent.id).length < agent.capacity &&
        (agent.channels.length === 0 || agent.channels.includes(ticket.channel));
      const found = [...agents.values()].filter(fits).sort((a, b) => load(a.agent.id).length - load(b.agent.id).length);
      if (found[0]) {
        Object.assign(ticket, { stage: "offered", agent: found[0].agent.id });
        journal.lead({ action: "offered", ticket: ticket.id, agent: ticket.agent, basis: "skill" });
      }
    }
  }

  function register(agent) {
    agents.set(agent.id, { state: "offline", ...agents.get(agent.id), agent });
    return happen({ kind: "agent_registered", agent });
  }

  function setState(id, state) {
    agents.get(id).state = state;
    if (AWAY.has(state))
      load(id)
        .filter((t) => t.stage === "offered")
        .forEach(release);
    return happen({ kind: "agent_state", agent: id, state });
  }

  function release(ticket) {
    journal.lead({ action: "queued", ticket: ticket.id, group: groupOf(ticket) });
    Object.assign(ticket, { stage: "waiting", agent: undefined });
  }

  function arrive(ticket) {
    const id = journal.last + 1;
    const full = { skill: null, tags: [], urgency: "普通", tier: null, channel: null, language: null, ...ticket, id };
    tickets.set(id, {
      last_contact: null,
      conversation: null,
      arrived: new Date().toISOString(),
      stage: "waiting",
      ...full,
    });
    return { ticket: id, ...happen({ kind: "ticket_arrived", ticket: full }) };
  }

  const act = makeActs({ agents, tickets, groups: GROUPS, release, happen });

  const ticketOf = (conversation) => [...tickets.values()].find((ticket) => ticket.conversation === conversation);

  /** An agent spoke in a conversation. Who has not taken its ticket is nobody to the desk. */
  function replied(conversation) {
    const ticket = ticketOf(conversation);
    if (ticket?.stage === "taken") act(ticket.id, { act: "reply" });
  }

  /** It was given back: its ticket is done, or needs nobody any more. */
  function handedBack(conversation) {
    const ticket = ticketOf(conversation);
    if (!ticket) return;
    const done = ticket.stage === "taken" ? { act: "end", outcome: "resolved" } : { act: "abandon" };
    act(ticket.id, done);
  }

  function setMode(now) {
    mode = now;
    return happen({ kind: "mode_changed", mode });
  }

  /** What of a ticket is told. */
  const seen = ({ spoken: _spoken, held: _held, paused: _paused, group: _group, ...ticket }) => ticket;
  const age = (ticket) => Date.now() - Date.parse(ticket.arrived);
  const waitingIn = (group) => waiting().filter((ticket) => groupOf(ticket) === group);

  function alarms() {
    const found = [];
    for (const group of GROUPS) {
      if (waitingIn(group).length > MOST_WAITING) found.push({ alarm: "long_queue", group });
      const late = waitingIn(group).filter((ticket) => age(ticket) > LONG_WAIT_MS[ticket.urgency]);
      for (const urgency of new Set(late.map((ticket) => ticket.urgency)))
        found.push({ alarm: "long_wait", group, urgency });
    }
    for (const ticket of tickets.values())
      if (ticket.stage === "taken" && ticket.spoken === false)
        found.push({ alarm: "silent_agent", agent: ticket.agent, ticket: ticket.id });
    return found;
  }

  function view() {
    const longest = (group) => iso(Math.max(...waitingIn(group).map(age)) / 1000);
    return {
      last: journal.last,
      at: new Date().toISOString(),
      groups: GROUPS.map((group) => ({
        group,
        waiting: waitingIn(group).length,
        longest: waitingIn(group).length > 0 ? longest(group) : null,
      })),
      agents: [...agents.values()]
        .sort((a, b) => a.agent.id - b.agent.id)
        .map(({ agent, state }) => ({
          ...agent,
          now: {
            state,
            on_shift: agent.shifts.length > 0 ? "no" : "yes",
            tickets: load(agent.id).map((ticket) => ticket.id),
            capacity: Math.min(agent.capacity, 8),
          },
        })),
      tickets: [...tickets.values()].map(seen),
      alarms: alarms(),
      mode,
    };
  }

  for (const [agent] of AGENTS) register(agent);
  const handed = store.newestFirst().filter((c) => c.handed_over);
  TICKETS.forEach(([skill, urgency, tier, channel, minutes, stage, agent], index) => {
    const { ticket } = arrive({ skill, urgency, tier, channel, conversation: handed[index]?.id ?? null });
    const arrived = new Date(Date.now() - minutes * 60e3).toISOString();
    Object.assign(tickets.get(ticket), { arrived, stage, agent, spoken: agent === 7 ? false : undefined });
    if (stage === "offered") journal.lead({ action: "offered", ticket, agent, basis: "skill" }, Date.now() - 12e3);
  });
  for (const [agent, state] of AGENTS) agents.get(agent.id).state = state;
  journal.write({ kind: "tick" });

  return {
    groups: GROUPS,
    agents,
    tickets,
    journal,
    Refused,
    release,
    replied,
    handedBack,
    register,
    setState,
    arrive,
    act,
    setMode,
    view,
  };
}
