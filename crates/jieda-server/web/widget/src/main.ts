/**
 * A chat for any page:
 *
 *     <script src="https://HOST/widget/jieda-chat.js" data-key="…" data-title="在线客服" defer></script>
 */
import { Chat } from "./chat";
import { readConfig } from "./config";
import type { Customer } from "./api";

export interface JiedaChat {
  open(): void;
  close(): void;
  /** Who the customer is; goes with every question from now on. */
  identify(customer: Customer): void;
  /** Values for `{variables}` of answers; added to those before. */
  setVariables(variables: Record<string, string>): void;
}

declare global {
  interface Window {
    jieda?: JiedaChat;
  }
}

const script = document.currentScript;

function start(from: HTMLScriptElement): void {
  const chat = new Chat(readConfig(from));
  chat.start();
  window.jieda = {
    open: () => chat.view.open(),
    close: () => chat.view.close(),
    identify: (customer) => chat.identify(customer),
    setVariables: (variables) => chat.setVariables(variables),
  };
}

// Twice on a page would be two buttons on top of each other.
if (script instanceof HTMLScriptElement && !window.jieda) {
  if (document.body) start(script);
  else document.addEventListener("DOMContentLoaded", () => start(script));
}
