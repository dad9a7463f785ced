/** Numbers, shares and times as people read them. */

const dateTime = new Intl.DateTimeFormat("zh-CN", {
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
});
const fullDateTime = new Intl.DateTimeFormat("zh-CN", {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false,
});
const clock = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
const whole = new Intl.NumberFormat("zh-CN");

export const formatCount = (n: number): string => whole.format(n);

/** A share as a percentage with one digit: 0.934 → 93.4%. */
export function formatShare(share: number | null | undefined, digits = 1): string {
  return share === null || share === undefined || Number.isNaN(share) ? "–" : `${(share * 100).toFixed(digits)}%`;
}

/** A probability. Near certainty is never shown as certainty. */
export function formatConfidence(value: number): string {
  if (value > 0.99 && value < 1) return ">99%";
  if (value > 0 && value < 0.01) return "<1%";
  return `${Math.round(value * 100)}%`;
}

export function formatMs(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "–";
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} 秒`;
  return ms >= 100 ? `${Math.round(ms)} 毫秒` : `${ms.toFixed(1)} 毫秒`;
}

export const formatTime = (iso: string | null | undefined): string => (iso ? dateTime.format(new Date(iso)) : "–");
export const formatFullTime = (iso: string | null | undefined): string =>
  iso ? fullDateTime.format(new Date(iso)) : "–";
export const formatClock = (iso: string): string => clock.format(new Date(iso));

/** Release ids are long; the first characters tell them apart. */
export const shortId = (id: string | null | undefined): string =>
  id ? (id.length > 14 ? id.slice(0, 12) + "…" : id) : "–";

/** The start of the day that lies so many days before today (0: today), in local time, as RFC 3339 UTC. */
export function daysAgo(days: number): string {
  const date = new Date();
  date.setHours(0, 0, 0, 0);
  date.setDate(date.getDate() - days);
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}

export const nowUtc = (): string => new Date().toISOString().replace(/\.\d+Z$/, "Z");
