/** The look, in the shadow: nothing of the page gets in, nothing of it gets out. */

const CSS = `
:host {
  all: initial;
  --accent: #17685a;
  --on-accent: #fff;
  --surface: #fff;
  --soft: #eef2f1;
  --text: #1a2224;
  --muted: #55626a;
  --line: #d5dcdb;
  --agent: #fbf0d6;
  --bad: #b3261e;
  --star: #b8801a;
  font: 15px/1.55 system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  color: var(--text);
}
@media (prefers-color-scheme: dark) {
  :host {
    --accent: #63c5ae;
    --on-accent: #06201a;
    --surface: #181f21;
    --soft: #263032;
    --text: #e3e9ea;
    --muted: #9fadb1;
    --line: #394547;
    --agent: #3a2e13;
    --bad: #f2938b;
    --star: #d9ab4a;
  }
}
* { box-sizing: border-box; margin: 0; padding: 0; }
[hidden] { display: none !important; }
button, textarea { font: inherit; color: inherit; }
button { cursor: pointer; }
button:disabled { cursor: default; opacity: .55; }
:focus-visible { outline: 2px solid #0b63ce; outline-offset: 2px; }
@media (prefers-color-scheme: dark) { :focus-visible { outline-color: #7db5ff; } }
svg { display: block; width: 24px; height: 24px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }

.launcher {
  position: fixed; bottom: 20px; z-index: 2147483000;
  display: grid; place-items: center; width: 56px; height: 56px;
  border: 0; border-radius: 50%; background: var(--accent); color: var(--on-accent);
  box-shadow: 0 4px 16px rgb(0 0 0 / 25%);
}
.right { right: 20px; }
.left { left: 20px; }
.launcher .dot { position: absolute; top: 2px; right: 2px; width: 14px; height: 14px; border-radius: 50%; background: var(--bad); border: 2px solid var(--surface); }

.panel {
  position: fixed; bottom: 20px; z-index: 2147483001;
  display: flex; flex-direction: column; width: 376px; height: min(600px, calc(100vh - 40px));
  border: 1px solid var(--line); border-radius: 14px; overflow: hidden;
  background: var(--surface); box-shadow: 0 10px 40px rgb(0 0 0 / 28%);
  animation: rise .16s ease-out;
}
@keyframes rise { from { opacity: 0; transform: translateY(12px); } }
header { display: flex; align-items: center; gap: 8px; padding: 10px 8px 10px 16px; background: var(--accent); color: var(--on-accent); }
header h2 { flex: 1; font-size: 16px; font-weight: 650; }
header button { padding: 6px; border: 0; border-radius: 8px; background: none; }
header button:focus-visible { outline-color: var(--on-accent); }

.log { flex: 1; min-height: 0; overflow-y: auto; padding: 14px; display: flex; flex-direction: column; gap: 8px; overscroll-behavior: contain; }
.bubble { max-width: 85%; padding: 8px 12px; border-radius: 14px; white-space: pre-wrap; overflow-wrap: anywhere; }
.bot, .agent { align-self: flex-start; background: var(--soft); border-bottom-left-radius: 4px; }
.agent { background: var(--agent); }
.customer { align-self: flex-end; background: var(--accent); color: var(--on-accent); border-bottom-right-radius: 4px; }
.name { font-size: 12px; color: var(--muted); margin-bottom: -4px; }
.note { align-self: center; text-align: center; font-size: 13px; color: var(--muted); }
.failed { align-self: flex-end; display: flex; align-items: center; flex-wrap: wrap; justify-content: flex-end; gap: 8px; font-size: 13px; color: var(--bad); }
.options { display: flex; flex-direction: column; align-items: flex-start; gap: 6px; }
.options button, .failed button {
  padding: 6px 12px; border: 1px solid var(--accent); border-radius: 16px; background: none; color: var(--accent); text-align: left;
}
.rating { display: flex; align-items: center; flex-wrap: wrap; gap: 4px; font-size: 13px; color: var(--muted); }
.rating button { padding: 3px; border: 0; border-radius: 6px; background: none; color: var(--star); }
.rating span { flex-basis: 100%; }
.rating button:disabled { opacity: 1; }
.rating .on path { fill: currentColor; }
.typing { align-self: flex-start; display: flex; gap: 4px; padding: 13px 14px; border-radius: 14px; background: var(--soft); }
.typing i { width: 7px; height: 7px; border-radius: 50%; background: var(--muted); animation: blink 1.2s infinite; }
.typing i:nth-child(2) { animation-delay: .2s; }
.typing i:nth-child(3) { animation-delay: .4s; }
@keyframes blink { 0%, 60%, 100% { opacity: .3; } 30% { opacity: 1; } }
.wait { font-size: 13px; color: var(--muted); }

form { display: grid; grid-template-columns: 1fr auto; gap: 4px 8px; align-items: end; padding: 10px; border-top: 1px solid var(--line); }
textarea { width: 100%; min-height: 42px; max-height: 120px; padding: 9px 12px; border: 1px solid var(--muted); border-radius: 10px; background: var(--surface); resize: none; line-height: 1.5; }
textarea::placeholder { color: var(--muted); opacity: 1; }
form button { display: grid; place-items: center; width: 42px; height: 42px; border: 0; border-radius: 10px; background: var(--accent); color: var(--on-accent); }
.count { grid-column: 1 / -1; font-size: 12px; color: var(--muted); text-align: right; }
.count.over { color: var(--bad); font-weight: 600; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

@media (max-width: 479px) {
  .panel { left: 0; right: 0; top: var(--top, 0); bottom: auto; width: 100%; height: var(--height, 100vh); border: 0; border-radius: 0; }
  textarea { font-size: 16px; }
}
@media (prefers-reduced-motion: reduce) { * { animation: none !important; } }
`;

/** One sheet for all widgets of a page; made by script, so a strict policy allows it. */
export function styleSheet(): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  return sheet;
}
