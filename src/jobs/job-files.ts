import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Agent } from "../agents/agent.ts";
import type { Messenger, OutgoingFile, Place } from "../chat/messenger.ts";
import {
  captionOf,
  filesInOutbox,
  makeOutbox,
  noteTold,
  OUTBOX_VARIABLE,
  removeEmptyOutbox,
  removeOutbox,
  takeOut,
  toldOf,
} from "../files/outbox-folder.ts";
import { type FileRules, openInOutbox, RefusedFileError } from "../files/outgoing-file.ts";
import { PICTURE, readOutgoing } from "../files/read-outgoing.ts";
import type { Log } from "../log.ts";
import type { ProjectPaths } from "../project.ts";
import type { Store } from "../store.ts";
import { clean } from "../text/clean.ts";
import { plain } from "../text/entities.ts";
import type { Job } from "./job.ts";

export interface JobFilesOptions {
  readonly paths: ProjectPaths;
  readonly messenger: Messenger;
  readonly log: Log;
  readonly store: Store;
  /** Whether a turn is being worked on that puts files into the outbox of that name. */
  readonly isFilling?: (id: string) => boolean;
  readonly fileRules: () => FileRules;
}

/** An agent that writes ten thousand files must not fill the chat. */
const MOST_FILES = 30;
const KEPT_MS = 7 * 24 * 60 * 60 * 1000;

function folderOf(id: string, { outbox }: ProjectPaths): string {
  return join(outbox, id);
}

/** The agent, with a folder for this job in the environment of its processes: what is put there is sent to the chat. */
export function withOutbox(agent: Agent, id: string, { paths, log }: JobFilesOptions): Agent {
  const folder = folderOf(id, paths);
  try {
    makeOutbox(folder);
  } catch (error) {
    // Most jobs send nothing: one that cannot is run all the same.
    log.warn("outbox not made", { job: id, error });
    return agent;
  }
  return {
    ...agent,
    run: (turn, onEvent) => agent.run({ ...turn, env: { ...turn.env, [OUTBOX_VARIABLE]: folder } }, onEvent),
  };
}

/**
 * Sends what a job has put into its outbox, and removes it from there: after a crash the rest is sent. What cannot be sent
 * is named in the chat, once, and stays for a week. Never rejects.
 * @param silent Without a sound on the phone.
 * @returns false when the chat takes nothing, so that it is to be tried again.
 */
export async function sendJobFiles(
  { id, place }: Pick<Job, "id" | "place">,
  options: JobFilesOptions,
  silent = false,
): Promise<boolean> {
  // A process that had waited for the prompt puts files where it was told to at its start.
  const mark = options.store.job(id)?.process?.mark;
  for (const each of mark === undefined ? [id] : [id, mark])
    if (!(await sendFilesOf(each, place, options, silent))) return false;
  return true;
}

/** By folder, what is being sent from it: one after the other, so that nothing is sent twice. */
const sending = new Map<string, Promise<boolean>>();

async function sendFilesOf(
  id: string,
  place: Place,
  options: JobFilesOptions,
  silent: boolean,
): Promise<boolean> {
  const folder = folderOf(id, options.paths);
  const before = sending.get(folder) ?? Promise.resolve(true);
  const sent = before.then(() => sendAll(id, place, options, silent));
  sending.set(folder, sent);
  const isThere = await sent;
  if (sending.get(folder) === sent) sending.delete(folder);
  return isThere;
}

