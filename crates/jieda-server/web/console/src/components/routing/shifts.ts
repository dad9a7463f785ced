/** Shifts: their days and times, and how they are told. */
import type { Shift } from "../../api/types";

export const DAYS = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];

/** A time of day as the server writes it, `09:00` up to `24:00`; nothing where it is none. */
export function clockTime(text: string): string | null {
  const [, hours, minutes] = /^(\d{1,2})[:：](\d{1,2})$/.exec(text.trim()) ?? [];
  if (hours === undefined || minutes === undefined || Number(minutes) > 59) return null;
  if (Number(hours) * 60 + Number(minutes) > 24 * 60) return null;
  return `${hours.padStart(2, "0")}:${minutes.padStart(2, "0")}`;
}

/** Whether it ends on the day after it began. */
export const pastMidnight = ({ from, to }: Shift): boolean => to <= from;

export function shiftInWords(shift: Shift): string {
  const { days, from, to } = shift;
  return `${days.join("、")} ${from}–${pastMidnight(shift) ? "次日 " : ""}${to}`;
}

/** As it is sent: the days of a week in their order, times with two digits. */
export function tidyShift({ days, from, to }: Shift): Shift {
  return { days: DAYS.filter((day) => days.includes(day)), from: clockTime(from) ?? from, to: clockTime(to) ?? to };
}

/** What is wrong with one, as far as it can be told without the server. */
export function shiftFault({ days, from, to }: Shift): string | null {
  if (days.length === 0) return "请至少选一天";
  return clockTime(from) && clockTime(to) ? null : "时刻请写成 09:00，最晚 24:00";
}
