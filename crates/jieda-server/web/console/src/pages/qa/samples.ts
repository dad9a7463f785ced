/** Samples: what is still to be done with them, and in which order. */
import type { QualitySetup, Sample, SamplingPlan } from "../../api/types";
import { formatShare } from "../../lib/format";
import type { Tone } from "../../lib/labels";

export type SampleState = "open" | "again" | "done";

/** Nobody scored it; another one is to; or there is nothing left to do for who looks. */
export function stateOf({ reviews, wanted, mine }: Sample): SampleState {
  if (reviews === 0) return "open";
  return reviews < wanted && !mine ? "again" : "done";
}

export const STATES: { value: SampleState | "all"; label: string }[] = [
  { value: "open", label: "未检" },
  { value: "again", label: "需复检" },
  { value: "done", label: "已检" },
  { value: "all", label: "全部" },
];

export const stateLabel = (state: SampleState): string => STATES.find(({ value }) => value === state)?.label ?? state;
export const stateTone = (state: SampleState): Tone =>
  state === "done" ? "good" : state === "again" ? "warn" : "calm";

/** The next that who looks has to score, after a given one; from the start again where there is none behind it. */
export function nextAfter(samples: Sample[], id: string): Sample | null {
  const place = samples.findIndex((sample) => sample.conversation_id === id);
  const inOrder = [...samples.slice(place + 1), ...samples.slice(0, Math.max(0, place))];
  return inOrder.find((sample) => sample.conversation_id !== id && stateOf(sample) !== "done") ?? null;
}

const bound = ({ draw, at_most }: SamplingPlan): string => {
  if (at_most === null) return "";
  return draw === "low_rating" ? `不高于 ${at_most} 分` : `不高于 ${Math.round(at_most * 100)}%`;
};

const whole = (share: number): string => formatShare(share, Number.isInteger(Math.round(share * 1e6) / 1e4) ? 0 : 1);

/** A plan in words, without its name. */
export function planInWords(plan: SamplingPlan): string {
  const from = {
    random: "所有会话",
    low_confidence: `最低置信度${bound(plan) || "偏低"}的会话`,
    low_rating: `评分${bound(plan) || "偏低"}的会话`,
    handover: "转人工的会话",
  }[plan.draw];
  const drawn = plan.share >= 1 ? "都抽" : `抽 ${whole(plan.share)}`;
  return `${from}${drawn}，每天最多 ${plan.most} 个`;
}

export const doubleInWords = ({ double }: QualitySetup): string =>
  double > 0 ? `抽到的会话里有 ${whole(double)} 由两个人分别打分，用来看口径是否一致。` : "";
