/** An agent as he is edited, and what is wrong with him. */
import type { ApiError } from "../../api/http";
import type { AgentSeen, Registration, Shift } from "../../api/types";
import { shiftFault, tidyShift } from "../../components/routing/shifts";

/** Levels by what they mean; 0: he does not have the skill. */
export const LEVELS = [
  { value: 0, label: "不会" },
  { value: 1, label: "1 · 学习中" },
  { value: 2, label: "2 · 能独立处理" },
  { value: 3, label: "3 · 熟练" },
  { value: 4, label: "4 · 资深" },
  { value: 5, label: "5 · 能带新人" },
];

export interface AgentForm {
  id: number | "";
  name: string;
  levels: Record<string, number>;
  capacity: number | "";
  channels: string[];
  languages: string[];
  shifts: Shift[];
}

/** Of somebody who is there, or of somebody new; with a level for every group and every skill that he has. */
export function formOf(agent: AgentSeen | null, groups: string[], nextId: number): AgentForm {
  const skills = agent?.skills ?? {};
  const names = [...new Set([...groups, ...Object.keys(skills)])];
  return {
    id: agent?.id ?? nextId,
    name: agent?.name ?? "",
    levels: Object.fromEntries(names.map((name) => [name, skills[name] ?? 0])),
    capacity: agent?.capacity ?? 3,
    channels: [...(agent?.channels ?? [])],
    languages: [...(agent?.languages ?? [])],
    shifts: (agent?.shifts ?? []).map((shift) => ({ ...shift })),
  };
}

export function registrationOf(form: AgentForm): Registration {
  return {
    name: form.name.trim(),
    skills: Object.fromEntries(Object.entries(form.levels).filter(([, level]) => level > 0)),
    capacity: Number(form.capacity),
    channels: form.channels,
    languages: form.languages,
    shifts: form.shifts.map(tidyShift),
  };
}

const FIELDS = ["id", "name", "skills", "capacity", "channels", "languages", "shifts"] as const;
/** By field; those of one shift by its place, such as `shifts/0`. */
export type Faults = Partial<Record<(typeof FIELDS)[number] | `shifts/${number}`, string>>;

/** What can be told without the server. */
export function faultsOf(form: AgentForm, taken: number[]): Faults {
  const faults: Faults = {};
  const whole = (n: number | "", least: number, most: number): boolean =>
    Number.isInteger(n) && Number(n) >= least && Number(n) <= most;
  if (!whole(form.id, 0, 4_294_967_295)) faults.id = "请填写一个整数";
  else if (taken.includes(Number(form.id))) faults.id = "这个编号已经有坐席了";
  if (form.name.trim() === "") faults.name = "请填写姓名";
  if (!whole(form.capacity, 0, 1000)) faults.capacity = "请填写 0 到 1000 的整数";
  form.shifts.forEach((shift, index) => {
    const fault = shiftFault(shift);
    if (fault !== null) faults[`shifts/${index}`] = fault;
  });
  return faults;
}

/** What the server says of fields, beside them; the rest is told apart. */
export function serverFaults(error: ApiError | null): { faults: Faults; rest: boolean } {
  const faults: Faults = {};
  let rest = error !== null && error.errors.length === 0;
  for (const { pointer, detail } of error?.errors ?? []) {
    const [, first, ...more] = pointer.split("/");
    const field = FIELDS.find((name) => name === first);
    if (field === "shifts" && more.length > 0) {
      faults[`shifts/${Number(more[0])}`] = detail;
      continue;
    }
    const text = more.length > 0 ? `${more.join("/")}：${detail}` : detail;
    if (field) faults[field] = [faults[field], text].filter(Boolean).join("；");
    else rest = true;
  }
  return { faults, rest };
}
