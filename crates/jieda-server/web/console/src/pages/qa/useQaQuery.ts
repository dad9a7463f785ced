/** What is looked at lives in the address, so that "back" and the next sample find it again. */
import { computed, reactive, watch } from "vue";
import { useRoute, useRouter, type LocationQuery } from "vue-router";
import { PERIODS, periodOf, type PeriodName } from "../../lib/period";
import type { TimeWanted } from "../../api/quality";

const FIELDS = { tab: "todo", period: "week", from: "", to: "", state: "open", plan: "" };
export type QaQuery = typeof FIELDS;

export function readQuery(query: LocationQuery): QaQuery {
  const read = { ...FIELDS };
  for (const name of Object.keys(FIELDS) as (keyof QaQuery)[]) {
    const value = query[name];
    if (typeof value === "string") read[name] = value;
  }
  return read;
}

/** The time that is asked for; nothing while own dates are not whole. */
export function timeOf({ period, from, to }: QaQuery): TimeWanted | null {
  const known = PERIODS.find(({ value }) => value === period)?.value ?? "week";
  return periodOf(known, from, to);
}

/** Only what differs from what is shown without it. */
const written = (query: QaQuery): Partial<QaQuery> =>
  Object.fromEntries(Object.entries(query).filter(([name, value]) => value !== FIELDS[name as keyof QaQuery]));

export function useQaQuery() {
  const route = useRoute();
  const router = useRouter();
  const query = reactive(readQuery(route.query));
  watch(query, () => void router.replace({ query: written(query) }));
  const period = computed<PeriodName>({
    get: () => query.period as PeriodName,
    set: (name) => (query.period = name),
  });
  const time = computed(() => timeOf(query));
  const address = computed(() => written(query));
  return { query, period, time, address };
}
