import { WebLinksAddon } from "@xterm/addon-web-links";
import { Terminal } from "@xterm/xterm";
import type { Display, Size } from "./attachment.ts";
import { device, touches } from "./device.ts";
import { leaveQueriesToServer } from "./queries.ts";
import { openAddress } from "./telegram.ts";
import { watchTheme } from "./theme.ts";

/** The terminal emulator in its place on the page. */
export interface Screen extends Display {
  readonly terminal: Terminal;
  /** What fits into its place, in the letters this device likes. */
  visible(): Size;
  /** The same, when it is about to be told to the server: only another size is news from then on. */
  announced(): Size;
  /** The terminal has another size than what fits, as somebody else types on another device. */
  readonly foreign: boolean;
  /** Makes the letters larger or smaller, and remembers it for this device. In pixels. */
  zoom(fontSize: number): void;
  readonly fontSize: number;
  close(): void;
}

// Smaller letters cannot be read: beyond that, one moves sideways.
const SMALLEST = 6;
const LIMITS = { least: 7, most: 30 };

/** @param changed is told when what fits has changed */
export function createScreen(host: HTMLElement, changed: () => void): Screen {
  let liked = Number(device.read("fontSize") ?? (touches() || innerWidth < 600 ? 12 : 14));
  let pending = 0;
  const terminal = new Terminal({
    fontSize: liked,
    fontFamily: 'ui-monospace, "SF Mono", Menlo, "Roboto Mono", "DejaVu Sans Mono", monospace',
    scrollback: 5000,
    overviewRuler: { width: 8 },
    cursorBlink: true,
    // On glass the focus is in the input bar, and one types here all the same.
    cursorInactiveStyle: touches() ? "block" : "outline",
    macOptionIsMeta: true,
    minimumContrastRatio: 3,
    screenReaderMode: device.read("screenReader") === "on",
    allowProposedApi: true,
    // Addresses that a program hides behind other text (OSC 8) open as those that can be read.
    linkHandler: { activate: (_, address) => openAddress(address) },
  });
  leaveQueriesToServer(terminal);
  terminal.loadAddon(new WebLinksAddon((_, address) => openAddress(address)));
  terminal.open(host);
  // The cursor is not drawn until the terminal has had the focus, which on glass it never has, or until a program has
  // left the alternate screen.
  terminal.write("\x1b[?47l");
  const stopTheme = watchTheme((theme) => {
    terminal.options.theme = theme;
  });
  // On glass one types in the input bar: the emulator's own input field must not open the keyboard.
  if (touches() && terminal.textarea !== undefined) terminal.textarea.inputMode = "none";

  let measured = { fontSize: 0, width: 1, height: 1 };
  /**
   * A cell in the letters this device likes, measured once: the emulator rounds the whole and not the cell, so that it
   * would be another one at each size of the terminal.
   */
  const cell = (): { width: number; height: number } => {
    const drawn = host.querySelector<HTMLElement>(".xterm-screen");
    const width = (drawn?.offsetWidth ?? 0) / terminal.cols;
    const height = (drawn?.offsetHeight ?? 0) / terminal.rows;
    if (width > 0 && measured.fontSize !== liked && terminal.options.fontSize === liked)
      measured = { fontSize: liked, width, height };
    return measured;
  };
  const visible = (): Size => {
    const { width, height } = cell();
    return {
      columns: Math.max(10, Math.floor((host.clientWidth - 8) / width)),
      rows: Math.max(3, Math.floor(host.clientHeight / height)),
    };
  };
  const isForeign = (): boolean => {
    const { columns, rows } = visible();
    return columns !== terminal.cols || rows !== terminal.rows;
  };
  /** Shrinks the letters of a terminal that is larger than its place. */
  const letterBox = (): void => {
    const { width, height } = cell();
    const scale = Math.min(
      1,
      (host.clientWidth - 8) / (width * terminal.cols),
      host.clientHeight / (height * terminal.rows),
    );
    const fontSize = scale < 0.999 ? Math.max(SMALLEST, Math.floor(liked * scale * 4) / 4) : liked;
    if (terminal.options.fontSize !== fontSize) terminal.options.fontSize = fontSize;
    host.dataset.foreign = String(isForeign());
  };
  let settle: ReturnType<typeof setTimeout> | undefined;
  let told: string | undefined;
  const placeChanged = (): void => {
    clearTimeout(settle);
    settle = setTimeout(() => {
      const fits = JSON.stringify(visible());
      if (told !== undefined && fits !== told) changed();
      // The server's answer changes the size; where it does not, the letters are made to fit.
      settle = setTimeout(letterBox, 300);
    }, 80);
  };
  const observer = new ResizeObserver(placeChanged);
  observer.observe(host);

  const inOrder = (act: () => void): void => terminal.write("", act);
  return {
    terminal,
    visible,
    announced() {
      const size = visible();
      told = JSON.stringify(size);
      return size;
    },
    get foreign() {
      return isForeign();
    },
    reset: (size) =>
      inOrder(() => {
        terminal.reset();
        terminal.resize(size.columns, size.rows);
        letterBox();
      }),
    resize: (size) =>
      inOrder(() => {
        terminal.resize(size.columns, size.rows);
        letterBox();
      }),
    write(bytes) {
      pending += bytes.length;
      terminal.write(bytes, () => {
        pending -= bytes.length;
      });
    },
    get pending() {
      return pending;
    },
    shown: () => new Promise((resolve) => inOrder(resolve)),
    zoom(fontSize) {
      liked = Math.min(LIMITS.most, Math.max(LIMITS.least, Math.round(fontSize * 2) / 2));
      terminal.options.fontSize = liked;
      device.write("fontSize", String(liked));
      placeChanged();
    },
    get fontSize() {
      return liked;
    },
    close() {
      clearTimeout(settle);
      observer.disconnect();
      stopTheme();
      terminal.dispose();
    },
  };
}
