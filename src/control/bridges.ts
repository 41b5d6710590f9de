import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { asNumber, asObject, asText } from "../agents/json.ts";
import { writeFilePrivately } from "../env-file.ts";
import { startTimeOf } from "../process-identity.ts";
import type { ProjectPaths } from "../project.ts";
import { removeQuietly } from "../remove-quietly.ts";
import { isOwnFolder, runtimeFolder } from "../runtime-folder.ts";

/** A bridge of this user that runs on this machine. */
export interface BridgeEntry {
  /** The project's, absolute. */
  readonly folder: string;
  readonly pid: number;
  /** Together with the pid it names the process for good. */
  readonly startTime: string;
  /** Its control socket. */
  readonly socket: string;
  /** For people: the last word of the folder; that of the chat in a terminal has `/chat` behind it. */
  readonly name: string;
}

/** What a bridge has left so that others find it. */
export interface Registration {
  /** Leaves it again where it was removed, such as by what cleans up the folder. @throws the file system's error. */
  renew(): void;
  end(): void;
}

/**
 * Has this process be found from anywhere as the bridge of a folder.
 * @throws the file system's error, and Error when the runtime folder is somebody else's.
 */
export function registerBridge(
  { folder, state }: Pick<ProjectPaths, "folder" | "state">,
  socket: string,
  env: NodeJS.ProcessEnv,
): Registration {
  const name = join(basename(folder), relative(join(folder, ".nanogent"), state));
  const startTime = startTimeOf(process.pid) ?? "";
  const entry: BridgeEntry = { folder, pid: process.pid, startTime, socket, name };
  const path = join(bridgesFolder(env), `${hashOf(socket)}.json`);
  const renew = (): void => {
    if (existsSync(path)) return;
    if (!isOwnFolder(runtimeFolder(env)) || !isOwnFolder(bridgesFolder(env)))
      throw new Error(`${bridgesFolder(env)} belongs to another user`);
    writeFilePrivately(path, JSON.stringify(entry));
  };
  // What lies there is of a life that has ended: the project's lock keeps away others.
  rmSync(path, { force: true });
  renew();
  return {
    renew,
    end() {
      if (readEntry(path)?.pid === process.pid) removeQuietly(path);
    },
  };
}

/** All that run. What a killed one has left is removed. */
export function runningBridges(env: NodeJS.ProcessEnv): readonly BridgeEntry[] {
  const folder = bridgesFolder(env);
  if (!existsSync(folder) || !isOwnFolder(runtimeFolder(env)) || !isOwnFolder(folder)) return [];
  const paths = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return paths.flatMap((name) => {
    const path = join(folder, name);
    const entry = readEntry(path);
    if (entry && startTimeOf(entry.pid) === entry.startTime) return [entry];
    removeQuietly(path);
    return [];
  });
}

function bridgesFolder(env: NodeJS.ProcessEnv): string {
  return join(runtimeFolder(env), "bridges");
}

function hashOf(socket: string): string {
  return createHash("sha256").update(socket).digest("hex").slice(0, 16);
}

function readEntry(path: string): BridgeEntry | undefined {
  try {
    const read = asObject(JSON.parse(readFileSync(path, "utf8")));
    const [folder, startTime, socket, name] = [read.folder, read.startTime, read.socket, read.name].map(
      asText,
    );
    const pid = asNumber(read.pid);
    if (folder === undefined || startTime === undefined || socket === undefined) return undefined;
    return name === undefined || pid === undefined ? undefined : { folder, pid, startTime, socket, name };
  } catch {
    return undefined;
  }
}
