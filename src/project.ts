import { chmodSync, lstatSync, mkdirSync, type Stats } from "node:fs";
import { join } from "node:path";
import { holderOf, type Lock, type LockHolder, takeLock } from "./lock.ts";

/** Where nanogent keeps what it must remember of one project. */
export interface ProjectPaths {
  /** The project's own folder, in which agents work. */
  readonly folder: string;
  readonly env: string;
  readonly state: string;
  readonly journal: string;
  readonly lock: string;
  /** The values of secrets that were given in the chat; of all corners, since agents work in one folder. */
  readonly secrets: string;
  /** Other machines that were added in the chat, the keys for them (encrypted), and the host keys that were confirmed. */
  readonly sshHosts: string;
  readonly sshKeys: string;
  readonly knownHosts: string;
  /** The terminals that are open, and a folder for each that goes on without the bridge. */
  readonly terminals: string;
  /** The chats whose menu button leads to the page. */
  readonly menuButtons: string;
  readonly kept: string;
  readonly uploads: string;
  /** Files that jobs want to be sent, in a folder for each. */
  readonly outbox: string;
  /** Answers that are too long to be kept in memory. */
  readonly spool: string;
  readonly logs: string;
  /** The log that is written to; older ones lie beside it. */
  readonly log: string;
}

/** @param part A corner of its own in `.nanogent/`, such as for the local chat, which runs beside the bridge. */
export function projectPaths(folder: string, part = ""): ProjectPaths {
  const state = join(folder, ".nanogent", part);
  const logs = join(state, "logs");
  return {
    folder,
    env: join(folder, ".env"),
    state,
    journal: join(state, "journal.jsonl"),
    lock: join(state, "lock.json"),
    secrets: join(folder, ".nanogent", "secrets.json"),
    sshHosts: join(folder, ".nanogent", "ssh-hosts.json"),
    sshKeys: join(folder, ".nanogent", "ssh-keys.json"),
    knownHosts: join(folder, ".nanogent", "known_hosts"),
    terminals: join(state, "terminals.json"),
    menuButtons: join(state, "menu-buttons.json"),
    kept: join(state, "kept"),
    uploads: join(folder, ".nanogent", "uploads"),
    outbox: join(state, "outbox"),
    spool: join(state, "spool"),
    logs,
    log: join(logs, "nanogent.log"),
  };
}

/** The state is not as nanogent makes it: what it points at may belong to something else. Fit for the console. */
export class UnsafeStateError extends Error {
  override name = "UnsafeStateError";

  constructor(path: string, fault: string) {
    super(`${path} ${fault}. nanogent did not make it like this: move it away, then start again.`);
  }
}

/**
 * Makes the folder for the state, readable by its owner only whatever the umask is.
 * @throws UnsafeStateError before anything is changed, when links, other kinds of file or folders of another user lie
 * there, such as from a repository that carries them.
 */
export function prepareState(paths: ProjectPaths): void {
  refuseUnsafeState(paths);
  for (const path of foldersOf(paths)) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
  }
}

/** @throws UnsafeStateError when the state is not as nanogent makes it. Changes nothing. */
export function refuseUnsafeState(paths: ProjectPaths): void {
  for (const path of [...foldersOf(paths), paths.kept]) refuseUnlessOwn(path, "folder");
  refuseUnlessOwn(paths.lock, "file");
  // They tell which prompts are to be run, with what environment, and which machines are to be trusted: those that a
  // repository has brought along must not.
  const { journal, secrets, terminals, menuButtons, sshHosts, sshKeys, knownHosts } = paths;
  for (const path of [journal, secrets, terminals, menuButtons, sshHosts, sshKeys, knownHosts]) {
    const mode = refuseUnlessOwn(path, "file")?.mode ?? 0;
    if ((mode & 0o077) === 0 || process.platform === "win32") continue;
    throw new UnsafeStateError(
      path,
      "is open to other users, as files of a repository are (if it is yours for sure: chmod 600)",
    );
  }
}

function foldersOf(paths: ProjectPaths): string[] {
  return [join(paths.folder, ".nanogent"), paths.state, paths.spool, paths.outbox, paths.logs];
}

function refuseUnlessOwn(path: string, kind: "folder" | "file"): Stats | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return undefined;
  if (found.isSymbolicLink()) throw new UnsafeStateError(path, "is a symbolic link");
  const fits = kind === "folder" ? found.isDirectory() : found.isFile();
  if (!fits) throw new UnsafeStateError(path, `is not a plain ${kind}`);
  // Systems without users give 0 for everybody and have no getuid.
  const user = process.getuid?.();
  if (kind === "folder" && user !== undefined && found.uid !== user) {
    throw new UnsafeStateError(path, "belongs to another user");
  }
  return found;
}

/**
 * Takes the project for this process.
 * @throws LockedError while another process holds it.
 */
export function lockProject({ lock, folder }: ProjectPaths): Lock {
  return takeLock(
    lock,
    folder,
    ({ pid }) =>
      `nanogent already runs in ${folder} (pid ${pid}). Stop that one first: kill ${pid}, or Ctrl-C where it runs.`,
  );
}

/** The live bridge of a project, if there is one. */
export function lockHolder({ lock }: ProjectPaths): LockHolder | undefined {
  return holderOf(lock);
}
