/** What happens at the desk, in words. */
import type { AgentSeen, Alarm, DeskView, TicketSeen } from "../../api/types";
import { channelLabel } from "../../lib/labels";

type Agents = readonly AgentSeen[];

export function agentName(agents: Agents, id: number | undefined): string {
  return agents.find((agent) => agent.id === id)?.name ?? `坐席 ${id}`;
}

/** Where a ticket is; `me`: the agent who reads it. */
export function stageInWords(ticket: TicketSeen, agents: Agents, me: number | null = null, held = false): string {
  const { stage, agent } = ticket;
  const mine = agent !== undefined && agent === me;
  if (stage === "offered") return `已派给${mine ? "您" : ` ${agentName(agents, agent)}`}，等待接起`;
  if (stage === "taken") return `${mine ? "您" : `${agentName(agents, agent)} `}${held ? "保持中" : "接待中"}`;
  return "排队中";
}

export function alarmInWords(alarm: Alarm, agents: Agents): string {
  if (alarm.alarm === "long_queue") return `${alarm.group}组排队超过上限`;
  if (alarm.alarm === "long_wait") return `${alarm.group}组有人等得太久（${alarm.urgency}）`;
  if (alarm.alarm === "ticket_overdue") return `工单 ${alarm.ticket} 超时未结束`;
  const name = agents.find((agent) => agent.id === alarm.agent)?.name;
  const who = `坐席 ${alarm.agent}${name ? `（${name}）` : ""}`;
  return alarm.alarm === "silent_agent"
    ? `${who}接了工单 ${alarm.ticket} 却没有回应`
    : `${who}很久没有跟进工单 ${alarm.ticket}`;
}

/** What a ticket wants: its group, or what finds one. */
export function groupOf({ skill, tags }: TicketSeen): string {
  return skill ?? (tags.length > 0 ? tags.join("、") : "未指定技能");
}

/** What is needed to know a ticket by: tier, channel, group. */
export function aboutTicket(ticket: TicketSeen, passedTo?: string): string {
  const channel = ticket.channel && channelLabel(ticket.channel);
  return [ticket.tier, channel, passedTo ?? groupOf(ticket)].filter(Boolean).join(" · ");
}

/** Channels and languages that are known from names in use. */
export function inUse({ agents, tickets }: DeskView, what: "channel" | "language"): string[] {
  const of = (agent: AgentSeen): string[] => (what === "channel" ? agent.channels : agent.languages);
  const wanted = tickets.map((ticket) => ticket[what]).filter((name) => name !== null);
  return [...new Set([...agents.flatMap(of), ...wanted])];
}

/** Whether the customer is on hold: as the desk says, and where that is a service of before, as the journal did. */
export const isHeld = ({ id, line }: TicketSeen, held: ReadonlySet<number>): boolean =>
  line ? line === "held" : held.has(id);
