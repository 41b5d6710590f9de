import { randomUUID } from "node:crypto";
import { realpath } from "node:fs/promises";
import { asList, asNumber, asObject, asText, type JsonObject } from "../json.ts";
import type { Session, Sessions, TranscriptEntry } from "../sessions.ts";
import { type AppServer, RpcError } from "./app-server.ts";
import { briefly } from "./briefly.ts";
import type { CodexOptions } from "./codex.ts";
import { toolLine } from "./tools.ts";

type Call = AppServer["call"];

const ANSWER_MS = 20_000;
const PAGE = 100;
/** A list without an end must not go on for ever. */
const MOST_PAGES = 50;
const MOST_FOUND = 6;
/** Turns that come with all that was done in them, at a time. */
const WHOLE_TURNS = 20;
/** Those that are counted. */
const COUNTED_TURNS = 200;
/** All that a person began, wherever; left to itself Codex leaves out what its `exec` began. */
const SOURCES = ["cli", "vscode", "exec", "appServer", "unknown"];
/** It becomes a word of a command line. */
const SAFE_ID = /^\w[\w-]{0,99}$/;

/** Codex's threads, asked of an app-server of their own (`thread/list` and its like); no model is called. */
export function codexThreads(options: CodexOptions): Sessions {
  const asking = async <T>(cwd: string, ask: (call: Call) => Promise<T>): Promise<T> => {
    try {
      return await briefly({ ...options, cwd, jobId: `threads-${randomUUID()}` }, ANSWER_MS, ask);
    } catch (error) {
      options.log.warn("codex not asked about its threads", { error });
      throw new Error(`Codex did not answer: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return {
    list: (cwd, from, count) =>
      asking(cwd, async (call) => {
        const shown = (await threads(call, cwd, from + count)).slice(from);
        const sessions: Session[] = [];
        for (const session of shown) sessions.push({ ...session, ...(await turnsOf(call, session.id)) });
        return sessions;
      }),
    find: (cwd, beginning) => asking(cwd, (call) => threads(call, cwd, MOST_FOUND, beginning)),
    async rename(cwd, threadId, name) {
      await asking(cwd, (call) => call("thread/name/set", { threadId, name }));
    },
    async transcript(cwd, id, onEntry) {
      await asking(cwd, async (call) => {
        const [only] = await threads(call, cwd, 1, id);
        if (only?.id !== id) throw new Error("there is no such session any more");
        await eachTurn(call, id, (turn) => {
          for (const item of asList(turn.items)) {
            for (const entry of entriesOf(asObject(item), cwd)) onEntry(entry);
          }
        });
      });
    },
  };
}

/** The threads of a folder, the latest first: so many of those whose ids begin like this. */
async function threads(call: Call, cwd: string, most: number, beginning = ""): Promise<readonly Session[]> {
  const found: Session[] = [];
  // As it was given, or with its links resolved.
  const folders = [...new Set([cwd, await realpath(cwd)])];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES && found.length < most; page += 1) {
    const { data, nextCursor } = await call("thread/list", {
      // Of every model's provider.
      ...{ cwd: folders, sortKey: "recency_at", limit: PAGE, sourceKinds: SOURCES, modelProviders: [] },
      ...(cursor === undefined ? {} : { cursor }),
    });
    const sessions = asList(data).flatMap((thread) => readThread(asObject(thread), folders));
    found.push(...sessions.filter(({ id }) => id.startsWith(beginning)));
    cursor = asText(nextCursor);
    if (cursor === undefined) break;
  }
  return found.slice(0, most);
}

function readThread(thread: JsonObject, folders: readonly string[]): readonly Session[] {
  const id = asText(thread.id) ?? "";
  const firstWords = (asText(thread.preview) ?? "").replace(/\s+/g, " ").trim();
  const name = asText(thread.name)?.trim();
  const seconds = asNumber(thread.recencyAt) ?? asNumber(thread.updatedAt) ?? 0;
  // A version that does not know a filter heeds none.
  if (!folders.includes(asText(thread.cwd) ?? "")) return [];
  if (!SAFE_ID.test(id) || firstWords === "") return [];
  if (thread.ephemeral === true || asText(thread.parentThreadId) !== undefined) return [];
  return [{ id, firstWords, lastUsed: seconds * 1000, ...(name && { name }) }];
}

async function turnsOf(call: Call, threadId: string): Promise<Pick<Session, "turns">> {
  try {
    const params = { threadId, limit: COUNTED_TURNS, itemsView: "notLoaded" };
    const { data, nextCursor } = await call("thread/turns/list", params);
    return { turns: { count: asList(data).length, atLeast: asText(nextCursor) !== undefined } };
  } catch (error) {
    if (error instanceof RpcError) return {};
    throw error;
  }
}

async function eachTurn(call: Call, threadId: string, onTurn: (turn: JsonObject) => void): Promise<void> {
  let cursor: string | undefined;
  do {
    const { data, nextCursor } = await call("thread/turns/list", {
      ...{ threadId, limit: WHOLE_TURNS, itemsView: "full", sortDirection: "asc" },
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const turn of asList(data)) onTurn(asObject(turn));
    const next = asText(nextCursor);
    cursor = next === cursor ? undefined : next;
  } while (cursor !== undefined);
}

function entriesOf(item: JsonObject, cwd: string): readonly TranscriptEntry[] {
  if (item.type === "userMessage") {
    const parts = asList(item.content).map(asObject);
    const text = parts.map((part) => asText(part.text) ?? `(${asText(part.type) ?? "something else"})`);
    return [{ kind: "prompt", text: text.join("\n") }];
  }
  if (item.type === "agentMessage" || item.type === "plan") {
    return [{ kind: "answer", text: asText(item.text) ?? "" }];
  }
  const tool = toolLine(item, cwd);
  return tool ? [{ kind: "tool", ...tool }] : [];
}
