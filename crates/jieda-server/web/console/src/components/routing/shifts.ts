/** Shifts in words. */
import type { Shift } from "../../api/types";

export function shiftInWords({ days, from, to }: Shift): string {
  const night = to <= from ? "次日 " : "";
  return `${days.join("、")} ${from}–${night}${to}`;
}
