/** Periods that are asked for, on the clock of who asks. */
import { daysAgo } from "./format";

export const PERIODS = [
  { value: "today", label: "今天" },
  { value: "yesterday", label: "昨天" },
  { value: "week", label: "近 7 天" },
  { value: "month", label: "本月" },
  { value: "own", label: "自选" },
] as const;
export type PeriodName = (typeof PERIODS)[number]["value"];

/** The start of a day that is written `2026-11-30`, or of a day after it. */
function startOf(date: string, daysLater: number): string {
  const day = new Date(`${date}T00:00:00`);
  day.setDate(day.getDate() + daysLater);
  return day.toISOString();
}

/** A half-open period, up to now where it has no end; nothing while own dates are not whole. */
export function periodOf(name: PeriodName, from: string, to: string): { since: string; until?: string } | null {
  if (name === "today") return { since: daysAgo(0) };
  if (name === "yesterday") return { since: daysAgo(1), until: daysAgo(0) };
  if (name === "week") return { since: daysAgo(6) };
  if (name === "month") return { since: daysAgo(new Date().getDate() - 1) };
  return from && to && from <= to ? { since: startOf(from, 0), until: startOf(to, 1) } : null;
}
