/** What the page that embeds the widget says, by attributes of the script. */

export interface Config {
  /** Where the service is: where the script came from. */
  base: string;
  /** The API key; empty where the service asks for none. */
  key: string;
  title: string;
  greeting: string;
  channel: string;
  position: "left" | "right";
}

export function readConfig(script: HTMLScriptElement): Config {
  const {
    key = "",
    title = "在线客服",
    greeting = "您好，请问有什么可以帮您？",
    channel = "web",
    position,
  } = script.dataset;
  return {
    base: new URL("..", script.src).href.replace(/\/$/, ""),
    key,
    title,
    greeting,
    channel,
    position: position === "left" ? "left" : "right",
  };
}
