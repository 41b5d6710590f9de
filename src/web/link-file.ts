import { randomBytes } from "node:crypto";
import { lstatSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFilePrivately } from "../env-file.ts";
import { lockHolder, type ProjectPaths } from "../project.ts";
import { makeLink } from "./links.ts";

/** What a running bridge leaves for `nanogent open`: where its page is, and the key for links to it. */
interface LinkFile {
  readonly pid: number;
  readonly port: number;
  readonly key: string;
  /** Of the page for phones, while it has one. */
  readonly url?: string;
}

function pathOf({ state }: ProjectPaths): string {
  return join(state, "web.json");
}

/** A key for the links of one life of the bridge. */
export function newLinkKey(): Buffer {
  return randomBytes(32);
}

/** @throws the file system's error. */
export function writeLinkFile(
  paths: ProjectPaths,
  { port, key, url }: { readonly port: number; readonly key: Buffer; readonly url: URL | undefined },
): void {
  const address = url ? { url: url.href } : {};
  const content: LinkFile = { pid: process.pid, port, key: key.toString("base64url"), ...address };
  // What lies there may be a link to elsewhere, which would be followed.
  rmSync(pathOf(paths), { force: true });
  writeFilePrivately(pathOf(paths), JSON.stringify(content));
}

/** Whether what lies there is this process's own. */
export function hasLinkFile(paths: ProjectPaths): boolean {
  return readLinkFile(paths)?.pid === process.pid;
}

export function removeLinkFile(paths: ProjectPaths): void {
  if (hasLinkFile(paths)) rmSync(pathOf(paths), { force: true });
}

/** Where the page of the bridge that runs here is. */
export interface PageAddress {
  readonly port: number;
  /** For phones. */
  readonly url: URL | undefined;
}

export function pageAddress(paths: ProjectPaths): PageAddress | NoLink {
  const file = currentFile(paths);
  if (typeof file === "string") return file;
  const { port, url } = file;
  return { port, url: url !== undefined && URL.canParse(url) ? new URL(url) : undefined };
}

/** Why there is no link. */
export type NoLink = "not-running" | "no-page";

/**
 * A one-time address of the page of the bridge that runs here.
 * @param session opens this terminal at once.
 */
export function localLink(paths: ProjectPaths, session: string | undefined, now: number): URL | NoLink {
  const file = currentFile(paths);
  if (typeof file === "string") return file;
  const words = new URLSearchParams({ link: makeLink(Buffer.from(file.key, "base64url"), now) });
  if (session !== undefined) words.set("session", session);
  // Behind the #, which no browser sends to anybody.
  return new URL(`http://127.0.0.1:${file.port}/#${words}`);
}

function currentFile(paths: ProjectPaths): LinkFile | NoLink {
  const holder = lockHolder(paths);
  if (!holder) return "not-running";
  const file = readLinkFile(paths);
  // One that a killed bridge has left names a port that may be another program's by now.
  return file?.pid === holder.pid ? file : "no-page";
}

function readLinkFile(paths: ProjectPaths): LinkFile | undefined {
  try {
    if (!lstatSync(pathOf(paths)).isFile()) return undefined;
    const { pid, port, key, url } = JSON.parse(readFileSync(pathOf(paths), "utf8")) as Record<
      string,
      unknown
    >;
    const isWhole = typeof pid === "number" && typeof port === "number" && typeof key === "string";
    if (!isWhole) return undefined;
    return { pid, port, key, ...(typeof url === "string" ? { url } : {}) };
  } catch {
    return undefined;
  }
}
