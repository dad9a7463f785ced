/** Warns before unsaved changes are left behind: by a link inside, or by closing the page. */
import { onBeforeUnmount, onMounted, type Ref } from "vue";
import { onBeforeRouteLeave, onBeforeRouteUpdate } from "vue-router";
import { ask } from "./confirm";

/** Gives a function that asks whether changes may be dropped; yes at once where there are none. */
export function useUnsavedGuard(
  dirty: Ref<boolean>,
  detail = "当前编辑的内容还没有保存到草稿，离开后会丢失。",
): () => Promise<boolean> {
  const mayLeave = async (): Promise<boolean> =>
    !dirty.value ||
    ask({
      title: "放弃未保存的修改？",
      detail,
      confirm: "放弃修改",
      danger: true,
    });
  const warn = (event: BeforeUnloadEvent): void => {
    if (dirty.value) event.preventDefault();
  };
  onMounted(() => window.addEventListener("beforeunload", warn));
  onBeforeUnmount(() => window.removeEventListener("beforeunload", warn));
  onBeforeRouteLeave(mayLeave);
  onBeforeRouteUpdate(mayLeave);
  return mayLeave;
}
