import { readFileSync } from "node:fs";
import { writeFilePrivately } from "../env-file.ts";
import type { Log } from "../log.ts";
import { SESSION_ID, SESSION_NAME } from "../session-name.ts";
import { readWhere } from "./backends.ts";
import { type ClaudeRecord, isClaudeRecord } from "./claude/record.ts";
import type { PtyExit } from "./pty.ts";
import { isSessionWatch, type SessionWatch } from "./session-watch.ts";

/** Where a session is talked about: a chat, or a topic of it that may have been made for it. */
export interface SessionPlace {
  readonly chatId: number;
  readonly threadId?: number;
  readonly ownTopic?: true;
}

/** A message that opens a session on the page, and where its button leads to at the moment; no link: no button. */
export interface SessionCard {
  readonly chatId: number;
  readonly threadId?: number;
  readonly messageId: number;
  readonly link?: string;
}

/** What the next life of the bridge has to know of a session. */
export interface SessionRecord {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  /** As it was asked for: `host`, `ssh:web`. */
  readonly where: string;
  readonly createdAt: number;
  /** Of all its processes. */
  readonly mark: string;
  /** It goes on in tmux when the bridge ends. */
  readonly persists: boolean;
  readonly place?: SessionPlace;
  /** The last one of each chat. */
  readonly cards?: readonly SessionCard[];
  /** Only where it runs Claude Code with hooks. */
  readonly claude?: ClaudeRecord;
  readonly watches?: readonly SessionWatch[];
  /** The command line for the shell there, to open the same again; undefined: the shell itself. */
  readonly command?: string;
  /** There is a secret in its command, which is not kept for that. */
  readonly isSecret?: true;
  /** How it ended, as long as that has not been told. */
  readonly exit?: PtyExit;
}

/** What it takes to open once more what has ended. */
export interface EndedRecord
  extends Pick<SessionRecord, "id" | "name" | "where" | "place" | "command" | "isSecret"> {
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
  /** The one that was opened in its place. */
  readonly successor?: string;
}

export interface TerminalState {
  /** The number of the last session; none is given twice. */
  readonly last: number;
  /** Those that were open when it was written, or whose end was still to be told. */
  readonly sessions: readonly SessionRecord[];
  readonly ended: readonly EndedRecord[];
}

/** Without a file there was none yet. What cannot be read is logged, and left out. */
export function readTerminalState(path: string, log: Log): TerminalState {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") log.warn("terminals not read", { path });
    return { last: 0, sessions: [], ended: [] };
  }
  const { last, sessions, ended } = (read ?? {}) as { last?: unknown; sessions?: unknown; ended?: unknown };
  const all: readonly unknown[] = Array.isArray(sessions) ? sessions : [];
  const known = all.filter(isRecord).map(withReadableRest);
  const over = (Array.isArray(ended) ? ended : []).filter(isEndedRecord);
  if (known.length < all.length) log.warn("terminals left out", { count: all.length - known.length });
  const numbers = known.map(({ id }) => Number(id.slice("term-".length)));
  return {
    last: Math.max(0, Number.isSafeInteger(last) ? Number(last) : 0, ...numbers),
    sessions: known,
    ended: over,
  };
}

/** @throws the file system's error; then the old state stays. */
export function writeTerminalState(path: string, state: TerminalState): void {
  writeFilePrivately(path, `${JSON.stringify(state, null, 2)}\n`);
}

function isRecord(value: unknown): value is SessionRecord {
  const record = (value ?? {}) as Partial<Record<keyof SessionRecord, unknown>>;
  const { label, createdAt, mark, persists } = record;
  return (
    isOpenable(record) &&
    [label, mark].every((each) => typeof each === "string") &&
    /^[\w.-]{1,100}$/.test(String(mark)) &&
    Number.isFinite(createdAt) &&
    typeof persists === "boolean"
  );
}

function isOpenable({
  id,
  name,
  where,
  place,
  command,
  isSecret,
}: Readonly<Record<string, unknown>>): boolean {
  return (
    [id, name, where].every((each) => typeof each === "string") &&
    SESSION_ID.test(String(id)) &&
    SESSION_NAME.test(String(name)) &&
    readWhere(String(where)) !== undefined &&
    (place === undefined || isPlace(place)) &&
    (command === undefined || typeof command === "string") &&
    (isSecret === undefined || isSecret === true)
  );
}

function isEndedRecord(value: unknown): value is EndedRecord {
  const record = (value ?? {}) as Record<string, unknown>;
  const { endedAt, successor } = record;
  return (
    isOpenable(record) &&
    Number.isFinite(endedAt) &&
    (successor === undefined || SESSION_ID.test(String(successor)))
  );
}

function isExit(value: unknown): boolean {
  const { code, signal, reason, lost } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof value === "object" &&
    value !== null &&
    (code === undefined || Number.isSafeInteger(code)) &&
    [signal, reason].every((each) => each === undefined || typeof each === "string") &&
    (lost === undefined || lost === true)
  );
}

/** What a session does not need to be found again is worth less than the session. */
function withReadableRest({ cards, claude, watches, exit, ...record }: SessionRecord): SessionRecord {
  const shown = readable(cards, isCard);
  const waited = readable(watches, isSessionWatch);
  return {
    ...record,
    ...(shown.length > 0 ? { cards: shown } : {}),
    ...(isClaudeRecord(claude) ? { claude } : {}),
    ...(waited.length > 0 ? { watches: waited } : {}),
    ...(isExit(exit) ? { exit } : {}),
  };
}

function readable<T>(list: readonly T[] | undefined, fits: (each: unknown) => boolean): readonly T[] {
  return Array.isArray(list) ? list.filter(fits) : [];
}

function isPlace(value: unknown): boolean {
  const { chatId, threadId, ownTopic } = (value ?? {}) as Record<string, unknown>;
  return (
    Number.isSafeInteger(chatId) &&
    (threadId === undefined || Number.isSafeInteger(threadId)) &&
    (ownTopic === undefined || ownTopic === true)
  );
}

function isCard(value: unknown): boolean {
  const { chatId, threadId, messageId, link } = (value ?? {}) as Record<string, unknown>;
  return (
    [chatId, messageId].every(Number.isSafeInteger) &&
    (threadId === undefined || Number.isSafeInteger(threadId)) &&
    (link === undefined || typeof link === "string")
  );
}
