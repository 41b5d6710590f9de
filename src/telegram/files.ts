import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { ProjectPaths } from "../project.ts";
import type { BotClient } from "./client.ts";
import { ApiError, faultOf } from "./errors.ts";
import type { FileInfo } from "./types.ts";

/** The Bot API hands out files up to 20 MiB. */
const MOST_BYTES = 20 * 1024 * 1024;

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
): Promise<string> {
  const name = safeName(file.file_name);
  const tooBig = new Error(`${name || "the file"} is larger than 20 MB, more than Telegram hands to a bot.`);
  if ((file.file_size ?? 0) > MOST_BYTES) throw tooBig;
  try {
    const { file_path: remote } = await client.call("getFile", { file_id: file.file_id });
    if (remote === undefined) throw new Error("Telegram does not say where the file is.");
    const bytes = await client.download(remote);
    await mkdir(paths.uploads, { recursive: true, mode: 0o700 });
    // The message id keeps two files of one name apart; nothing of the remote path is trusted but its ending.
    const path = join(
      paths.uploads,
      `${messageId}-${name || `file${safeName(/\.\w{1,8}$/.exec(remote)?.[0])}`}`,
    );
    await writeFile(path, bytes, { mode: 0o600 });
    return relative(paths.folder, path);
  } catch (error) {
    if (error instanceof ApiError && faultOf(error) === "too-big") throw tooBig;
    throw error;
  }
}

/** A name without anything that could lead out of a folder, hide the file, or trouble a shell. */
export function safeName(name = ""): string {
  const base = name.split(/[/\\]/).at(-1) ?? "";
  const clean = base
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}._ -]+/gu, "_")
    .replace(/^[.\s-]+/, "")
    .trim();
  if (clean.length <= 100) return clean;
  const ending = /\.\w{1,8}$/.exec(clean)?.[0] ?? "";
  return clean.slice(0, 100 - ending.length).replace(/[\uD800-\uDBFF]$/, "") + ending;
}
