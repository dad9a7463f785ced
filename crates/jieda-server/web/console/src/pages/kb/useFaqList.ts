/** The searchable list of FAQs, page by page. */
import { computed, reactive, ref, shallowRef, watch } from "vue";
import { kb, type Source } from "../../api/kb";
import type { Faq, Revision } from "../../api/types";
import { useResource } from "../../lib/resource";

const PAGE = 50;

export interface FaqListFilter {
  source: Source;
  q: string;
  intent: string;
  enabled: "" | "true" | "false";
}

export function useFaqList(source: Source) {
  const filter = reactive<FaqListFilter>({ source, q: "", intent: "", enabled: "" });
  const items = shallowRef<Faq[]>([]);
  /** The revision at which each was read: what a change of it has to be based on. */
  const revisions = new Map<string, Revision>();
  const total = ref(0);
  let offset = 0;

  const page = useResource(async (signal) => {
    const found = await kb.faqs({ ...filter, enabled: enabledOf(filter.enabled), offset, limit: PAGE }, signal);
    items.value = offset === 0 ? found.items : [...items.value, ...found.items];
    total.value = found.total;
    found.items.forEach((faq) => revisions.set(faq.id, found.revision));
    return found;
  });

  function reload(): Promise<void> {
    offset = 0;
    return page.load();
  }

  function more(): Promise<void> {
    offset = items.value.length;
    return page.load();
  }

  let typing: ReturnType<typeof setTimeout> | undefined;
  watch(filter, () => {
    // Not a request a keystroke.
    clearTimeout(typing);
    typing = setTimeout(reload, 200);
  });

  const hasMore = computed(() => items.value.length < total.value);
  return { filter, items, total, revisions, page, hasMore, reload, more };
}

function enabledOf(choice: FaqListFilter["enabled"]): boolean | undefined {
  return choice === "" ? undefined : choice === "true";
}
