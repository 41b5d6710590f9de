import { readFileSync } from "node:fs";
import { writeFilePrivately } from "../env-file.ts";
import type { Log } from "../log.ts";
import { SESSION_NAME } from "../session-name.ts";
import { readWhere } from "./backends.ts";
import { type ClaudeRecord, isClaudeRecord } from "./claude/record.ts";

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
  /** The command line; missing where it is the shell itself. */
  readonly command?: string;
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
}

export interface TerminalState {
  /** The number of the last session; none is given twice. */
  readonly last: number;
  /** Those that were open when it was written. */
  readonly sessions: readonly SessionRecord[];
}

/** Without a file there was none yet. What cannot be read is logged, and left out. */
export function readTerminalState(path: string, log: Log): TerminalState {
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") log.warn("terminals not read", { path });
    return { last: 0, sessions: [] };
  }
  const { last, sessions } = (read ?? {}) as { last?: unknown; sessions?: unknown };
  const all: readonly unknown[] = Array.isArray(sessions) ? sessions : [];
  const known = all.filter(isRecord);
  if (known.length < all.length) log.warn("terminals left out", { count: all.length - known.length });
  const numbers = known.map(({ id }) => Number(id.slice("term-".length)));
  return { last: Math.max(0, Number.isSafeInteger(last) ? Number(last) : 0, ...numbers), sessions: known };
}

/** @throws the file system's error; then the old state stays. */
export function writeTerminalState(path: string, state: TerminalState): void {
  writeFilePrivately(path, `${JSON.stringify(state, null, 2)}\n`);
}

export const SESSION_ID = /^term-[1-9]\d{0,8}$/;

function isRecord(value: unknown): value is SessionRecord {
  const record = (value ?? {}) as Partial<Record<keyof SessionRecord, unknown>>;
  const { id, name, label, where, command, createdAt, mark, persists, place, cards, claude } = record;
  return (
    [id, name, label, where, mark].every((each) => typeof each === "string") &&
    SESSION_ID.test(String(id)) &&
    SESSION_NAME.test(String(name)) &&
    /^[\w.-]{1,100}$/.test(String(mark)) &&
    readWhere(String(where)) !== undefined &&
    (command === undefined || typeof command === "string") &&
    Number.isFinite(createdAt) &&
    typeof persists === "boolean" &&
    (place === undefined || isPlace(place)) &&
    (cards === undefined || (Array.isArray(cards) && cards.every(isCard))) &&
    (claude === undefined || isClaudeRecord(claude))
  );
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
