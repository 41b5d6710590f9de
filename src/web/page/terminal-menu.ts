import { call, Refused } from "./api.ts";
import { pasted } from "./clipboard.ts";
import { device } from "./device.ts";
import { button, element } from "./elements.ts";
import { downloadFile, uploadFiles } from "./files.ts";
import type { Role } from "./protocol.ts";
import type { Screen } from "./screen.ts";
import { askLine, type Choice, openSheet } from "./sheet.ts";
import { openTextView } from "./text-view.ts";
import { say } from "./toast.ts";

/** What is needed less often than the keys. */
export function openTerminalMenu(options: {
  readonly session: string;
  readonly token: string;
  readonly role: Role;
  readonly screen: Screen;
  readonly stage: HTMLElement;
  readonly paste: (text: string) => void;
  readonly back: () => void;
}): void {
  const { session, token, screen, stage, paste } = options;
  const told = (act: Promise<unknown>): void => {
    act.catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
      say(error.message);
    });
  };
  const pasteClipboard = async (): Promise<void> => {
    const text = await pasted();
    if (text === undefined) say("This app keeps the clipboard to itself: long-press the input instead.");
    else paste(text);
  };
  const upload = async (): Promise<void> => {
    const done = await uploadFiles(session, token);
    if (done !== undefined) say(`Uploaded: ${done}`);
  };
  const close = async (): Promise<void> => {
    await call("DELETE", `/v1/sessions/${encodeURIComponent(session)}`, token);
    options.back();
  };
  const readsAloud = screen.terminal.options.screenReaderMode === true;
  const toggleReader = (): void => {
    screen.terminal.options.screenReaderMode = !readsAloud;
    device.write("screenReader", readsAloud ? undefined : "on");
  };
  const forTypists: Choice[] = [
    { label: "Paste", act: () => told(pasteClipboard()) },
    { label: "Upload files…", act: () => told(upload()) },
  ];
  openSheet(
    "Terminal",
    [
      ...(options.role === "reader" ? [] : forTypists),
      { label: "Select text", act: () => openTextView(screen.terminal, stage) },
      {
        label: "Download a file…",
        act: () =>
          askLine("Download a file", "a file of the folder that it is in", (path) =>
            told(downloadFile(session, path, token)),
          ),
      },
      { label: readsAloud ? "Screen reader: on" : "Screen reader: off", act: toggleReader },
      ...(options.role === "reader"
        ? []
        : [{ label: "Close the terminal", danger: true, act: () => confirmClose(() => told(close())) }]),
    ],
    letterSize(screen),
  );
}

function confirmClose(close: () => void): void {
  openSheet("Its program will be ended.", [{ label: "End it and close", danger: true, act: close }]);
}

function letterSize(screen: Screen): HTMLElement {
  const shown = element("span", { role: "status" });
  const change = (by: number): void => {
    screen.zoom(screen.fontSize + by);
    shown.textContent = `${screen.fontSize} px`;
  };
  change(0);
  return element(
    "div",
    { class: "stepper", role: "group", "aria-label": "Size of the letters" },
    button({ class: "round", "aria-label": "Smaller" }, () => change(-1), "A−"),
    shown,
    button({ class: "round larger", "aria-label": "Larger" }, () => change(1), "A+"),
  );
}
