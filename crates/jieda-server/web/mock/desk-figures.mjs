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

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
/** Nothing of nothing, never 0. */
const over = (part, whole) => (whole > 0 ? part / whole : null);
const mean = (numbers) => over(sum(numbers), numbers.length);

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
    const gone = found.filter((c) => c.agent === null);
    const handling = sum(taken.map((c) => c.talk + c.afterWork));
    const whole = !group && agent === null;
    const level = (percent, within) => ({
      percent,
      within_s: within,
      share: over(taken.filter((c) => c.wait <= within).length, found.length),
    });
    const gaveUp = (kind) => over(gone.filter((c) => !kind || c.kind === kind).length, found.length);
    const solved = taken.filter((c) => !c.passedOn);
    const ratings = found.map((c) => c.rating).filter((rating) => rating !== null);
    const conversations = whole ? found.length * 4 : found.length;
    return {
      period: { from: new Date(since).toISOString(), to: new Date(until).toISOString() },
      cut: { channel, skill: group, agent },
      contacts: found.length,
      accepted: taken.length,
      abandoned: agent === null ? gone.length : null,
      open: until > Date.now() - 60e3 ? 8 : 2,
      asa_s: over(sum(found.map((c) => c.wait)), taken.length),
      awt_s: mean(taken.map((c) => c.wait)),
      ata_s: mean(gone.map((c) => c.wait)),
      service_levels: [level(80, 20), level(90, 20), level(70, 40), level(60, 60)],
      abandonment:
        agent === null
          ? {
              all: gaveUp(),
              short: gaveUp("short"),
              passed_on: gaveUp("passed_on"),
              offered: gaveUp("offered"),
              waiting: gaveUp("waiting"),
            }
          : null,
      ended: taken.length,
      talk_s: mean(taken.map((c) => c.talk)),
      hold_s: mean(taken.map((c) => c.hold)),
      acw_s: mean(taken.map((c) => c.afterWork)),
      handling_s: mean(taken.map((c) => c.talk + c.afterWork)),
      transfer_rate: over(taken.filter((c) => c.passedOn).length, taken.length),
      occupancy: over(handling, handling * 1.35),
      responses: taken.length,
      frt_s: mean(taken.map((c) => c.wait + 6)),
      resolved: solved.length,
      art_s: mean(solved.map((c) => c.wait + c.talk)),
      conversations,
      automatic_resolution: over(whole ? found.length * 3 : 0, conversations),
      ratings: ratings.length,
      csat: mean(ratings),
      satisfied: over(ratings.filter((rating) => rating >= 4).length, ratings.length),
    };
  };
}
