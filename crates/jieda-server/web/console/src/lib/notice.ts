/** One short message at a time, read out politely. */
import { readonly, ref } from "vue";

const text = ref("");
let timer: ReturnType<typeof setTimeout> | undefined;

export const noticeText = readonly(text);

export function notify(message: string): void {
  clearTimeout(timer);
  text.value = message;
  timer = setTimeout(() => (text.value = ""), 5000);
}
