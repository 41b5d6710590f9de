import { button, element } from "./elements.ts";
import type { Sticky, StickyName, StickyState } from "./sticky.ts";
import { tick } from "./telegram.ts";

type Key =
  | { readonly label: string; readonly name: string; readonly key: string }
  | { readonly label: string; readonly name: string; readonly text: string }
  | { readonly label: string; readonly name: string; readonly sticky: StickyName };

/** Two rows that a thumb reaches at 360 pixels; the arrows stand as on a keyboard. */
const KEYS: readonly Key[] = [
  { label: "Esc", name: "Escape", key: "Escape" },
  { label: "Tab", name: "Tab", key: "Tab" },
  { label: "Home", name: "Home", key: "Home" },
  { label: "↑", name: "Up", key: "ArrowUp" },
  { label: "End", name: "End", key: "End" },
  { label: "PgUp", name: "Page up", key: "PageUp" },
  { label: "^C", name: "Control C: interrupt", text: "\x03" },
  { label: "^Z", name: "Control Z: suspend", text: "\x1a" },
  { label: "Ctrl", name: "Control", sticky: "ctrl" },
  { label: "Alt", name: "Alt", sticky: "alt" },
  { label: "←", name: "Left", key: "ArrowLeft" },
  { label: "↓", name: "Down", key: "ArrowDown" },
  { label: "→", name: "Right", key: "ArrowRight" },
  { label: "PgDn", name: "Page down", key: "PageDown" },
  { label: "^D", name: "Control D: end of input", text: "\x04" },
];

const REPEATED = /^(Arrow|Page)/;
const FIRST_REPEAT_MS = 400;
const REPEAT_MS = 60;

export interface KeyRow {
  readonly element: HTMLElement;
  showSticky(name: StickyName, state: StickyState): void;
}

/**
 * @param press a key of `keys.ts`; sticky modifiers belong to it
 * @param send bytes as they are
 */
export function createKeyRow(target: {
  readonly sticky: Sticky;
  press(key: string): void;
  send(text: string): void;
}): KeyRow {
  const stickies = new Map<StickyName, HTMLElement>();
  const made = (key: Key): HTMLElement => {
    const attributes = { class: "key", "aria-label": key.name };
    if ("sticky" in key) {
      const sticky = button({ ...attributes, "aria-pressed": "false" }, () => {
        tick();
        target.sticky.tap(key.sticky);
      });
      sticky.append(key.label);
      stickies.set(key.sticky, sticky);
      return sticky;
    }
    const act = (): void => ("key" in key ? target.press(key.key) : target.send(key.text));
    const plain = button(attributes, () => {
      tick();
      act();
    });
    plain.append(key.label);
    if ("key" in key && REPEATED.test(key.key)) repeatWhileHeld(plain, act);
    return plain;
  };
  const functions = element("div", { class: "functions", role: "group", "aria-label": "Function keys" });
  for (let number = 1; number <= 12; number++) {
    const name = `F${number}`;
    functions.append(made({ label: name, name, key: name }));
  }
  functions.hidden = true;
  const toggle = button({ class: "key", "aria-label": "Function keys", "aria-pressed": "false" }, () => {
    functions.hidden = !functions.hidden;
    toggle.setAttribute("aria-pressed", String(!functions.hidden));
  });
  toggle.append("Fn");
  const grid = element("div", { class: "grid" }, ...KEYS.map(made), toggle);
  return {
    element: element("div", { class: "keys", role: "toolbar", "aria-label": "Keys" }, functions, grid),
    showSticky(name, state) {
      const shown = stickies.get(name);
      shown?.setAttribute("aria-pressed", String(state !== "off"));
      shown?.setAttribute("data-sticky", state);
    },
  };
}

function repeatWhileHeld(held: HTMLElement, act: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = (): void => clearTimeout(timer);
  held.addEventListener("pointerdown", () => {
    stop();
    const again = (): void => {
      act();
      timer = setTimeout(again, REPEAT_MS);
    };
    timer = setTimeout(again, FIRST_REPEAT_MS);
  });
  for (const kind of ["pointerup", "pointercancel", "pointerleave"] as const)
    held.addEventListener(kind, stop);
  held.addEventListener("contextmenu", (event) => event.preventDefault());
}
