/** Names of agents, where the routing core is on; the number otherwise. */
import { ref, watch } from "vue";
import { routing } from "../../api/routing";

/** It is asked once, and only when there is an agent to name. */
export function useAgentNames(wanted: () => boolean): (id: number) => string {
  const names = ref(new Map<number, string>());
  let asked = false;
  watch(
    wanted,
    async (yes) => {
      if (!yes || asked) return;
      asked = true;
      try {
        const { agents } = await routing.view();
        names.value = new Map(agents.map((agent) => [agent.id, agent.name]));
      } catch {
        // A core that is off, or a role that may not see it: the number will do.
      }
    },
    { immediate: true },
  );
  return (id) => names.value.get(id) ?? `${id} 号`;
}
