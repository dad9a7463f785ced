/** Durations: as the server writes them, and as people read them. */

const ISO = /^(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i;

/** Seconds of an ISO 8601 duration such as `PT1M30.5S`; nothing where it is none. */
export function durationSeconds(text: string): number | null {
  const found = ISO.exec(text);
  if (!found) return null;
  const [days, hours, minutes, seconds] = found.slice(2).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  const sum = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
  return found[1] ? -sum : sum;
}

const two = (n: number): string => String(n).padStart(2, "0");

/** A running clock: 03:07, or 1:03:07 from an hour on. Never negative, however clocks differ. */
export function formatRunning(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** A measured time in words: 4.2 秒, 3 分 07 秒, 1 小时 03 分. */
export function formatSpan(seconds: number): string {
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} 秒`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} 秒`;
  if (whole < 3600) return `${Math.floor(whole / 60)} 分 ${two(whole % 60)} 秒`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} 小时 ${two(minutes % 60)} 分`;
}
