import { keyBytes } from "../../terminal/key-bytes.ts";
import { button, element } from "./elements.ts";
import { icon } from "./icons.ts";
import { createKeyTyping } from "./key-typing.ts";

/** What the bar does to the terminal. Each answers whether it went out. */
export interface BarTarget {
  /** Types text as if by keys: sticky modifiers belong to it. */
  type(text: string): boolean;
  /** Hands over text as it stands. */
  send(text: string): boolean;
  /** Gives text that may have several lines as one paste, and then presses Enter where it is asked for. */
  paste(text: string, enter: boolean): boolean;
  readonly applicationCursor: boolean;
  /** Ctrl or Alt is held for the next key. */
  readonly sticky: boolean;
}

export interface InputBar {
  readonly element: HTMLElement;
  focus(): void;
  /** Lines are sent by Enter; keys at once, as vim, less and questions with y or n want it. */
  setMode(mode: "line" | "keys"): void;
  /** Sends what stands there without Enter, so that a key pressed next comes after it. */
  flush(): void;
  readonly empty: boolean;
}

const HINTS = { line: "Type a line", keys: "Each key goes straight in" };

/** A real text field, which input methods know: what is composed in it goes out whole. */
export function createInputBar(target: BarTarget): InputBar {
  let mode: "line" | "keys" = "line";
  const field = element("textarea", {
    rows: "1",
    autocapitalize: "off",
    autocomplete: "off",
    autocorrect: "off",
    spellcheck: "false",
    enterkeyhint: "send",
    "aria-label": "Input for the terminal",
  });
  const hint = element("span", { class: "hint", "aria-hidden": "true" });
  const modeButton = button({ class: "mode" }, () => setMode(mode === "line" ? "keys" : "line"));
  const sendButton = button({ class: "send", "aria-label": "Send with Enter" }, () => submit(), icon("send"));
  const bar = element(
    "div",
    { class: "bar" },
    modeButton,
    element("div", { class: "field" }, field, hint),
    sendButton,
  );
  const keys = createKeyTyping(field, target, () => mode === "keys");

  const resized = (): void => {
    field.rows = 1;
    const { lineHeight, paddingTop } = getComputedStyle(field);
    const text = field.scrollHeight - 2 * Number.parseFloat(paddingTop);
    field.rows = Math.max(1, Math.min(5, Math.round(text / Number.parseFloat(lineHeight) || 1)));
    hint.hidden = mode === "line" && field.value !== "";
  };
  const submit = (): void => {
    if (mode === "keys") {
      target.type("\r");
      return;
    }
    const text = field.value;
    const sent = text.includes("\n") ? target.paste(text, true) : target.type(`${text}\r`);
    if (!sent) return;
    field.value = "";
    resized();
  };
  const setMode = (next: "line" | "keys"): void => {
    mode = next;
    bar.dataset.mode = mode;
    keys.reset();
    hint.textContent = HINTS[mode];
    modeButton.replaceChildren(icon(mode === "line" ? "line" : "keyboard"));
    modeButton.setAttribute("aria-pressed", String(mode === "keys"));
    modeButton.setAttribute("aria-label", "Send each key at once");
    field.setAttribute("enterkeyhint", mode === "line" ? "send" : "enter");
    resized();
  };

  field.addEventListener("keydown", (event) => {
    // 229 is a key that an input method works on.
    if (event.isComposing || event.keyCode === 229) return;
    if (mode === "line" && event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
      return;
    }
    if (mode === "line" && field.value !== "") return;
    const bytes = keyBytes(
      event.key,
      { ctrl: event.ctrlKey, alt: event.altKey, shift: event.shiftKey },
      target.applicationCursor,
    );
    const combined =
      event.ctrlKey && !event.altKey && !event.metaKey && /^[a-uw-z@[\\\]^_]$/i.test(event.key);
    if (bytes !== undefined && !(mode === "line" && event.key === "Enter")) target.type(bytes);
    else if (combined) target.type(String.fromCharCode(event.key.toUpperCase().charCodeAt(0) & 0x1f));
    else return;
    event.preventDefault();
  });
  field.addEventListener("beforeinput", (event) => {
    if (mode === "keys" || event.isComposing) return;
    // Some keyboards on glass give no key for Enter, only the line break.
    if (event.inputType === "insertLineBreak" && !shiftHeld) {
      event.preventDefault();
      submit();
    } else if (target.sticky && event.inputType === "insertText" && event.data !== null) {
      event.preventDefault();
      target.type(event.data);
    }
  });
  let shiftHeld = false;
  for (const kind of ["keydown", "keyup"] as const)
    field.addEventListener(kind, (event) => {
      shiftHeld = event.shiftKey;
    });
  field.addEventListener("input", (event) => {
    // A keyboard that composes Latin words cannot be stopped beforehand: the key is taken out again.
    const composed = event as InputEvent;
    if (mode === "line" && target.sticky && composed.inputType === "insertCompositionText" && composed.data) {
      const key = composed.data.slice(-1);
      field.value = field.value.slice(0, -1);
      target.type(key);
    }
    resized();
  });
  setMode("line");
  return {
    element: bar,
    focus: () => field.focus({ preventScroll: true }),
    setMode,
    flush() {
      if (mode === "keys" || field.value === "") return;
      const sent = field.value.includes("\n") ? target.paste(field.value, false) : target.send(field.value);
      if (sent) field.value = "";
      resized();
    },
    get empty() {
      return mode === "keys" || field.value === "";
    },
  };
}
