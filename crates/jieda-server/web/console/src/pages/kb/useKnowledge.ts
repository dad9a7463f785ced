/** The overview of the knowledge base, shared by the tabs of its page. */
import { computed, inject, provide, type ComputedRef, type InjectionKey } from "vue";
import { kb } from "../../api/kb";
import { session } from "../../api/session";
import type { KnowledgeBase } from "../../api/types";
import { useResource, type Resource } from "../../lib/resource";

export interface Knowledge {
  overview: Resource<KnowledgeBase>;
  /** A folder that is edited elsewhere: there is no draft here. */
  readOnly: ComputedRef<boolean>;
  /** Whether the draft may be changed by this user. */
  canEdit: ComputedRef<boolean>;
  canPublish: ComputedRef<boolean>;
}

const KEY: InjectionKey<Knowledge> = Symbol("knowledge");

export function provideKnowledge(): Knowledge {
  const overview = useResource(kb.overview);
  const readOnly = computed(() => overview.data.value?.mode === "folder");
  const knowledge: Knowledge = {
    overview,
    readOnly,
    canEdit: computed(() => overview.data.value?.mode === "data" && session.canEdit.value),
    canPublish: computed(() => overview.data.value?.mode === "data" && session.canPublish.value),
  };
  provide(KEY, knowledge);
  return knowledge;
}

export function useKnowledge(): Knowledge {
  const knowledge = inject(KEY);
  if (!knowledge) throw new Error("a tab of the knowledge base stands outside of its page");
  return knowledge;
}
