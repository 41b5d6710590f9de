import { keyBytes, withModifiers } from "../../terminal/key-bytes.ts";
import { attach } from "./attachment.ts";
import { addressAt, cellAt } from "./cells.ts";
import { button, element } from "./elements.ts";
import { endedBar } from "./ended-bar.ts";
import { watchGestures } from "./gestures.ts";
import { icon } from "./icons.ts";
import { createInputBar } from "./input-bar.ts";
import { createKeyRow } from "./key-row.ts";
import type { SocketState } from "./live-socket.ts";
import type { Login } from "./login.ts";
import type { Role } from "./protocol.ts";
import { createScreen } from "./screen.ts";
import { createScrolling } from "./scrolling.ts";
import { createSearchBar } from "./search-bar.ts";
import { createSelection } from "./selection.ts";
import { createSticky } from "./sticky.ts";
import { openAddress } from "./telegram.ts";
import { createTerminalHead } from "./terminal-head.ts";
import { openTerminalMenu } from "./terminal-menu.ts";
import { say } from "./toast.ts";
import { waitingWords } from "./words.ts";

/** One terminal: its screen, and what one types with. @returns the view, and what closes it (the program goes on) */
export function openTerminalView(options: {
  readonly login: Login;
  readonly session: string;
  readonly back: () => void;
  /** Shows the terminal that takes the place of this one. */
  readonly replace: (session: string) => void;
  readonly expired: () => void;
}): { readonly element: HTMLElement; start(): void; close(): void } {
  const { login, session } = options;
  const host = element("div", { class: "host" });
  const stage = element("main", { class: "stage" }, host);
  const view = element("div", { class: "view terminal" });
  const head = createTerminalHead({
    session,
    back: options.back,
    search: () => search.open(),
    retry: () => attachment?.now(),
    menu: () =>
      openTerminalMenu({
        session,
        token: login.token,
        role,
        screen,
        stage,
        paste: (text) => target.paste(text, false),
        back: options.back,
      }),
  });
  let role: Role = login.role;
  let ended = false;
  let attachment: ReturnType<typeof attach> | undefined;

  const screen = createScreen(host, () => {
    if (mayType()) attachment?.resize(screen.announced());
  });
  const { terminal } = screen;
  const mayType = (): boolean => role !== "reader" && !ended;
  const toBottom = (): void => {
    stopSwipe();
    terminal.scrollToBottom();
  };
  /** The size follows who types. */
  const send = (text: string): boolean => {
    if (text === "" || !mayType()) return false;
    if (screen.foreign) attachment?.resize(screen.announced());
    const sent = attachment?.type(text) === true;
    if (!sent) say("Not sent: the connection is being made again.");
    else toBottom();
    return sent;
  };
  const sticky = createSticky((name, state) => keyRow.showSticky(name, state));
  const typeWithSticky = (text: string): boolean =>
    send(sticky.active && /^[^\x00-\x1f\x7f]/.test(text) ? withModifiers(text, sticky.take()) : text);
  const target = {
    type: typeWithSticky,
    send,
    paste(text: string, enter: boolean): boolean {
      if (text === "") return false;
      const lines = text.replace(/\r?\n/g, "\r");
      const bracketed = `\x1b[200~${lines.replaceAll("\x1b", "␛")}\x1b[201~`;
      return send((terminal.modes.bracketedPasteMode ? bracketed : lines) + (enter ? "\r" : ""));
    },
    get applicationCursor() {
      return terminal.modes.applicationCursorKeysMode;
    },
    get sticky() {
      return sticky.active;
    },
  };
  const bar = createInputBar(target);
  const keyRow = createKeyRow({
    sticky,
    press(key) {
      bar.flush();
      send(keyBytes(key, sticky.take(), target.applicationCursor) ?? "");
    },
    send,
  });
  const search = createSearchBar(terminal, () => mayType() && bar.focus());
  const selection = createSelection(terminal, say);
  const jump = button({ class: "round jump", "aria-label": "To the bottom" }, () => toBottom(), icon("down"));
  jump.hidden = true;
  stage.append(jump, selection.element);
  view.append(head.element, search.element, stage, keyRow.element, bar.element);

  terminal.onData(typeWithSticky);
  terminal.onBinary(send);
  const atBottom = (): boolean => terminal.buffer.active.viewportY >= terminal.buffer.active.baseY;
  terminal.onRender(() => {
    jump.hidden = atBottom();
  });
  terminal.onTitleChange((title) => head.showTitle(title));
  terminal.buffer.onBufferChange(({ type }) => {
    if (bar.empty) bar.setMode(type === "alternate" ? "keys" : "line");
  });

  const scroll = createScrolling(terminal);
  let fontBefore = screen.fontSize;
  const stopSwipe = watchGestures(host, {
    tap(x, y) {
      if (selection.clear()) return;
      const cell = cellAt(terminal, x, y);
      const address = addressAt(terminal, cell);
      if (address !== undefined) openAddress(address);
      else if (terminal.modes.mouseTrackingMode !== "none") click(terminal.element, x, y);
      else if (mayType()) bar.focus();
    },
    swipe(right, down, x, y) {
      host.scrollLeft -= right;
      scroll(down, x, y);
    },
    pinch(factor, phase) {
      if (phase === "start") fontBefore = screen.fontSize;
      else screen.zoom(fontBefore * factor);
    },
    press: selection.press,
  });

  const showRole = (): void => {
    view.dataset.readonly = String(role === "reader");
    terminal.options.disableStdin = !mayType();
    for (const part of [keyRow.element, bar.element]) part.hidden = !mayType();
    head.showReadOnly(role === "reader");
  };
  const showState = (state: SocketState): void => {
    if (ended) return;
    if (state.kind === "closed" && state.code === 4401) options.expired();
    head.showState(stateWords(state), state.kind === "closed" ? "ended" : "busy");
  };
  showRole();
  return {
    element: view,
    start() {
      attachment = attach({
        session,
        token: () => login.token,
        size: screen.announced,
        display: screen,
        onState: showState,
        onRole(now) {
          role = now;
          showRole();
        },
        onViewers: head.showViewers,
        onEnded(how) {
          ended = true;
          // Nobody types here any more.
          terminal.write("\x1b[?25l");
          head.showState(how.lost ? "Connection lost" : "Ended", "ended");
          const { token } = login;
          const open = role === "reader" ? {} : { open: options.replace };
          view.append(endedBar(how, { session, token, ...open }));
          showRole();
        },
      });
      if (mayType() && !matchMedia("(pointer: coarse)").matches) terminal.focus();
    },
    close() {
      attachment?.close();
      screen.close();
    },
  };
}

function stateWords(state: SocketState): string | undefined {
  if (state.kind === "closed") return state.message ?? "The session is gone.";
  if (state.kind === "waiting") return waitingWords(state.long);
  return state.kind === "connecting" ? "Connecting…" : undefined;
}

/** A click for programs that follow the mouse. */
function click(on: HTMLElement | undefined, x: number, y: number): void {
  for (const kind of ["mousedown", "mouseup"])
    on?.dispatchEvent(
      new MouseEvent(kind, { clientX: x, clientY: y, button: 0, detail: 1, bubbles: true, cancelable: true }),
    );
}
