import type { PtyExit } from "../../terminal/pty.ts";
import type { KnownSession } from "../../terminal/registry.ts";
import { clean } from "../../text/clean.ts";
import { duration } from "../../text/duration.ts";
import { concat, plain, type RichText, styled } from "../../text/entities.ts";
import type { Answer } from "../commands/command.ts";
import type { Keyboard, Place } from "../messenger.ts";
import { KEY_ROWS, keyLabel } from "./keys.ts";
import { type OpenTarget, openButton } from "./page-way.ts";
import { screenRows } from "./screen-text.ts";

const LONGEST_LAST_LINE = 60;

/** How a message about a session begins: what replies to it is typed there, also after a restart. */
export function heading({ session }: KnownSession): RichText {
  const name = session.name === session.id ? "" : ` @${session.name}`;
  return concat("🖥 ", styled("bold", session.id), `${name} · ${session.label}`);
}

export function sessionButtons({ session }: KnownSession, target?: OpenTarget): Keyboard {
  const { id, exit } = session;
  if (exit)
    return [
      [
        { text: "🖥 Screen", data: `term-screen:${id}` },
        { text: exit.lost ? "🔌 Reconnect" : "🔁 Again", data: `term-again:${id}` },
      ],
    ];
  return [
    ...(target ? [[openButton(target)]] : []),
    [
      { text: "🖥 Screen", data: `term-screen:${id}` },
      { text: "⌨ Keys", data: `term-keys:${id}` },
      { text: "✖ Close", data: `term-close:${id}` },
    ],
  ];
}

/** What is said when a session has ended: how, and what can be done. */
export function endView(known: KnownSession, exit: PtyExit): Answer {
  return { text: concat(heading(known), `\n${endWords(exit)}`), buttons: sessionButtons(known) };
}

/** The message that a session is opened with: how to type there, and its buttons. Its end, when it has ended. */
export function cardView(
  known: KnownSession,
  { place, target, way }: { place: Place; target?: OpenTarget | undefined; way?: string | undefined },
): Answer {
  if (known.session.exit) return endView(known, known.session.exit);
  const { place: own, persists } = known.record;
  const isOwn = own?.ownTopic && own.chatId === place.chatId && own.threadId === place.threadId;
  const lines = [
    isOwn ? "What you write in this topic is typed there." : "Reply to this message to type there.",
    ...(persists ? [] : ["It ends with the bridge, since it does not run in tmux."]),
    ...(way === undefined ? [] : [way]),
  ];
  return { text: concat(heading(known), `\n${lines.join("\n")}`), buttons: sessionButtons(known, target) };
}

/** How a session has ended, in a few words. */
export function exitWords(exit: PtyExit): string {
  const how = exit.code === undefined ? "ended" : `exit ${exit.code}`;
  // As shells have it (POSIX, "Exit Status for Commands").
  const reason = exit.reason ?? (exit.code === 127 ? "command not found" : undefined);
  return reason === undefined ? how : `${how} · ${reason}`;
}

/** The same, with a mark that is seen at once. */
export function endWords(exit: PtyExit): string {
  const mark = exit.code === undefined ? "⏹" : exit.code === 0 ? "✅" : "❌";
  return `${mark} ${exitWords(exit)}`;
}

export interface TextLook {
  /** With the keys under it. */
  readonly keys?: boolean;
  /** A sentence under its heading. */
  readonly note?: string | undefined;
  /** Whether pictures can be seen where this is shown. */
  readonly hasPicture: boolean;
  /** In characters. */
  readonly longest: number;
  readonly redact: (text: string) => string;
}

/** The screen as text, with buttons under it. Only its last rows where all do not fit into one message. */
export async function screenView(
  known: KnownSession,
  { keys, note, hasPicture, longest, redact }: TextLook,
): Promise<Answer> {
  const { session } = known;
  const head = note === undefined ? heading(known) : concat(heading(known), "\n", styled("italic", note));
  const end = session.exit ? `\n${endWords(session.exit)}` : "";
  const rows = (await screenRows(session, redact)).map(clean);
  let room = longest - head.text.length - end.length - 2;
  const shown: string[] = [];
  for (const row of rows.toReversed()) {
    room -= row.length + 1;
    if (room < 0) break;
    shown.unshift(row);
  }
  const text = shown.join("\n");
  const screen = text.trim() === "" ? styled("italic", "(empty)") : styled("pre", text);
  return {
    text: concat(head, "\n", screen, end),
    buttons: session.exit ? [] : keys ? keyButtons(session.id) : textButtons(session.id, hasPicture),
  };
}

function textButtons(id: string, hasPicture: boolean): Keyboard {
  return [
    [
      { text: "🔄 Refresh", data: `term-refresh:${id}` },
      ...(hasPicture ? [{ text: "📷 Picture", data: `term-picture:${id}` }] : []),
      { text: "⌨ Keys", data: `term-keys:${id}` },
      { text: "✖ Close", data: `term-close:${id}` },
    ],
  ];
}

export function keyButtons(id: string): Keyboard {
  const rows = KEY_ROWS.map((row) =>
    row.map((name) => ({ text: keyLabel(name), data: `term-key:${id}:${name}` })),
  );
  return [
    ...rows,
    [
      { text: "🔄 Refresh", data: `term-keys:${id}` },
      { text: "⌃ Fewer", data: `term-refresh:${id}` },
    ],
  ];
}

/** Closing ends the program, so it is asked once more. */
export function closeView(known: KnownSession): Answer {
  const { id } = known.session;
  return {
    text: concat(heading(known), "\nClose it? Its program is ended."),
    buttons: [
      [
        { text: "✖ Close it", data: `term-end:${id}` },
        { text: "Leave it", data: `term-refresh:${id}` },
      ],
    ],
  };
}

/** All sessions, each with its state, its last line and how many look at it; and how to get to the page, if need be. */
export async function listView(
  all: readonly KnownSession[],
  now: number,
  redact: (text: string) => string,
  way?: string,
): Promise<Answer> {
  if (all.length === 0) return { text: plain("No terminal is open. /term opens one.") };
  const entries: RichText[] = [];
  for (const known of all) {
    const { session } = known;
    const last = clean((await screenRows(session, redact)).at(-1) ?? "").trim();
    const viewers = session.viewers === 0 ? "" : ` · ${session.viewers} watching`;
    const line = last.length > LONGEST_LAST_LINE ? `${last.slice(0, LONGEST_LAST_LINE)}…` : last;
    entries.push(
      concat(
        heading(known),
        `\n${stateWords(known, now)}${viewers}`,
        line === "" ? "" : concat("\n", styled("code", line)),
      ),
    );
  }
  if (way !== undefined) entries.push(plain(way));
  const text = entries.reduce((whole, entry) => concat(whole, "\n\n", entry));
  const open = all.filter(({ session }) => !session.exit);
  return {
    text,
    buttons: open.map(({ session }) => [{ text: `🖥 ${session.name}`, data: `term-screen:${session.id}` }]),
  };
}

function stateWords({ session }: KnownSession, now: number): string {
  if (session.exit) return endWords(session.exit);
  if (session.isWorking) return "▶ working";
  return `idle for ${duration(now - Math.max(session.lastOutput, session.lastInput))}`;
}
