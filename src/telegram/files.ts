import { lstat, mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { type Backoff, createBackoff } from "../backoff.ts";
import { type Clock, sleep, systemClock } from "../clock.ts";
import type { ProjectPaths } from "../project.ts";
import type { BotClient } from "./client.ts";
import { ApiError, faultOf, NetworkError } from "./errors.ts";
import type { FileInfo } from "./types.ts";

/** The Bot API hands out files up to 20 MiB. */
const MOST_BYTES = 20 * 1024 * 1024;
/** Whoever has sent it is told by then that it does not work. */
const PATIENCE_MS = 30_000;
const MOST_REPEATS = 5;
/** As the server may tell it. After a longer one the file is better sent again. */
const LONGEST_PAUSE_S = 300;
/** A file system allows 255; what is put before a name needs some. */
const LONGEST_NAME_BYTES = 200;
const ENDING = /\.\w{1,8}$/;

/**
 * Loads a file that came with a message into the project's uploads.
 * @returns its path relative to the project.
 * @throws Error whose message is fit for the chat.
 */
export async function saveIncomingFile(
  client: BotClient,
  paths: ProjectPaths,
  file: FileInfo,
  messageId: number,
  clock: Clock = systemClock,
): Promise<string> {
  const name = safeName(file.file_name);
  const shown = name || "The file";
  const tooBig = new Error(`${shown} is larger than 20 MB, more than Telegram hands to a bot.`);
  if ((file.file_size ?? 0) > MOST_BYTES) throw tooBig;
  const { remote, bytes } = await patiently(() => download(client, file), clock).catch((error) => {
    if (error instanceof ApiError && faultOf(error) === "too-big") throw tooBig;
    throw new Error(`${shown} cannot be loaded from Telegram (${error.message}). Send it again.`);
  });
  // Nothing of the remote path is trusted but its ending.
  const path = await store(bytes, paths, messageId, name || `file${safeEnding(remote)}`);
  return relative(paths.folder, path);
}

/** Loads again what a moment's trouble has prevented: that costs nothing. @throws the last error. */
async function patiently<T>(load: () => Promise<T>, clock: Clock): Promise<T> {
  const backoff = createBackoff();
  const start = clock.monotonic();
  for (;;) {
    try {
      return await load();
    } catch (error) {
      const pause = pauseAfter(error, backoff);
      // Once more in any case: a connection that hangs has used up the patience by itself.
      const isTold = error instanceof ApiError && error.retryAfter !== undefined;
      const isLate = !isTold && backoff.failures > 1 && clock.monotonic() - start > PATIENCE_MS;
      if (pause === undefined || isLate || backoff.failures > MOST_REPEATS) throw error;
      await sleep(clock, pause);
    }
  }
}

/** Milliseconds until it may go better; undefined when it will not. */
function pauseAfter(error: unknown, backoff: Backoff): number | undefined {
  const own = backoff.next();
  if (error instanceof NetworkError) return own;
  if (!(error instanceof ApiError)) return undefined;
  if (error.retryAfter !== undefined) {
    return error.retryAfter > LONGEST_PAUSE_S ? undefined : error.retryAfter * 1000;
  }
  return ["flood", "server"].includes(faultOf(error)) ? own : undefined;
}

async function download(client: BotClient, file: FileInfo): Promise<{ remote: string; bytes: Buffer }> {
  const { file_path: remote } = await client.call("getFile", { file_id: file.file_id });
  if (remote === undefined) throw new Error("it does not say where the file is");
  return { remote, bytes: await client.download(remote) };
}

/** A name without anything that could lead out of a folder, hide the file, or trouble a shell. May be empty. */
export function safeName(name = ""): string {
  const base = name.split(/[/\\]/).at(-1) ?? "";
  const clean = base
    .normalize("NFC")
    .replace(/[^\p{L}\p{M}\p{N}._ -]+/gu, "_")
    .replace(/^[.\s-]+/, "")
    .trim();
  return shorten(clean);
}

function shorten(name: string): string {
  if (Buffer.byteLength(name) <= LONGEST_NAME_BYTES) return name;
  const ending = ENDING.exec(name)?.[0] ?? "";
  let stem = [...name.slice(0, name.length - ending.length)].slice(0, LONGEST_NAME_BYTES);
  while (Buffer.byteLength(stem.join("")) + ending.length > LONGEST_NAME_BYTES) stem = stem.slice(0, -1);
  return stem.join("") + ending;
}

function safeEnding(path: string): string {
  return ENDING.exec(path)?.[0] ?? "";
}

/** Writes a file of its own under the name or one like it: nothing that is there is overwritten or followed. */
async function store(bytes: Buffer, paths: ProjectPaths, messageId: number, name: string): Promise<string> {
  await mkdir(paths.uploads, { recursive: true, mode: 0o700 });
  if ((await lstat(paths.uploads)).isSymbolicLink()) {
    throw new Error(
      "The folder for uploads is a link to somewhere else. Remove it, then send the file again.",
    );
  }
  for (let copy = 1; ; copy++) {
    // Message ids keep names apart, but for those of different chats.
    const path = join(paths.uploads, `${messageId}-${copy > 1 ? `${copy}-` : ""}${name}`);
    try {
      await writeFile(path, bytes, { mode: 0o600, flag: "wx" });
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}
