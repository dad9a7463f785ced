/** The figures by their formulas, as `jieda_routing::figures` has them. Nothing of nothing, never 0. */
import type { AbandonClass, Figures } from "../../api/types";
import { durationSeconds } from "../../lib/duration";

const seconds = (text: string): number => durationSeconds(text) ?? 0;
const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);
const over = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null);
const mean = (numbers: number[]): number | null => over(sum(numbers), numbers.length);

export function kpisOf({ cut, waits, work, service, open }: Figures) {
  const accepted = waits.accepted.map(seconds);
  const abandoned = waits.abandoned.map((a) => seconds(a.wait));
  const contacts = accepted.length + abandoned.length;
  const afterWork = work.contacts.map((c) => c.after_work).filter((text) => text !== null);
  const talk = mean(work.contacts.map((c) => seconds(c.talk)));
  const acw = mean(afterWork.map(seconds));
  const responses = service.first_response.map(seconds);
  const { ratings } = service;
  return {
    contacts,
    accepted: accepted.length,
    /** Who gave up was with nobody: of an agent nothing can be said. */
    abandoned: cut.agent === null ? abandoned.length : null,
    open,
    asa: over(sum(accepted) + sum(abandoned), accepted.length),
    awt: mean(accepted),
    ata: mean(abandoned),
    level: (within: number) => over(accepted.filter((wait) => wait <= within).length, contacts),
    abandonment: (kind?: AbandonClass) =>
      over(
        waits.abandoned.filter((a) => kind === undefined || a.class === kind).length,
        cut.agent === null ? contacts : 0,
      ),
    ended: work.contacts.length,
    talk,
    hold: mean(work.contacts.map((c) => seconds(c.hold))),
    acw,
    /** Unknown while no after-contact work is. */
    handling: talk === null || acw === null ? null : talk + acw,
    transfers: over(work.contacts.filter((c) => c.passed_on === "yes").length, work.contacts.length),
    occupancy: over(seconds(work.handling), seconds(work.staffed)),
    responses: responses.length,
    frt: mean(responses),
    art: mean(service.resolution.map(seconds)),
    resolved: service.resolution.length,
    automatic: over(service.self_resolved, service.conversations),
    conversations: service.conversations,
    csat: mean(ratings),
    satisfied: over(ratings.filter((rating) => rating >= 4).length, ratings.length),
    ratings: ratings.length,
  };
}

export type Kpis = ReturnType<typeof kpisOf>;
