/** Stored conversations by filter, which lives in the address, so that "back" finds it again. */
import { computed, reactive, ref, shallowRef, watch } from "vue";
import { useRoute, useRouter } from "vue-router";
import { conversations } from "../../api/conversations";
import type { ConversationSummary } from "../../api/types";
import { daysAgo } from "../../lib/format";
import { useResource } from "../../lib/resource";

const LIMIT = 30;

export const RANGES = [
  { value: "1", label: "今天" },
  { value: "7", label: "最近 7 天" },
  { value: "30", label: "最近 30 天" },
  { value: "", label: "全部时间" },
  { value: "own", label: "自选日期" },
];

const FIELDS = ["range", "from", "to", "decision", "reason", "channel", "text"] as const;
type Field = (typeof FIELDS)[number];

export function useConversationList() {
  const route = useRoute();
  const router = useRouter();
  const given = (field: Field, otherwise = ""): string => {
    const value = route.query[field];
    return typeof value === "string" ? value : otherwise;
  };
  const filter = reactive<Record<Field, string>>({
    range: given("range", "7"),
    from: given("from"),
    to: given("to"),
    decision: given("decision"),
    reason: given("reason"),
    channel: given("channel"),
    text: given("text"),
  });
  const items = shallowRef<ConversationSummary[]>([]);
  const next = ref<string | null>(null);
  let cursor: string | null = null;

  const page = useResource(async (signal) => {
    const { range, from, to, ...rest } = filter;
    const found = await conversations.list({ ...rest, ...timeRange(range, from, to), cursor, limit: LIMIT }, signal);
    items.value = cursor === null ? found.items : [...items.value, ...found.items];
    next.value = found.next;
    return found;
  });

  function reload(): Promise<void> {
    cursor = null;
    return page.load();
  }

  function more(): Promise<void> {
    cursor = next.value;
    return page.load();
  }

  let typing: ReturnType<typeof setTimeout> | undefined;
  watch(filter, () => {
    clearTimeout(typing);
    typing = setTimeout(() => {
      void router.replace({ query: Object.fromEntries(FIELDS.map((f) => [f, filter[f]])) });
      void reload();
    }, 250);
  });

  const filtered = computed(() => FIELDS.some((f) => f !== "range" && filter[f] !== ""));
  function clear(): void {
    Object.assign(filter, { from: "", to: "", decision: "", reason: "", channel: "", text: "" });
  }
  return { filter, items, next, page, filtered, clear, reload, more };
}

/** Days as the user has them, both inclusive, as instants. */
function timeRange(range: string, from: string, to: string): { since?: string; until?: string } {
  if (range === "own")
    return { ...(from ? { since: startOf(from, 0) } : {}), ...(to ? { until: startOf(to, 1) } : {}) };
  return range === "" ? {} : { since: daysAgo(Number(range) - 1) };
}

/** The start of a local day, or of a day after it. */
function startOf(date: string, daysLater: number): string {
  const day = new Date(`${date}T00:00:00`);
  day.setDate(day.getDate() + daysLater);
  return day.toISOString();
}
