// What the desk of the mock measured: contacts that were made up for the last 40 days, the same on every run.

const DAY_MS = 86400e3;
const GROUPS = ["售前", "售后", "物流", "账户", "投诉"];
const AGENTS = [3, 7, 8, 12];
const CHANNELS = ["web", "app", "wechat", "phone"];
const CLASSES = ["short", "waiting", "waiting", "offered", "passed_on"];

function random(seed) {
  let x = seed;
  return () => {
    x = (x * 1664525 + 1013904223) % 4294967296;
    return x / 4294967296;
  };
}

/** As the service writes durations: PT1H2M3.5S. */
export function iso(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = Math.round((seconds - hours * 3600 - minutes * 60) * 1000) / 1000;
  const parts = [hours && `${hours}H`, minutes && `${minutes}M`, rest && `${rest}S`].filter(Boolean);
  return `PT${parts.join("") || "0S"}`;
}

/** One contact: who, where, how long; ended before now. */
function contacts() {
  const next = random(11);
  const pick = (list) => list[Math.floor(next() * list.length)];
  return Array.from({ length: 900 }, () => {
    const at = Date.now() - 60e3 - next() ** 1.5 * 40 * DAY_MS;
    const wait = next() ** 3 * 140;
    const abandoned = next() < 0.07;
    return {
      at,
      group: pick(GROUPS),
      channel: pick(CHANNELS),
      agent: abandoned ? null : pick(AGENTS),
      wait,
      kind: abandoned ? pick(CLASSES) : null,
      talk: 60 + next() * 500,
      hold: next() < 0.3 ? next() * 60 : 0,
      afterWork: next() * 60,
      passedOn: next() < 0.08,
      rating: next() < 0.4 ? Math.min(5, 2 + Math.floor(next() * 4.5)) : null,
    };
  });
}

export function figuresOf() {
  const all = contacts();
  return ({ since, until, group, channel, agent }) => {
    const fits = (c) =>
      c.at >= since &&
      c.at < until &&
      (!group || c.group === group) &&
      (!channel || c.channel === channel) &&
      (agent === null || c.agent === agent);
    const found = all.filter(fits);
    const taken = found.filter((c) => c.agent !== null);
    const handling = taken.reduce((sum, c) => sum + c.talk + c.afterWork, 0);
    const whole = !group && agent === null;
    return {
      period: { from: new Date(since).toISOString(), to: new Date(until).toISOString() },
      cut: { channel, skill: group, agent },
      waits: {
        accepted: taken.map((c) => iso(c.wait)),
        abandoned: found.filter((c) => c.agent === null).map((c) => ({ wait: iso(c.wait), class: c.kind })),
      },
      work: {
        contacts: taken.map((c) => ({
          talk: iso(c.talk),
          hold: iso(c.hold),
          after_work: iso(c.afterWork),
          passed_on: c.passedOn ? "yes" : "no",
        })),
        handling: iso(handling),
        staffed: iso(handling * 1.35),
      },
      service: {
        first_response: taken.map((c) => iso(c.wait + 6)),
        resolution: taken.filter((c) => !c.passedOn).map((c) => iso(c.wait + c.talk)),
        ratings: found.map((c) => c.rating).filter((rating) => rating !== null),
        conversations: whole ? found.length * 4 : found.length,
        self_resolved: whole ? found.length * 3 : 0,
      },
      open: until > Date.now() - 60e3 ? 8 : 2,
    };
  };
}
