/** Since when the one who has waited longest does. */
import type { DeskView } from "../../api/types";
import { durationSeconds } from "../../lib/duration";

/**
 * The server says how long, as it was at the last entry of its journal, which may be a while ago. That moment is the
 * arrival of the first who waits, and the longest of all waits.
 */
export function waitingSince({ groups, tickets }: DeskView): Map<string, number> {
  const longest = new Map<string, number>();
  for (const { group, longest: text } of groups) {
    const seconds = text === null ? null : durationSeconds(text);
    if (seconds !== null) longest.set(group, seconds * 1000);
  }
  const arrivals = tickets.filter((ticket) => ticket.stage === "waiting").map((ticket) => Date.parse(ticket.arrived));
  if (longest.size === 0 || arrivals.length === 0) return new Map();
  const then = Math.min(...arrivals) + Math.max(...longest.values());
  return new Map([...longest].map(([group, wait]) => [group, then - wait]));
}
