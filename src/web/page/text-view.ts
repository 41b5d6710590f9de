import type { Terminal } from "@xterm/xterm";
import { button, element } from "./elements.ts";
import { icon } from "./icons.ts";

const MOST_LINES = 2000;

/** Shows screen and scrollback as plain text, where the phone's own handles select and read aloud. */
export function openTextView(terminal: Terminal, host: HTMLElement): void {
  const { active } = terminal.buffer;
  const lines: string[] = [];
  for (let row = Math.max(0, active.length - MOST_LINES); row < active.length; row++) {
    const line = active.getLine(row);
    const text = line?.translateToString(true) ?? "";
    if (line?.isWrapped === true && lines.length > 0) lines.push(`${lines.pop()}${text}`);
    else lines.push(text);
  }
  const text = element("pre", { tabindex: "0" }, lines.join("\n").trimEnd());
  const close = button({ class: "round", "aria-label": "Close" }, () => view.remove(), icon("close"));
  const view = element(
    "section",
    { class: "text-view", role: "dialog", "aria-label": "The terminal as text" },
    element("header", {}, element("h2", {}, "Select text"), close),
    text,
  );
  host.append(view);
  text.scrollTop = text.scrollHeight;
  text.focus();
}
