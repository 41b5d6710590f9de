import { lstatSync } from "node:fs";
import { basename, dirname } from "node:path";
import { lockHolder, projectPaths } from "../project.ts";
import { BridgeClient, BridgeError, START } from "./bridge-client.ts";
import { type BridgeEntry, runningBridges } from "./bridges.ts";
import { controlSocketPath } from "./socket-path.ts";

/** A bridge that runs, and the way to speak to it. */
export interface FoundBridge {
  /** The project's, absolute. */
  readonly folder: string;
  readonly name: string;
  readonly pid: number;
  readonly client: BridgeClient;
}

/** All bridges of this user on this machine, by their folders. */
export function allBridges(env: NodeJS.ProcessEnv): readonly FoundBridge[] {
  return runningBridges(env)
    .toSorted((one, other) =>
      one.folder < other.folder ? -1 : one.folder > other.folder ? 1 : inOrder(one, other),
    )
    .map(found);
}

/**
 * The bridge of a folder, or of the nearest one above it that has one.
 * @throws BridgeError (`no-bridge`) when there is none.
 */
export function bridgeOf(folder: string, env: NodeJS.ProcessEnv): FoundBridge {
  const running = runningBridges(env).toSorted(inOrder);
  for (let here = folder; ; here = dirname(here)) {
    const entry = running.find((each) => each.folder === here) ?? unregistered(here, env);
    if (entry) return found(entry);
    if (dirname(here) === here) throw new BridgeError("no-bridge", "No bridge runs in this folder.", START);
  }
}

/** The bridge that answers the bot comes before the chat in a terminal. */
function inOrder(one: BridgeEntry, other: BridgeEntry): number {
  return one.name.length - other.name.length;
}

/** One that could not say where it is, or said so where nobody looks now: the folders of a user come and go with logins. */
function unregistered(folder: string, env: NodeJS.ProcessEnv): Omit<BridgeEntry, "startTime"> | undefined {
  const paths = projectPaths(folder);
  const socket = controlSocketPath(paths.state, env);
  if (!isOwnSocket(socket)) return undefined;
  const holder = lockHolder(paths);
  return holder && { folder, pid: holder.pid, socket, name: basename(folder) };
}

/** Somebody else's, in a folder where everybody may write, would hear what is meant for ours. */
function isOwnSocket(path: string): boolean {
  try {
    const stat = lstatSync(path);
    return stat.isSocket() && stat.uid === process.getuid?.();
  } catch {
    return false;
  }
}

function found({ folder, name, pid, socket }: Omit<BridgeEntry, "startTime">): FoundBridge {
  return { folder, name, pid, client: new BridgeClient(socket) };
}