async function sendAll(
  id: string,
  place: Place,
  options: JobFilesOptions,
  silent: boolean,
): Promise<boolean> {
  const { paths, messenger, log, store } = options;
  // They may be half written: whoever fills it sends them at the end.
  if (options.isFilling?.(id)) return true;
  const folder = folderOf(id, paths);
  try {
    const faults: string[] = [];
    const told = await toldOf(folder);
    const names = (await filesInOutbox(folder)).filter((name) => !told.has(name));
    const unsent = new Set(names);
    const some = names.slice(0, MOST_FILES);
    const inAlbums = await sendAlbums(folder, some, place, options, silent);
    for (const name of some.filter((each) => !inAlbums.has(each))) {
      const fault = await sendOne(folder, name, place, options, silent);
      if (fault !== undefined && messenger.isClosed(place.chatId)) return false;
      if (fault === undefined) unsent.delete(name);
      else faults.push(fault);
    }
    for (const name of inAlbums) unsent.delete(name);
    if (names.length > MOST_FILES) faults.push(`${names.length - MOST_FILES} more files: too many at once.`);
    if (faults.length > 0) {
      const where = `They stay for a week in ${folder}.`;
      const text = plain(
        [`⚠️ Not sent:`, ...faults.map((fault) => `• ${clean(fault).replaceAll("\n", " ")}`), where].join(
          "\n",
        ),
      );
      const sent = await messenger.send(place, { text }, { important: true });
      if (sent) await noteTold(folder, [...told, ...unsent]);
    }
  } catch (error) {
    log.error("files of a job not sent", { job: id, error });
  }
  if (!store.staying.has(id)) removeEmptyOutbox(folder);
  return true;
}

/** Telegram takes no more in one album. */
const MOST_IN_ALBUM = 10;
/** All of an album is in memory at once. */
const LARGEST_ALBUM = 30_000_000;

/** Sends pictures together when there are several. @returns the names of those that are in the chat. */
async function sendAlbums(
  folder: string,
  names: readonly string[],
  place: Place,
  options: JobFilesOptions,
  silent: boolean,
): Promise<ReadonlySet<string>> {
  const { messenger } = options;
  const sent = new Set<string>();
  const pictures = names.filter((name) => PICTURE.test(name));
  if (!messenger.sendAlbum || pictures.length < 2) return sent;
  for (let at = 0; at < pictures.length; at += MOST_IN_ALBUM) {
    const album: OutgoingFile[] = [];
    for (const name of pictures.slice(at, at + MOST_IN_ALBUM)) {
      // What is refused is told when it is tried alone.
      const picture = await load(folder, name, options).catch(() => undefined);
      const bytes = album.reduce((sum, each) => sum + each.bytes.length, picture?.bytes.length ?? 0);
      if (picture?.picture && bytes <= LARGEST_ALBUM) album.push(picture);
    }
    if (album.length < 2 || !(await messenger.sendAlbum(place, album, { important: true, silent }))) continue;
    for (const { name } of album) {
      await takeOut(folder, name);
      sent.add(name);
    }
  }
  return sent;
}

async function load(folder: string, name: string, { fileRules }: JobFilesOptions): Promise<OutgoingFile> {
  const rules = fileRules();
  const content = await readOutgoing(await openInOutbox(folder, name, rules), rules.secrets);
  return { ...content, caption: await captionOf(folder, name) };
}

/** @returns why it was not sent. */
async function sendOne(
  folder: string,
  name: string,
  place: Place,
  options: JobFilesOptions,
  silent: boolean,
): Promise<string | undefined> {
  try {
    const file = await load(folder, name, options);
    const sent = await options.messenger.sendFile(place, file, { important: true, silent });
    if (!sent) return `${name}: Telegram did not take it.`;
    await takeOut(folder, name);
    return undefined;
  } catch (error) {
    if (!(error instanceof RefusedFileError)) throw error;
    return error.message;
  }
}

/** Removes what jobs that are over have left behind a week ago. */
export function sweepOutboxes({ outbox }: ProjectPaths, isOpen: (id: string) => boolean): void {
  if (!lstatSync(outbox, { throwIfNoEntry: false })?.isDirectory()) return;
  for (const id of readdirSync(outbox)) {
    if (!/^[\w-]{1,64}$/.test(id) || isOpen(id)) continue;
    const folder = join(outbox, id);
    const age = Date.now() - (lstatSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > KEPT_MS) removeOutbox(folder);
    else removeEmptyOutbox(folder);
  }
}
