import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFilePrivately } from "../../env-file.ts";
import { removeQuietly } from "../../remove-quietly.ts";
import { quoted } from "../host/launch.ts";

/** What a hook needs to reach the bridge. */
export interface HookFile {
  /** The id of the terminal. */
  readonly session: string;
  readonly socket: string;
  /** By which the bridge knows the session. */
  readonly secret: string;
}

/** How long a hook may take, in seconds: a week. A person may answer as late as that. */
const ASKING_S = 604_800;
const TELLING_S = 10;
/** Those for which Claude Code need not wait. */
const TOLD = ["UserPromptSubmit", "Stop", "Notification"] as const;

/**
 * Writes the settings for Claude Code in one terminal: hooks, which add to the user's own, and what they need.
 * @param folder For these files of all sessions; it is made.
 * @param program This program, as words of a command line.
 * @returns the path of the settings.
 * @throws the file system's error.
 */
export function writeHookFiles(folder: string, file: HookFile, program: readonly [string, string]): string {
  secureFolder(folder);
  const { settings, hook } = pathsOf(folder, file.session);
  for (const path of [settings, hook]) rmSync(path, { force: true });
  writeFilePrivately(hook, JSON.stringify(file));
  const [node, bundle] = program;
  // Whatever becomes of nanogent meanwhile, Claude Code must not be stopped by it: code 2 would.
  const command = `test ! -e ${quoted(bundle)} || ${[node, bundle, "hook", hook].map(quoted).join(" ")} || true`;
  const told = [{ hooks: [{ type: "command", command, timeout: TELLING_S, async: true }] }];
  const hooks = {
    PermissionRequest: [{ hooks: [{ type: "command", command, timeout: ASKING_S }] }],
    // It does not wait for the others at its end.
    SessionEnd: [{ hooks: [{ type: "command", command, timeout: TELLING_S }] }],
    ...Object.fromEntries(TOLD.map((name) => [name, told])),
  };
  writeFilePrivately(settings, JSON.stringify({ hooks }, null, 2));
  return settings;
}

/** Undefined when the session has ended, or there is no such file. */
export function readHookFile(path: string): HookFile | undefined {
  try {
    const { session, socket, secret } = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
    const isWhole = [session, socket, secret].every((each) => typeof each === "string");
    return isWhole ? ({ session, socket, secret } as HookFile) : undefined;
  } catch {
    return undefined;
  }
}

export function removeHookFiles(folder: string, session: string): void {
  for (const path of Object.values(pathsOf(folder, session))) removeQuietly(path);
}

/** Removes what is there of other sessions than these: they have ended. */
export function keepHookFilesOf(folder: string, sessions: readonly string[]): void {
  const kept = new Set(sessions.flatMap((id) => Object.values(pathsOf(folder, id))));
  let names: readonly string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    // There never was one.
  }
  for (const path of names.map((name) => join(folder, name))) if (!kept.has(path)) removeQuietly(path);
}

function pathsOf(folder: string, session: string): { settings: string; hook: string } {
  return {
    settings: join(folder, `${session}.settings.json`),
    hook: join(folder, `${session}.hook.json`),
  };
}

function secureFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // A link of somebody else's would take the secret elsewhere.
  if (!lstatSync(folder).isDirectory()) throw new Error(`${folder} is not a plain folder`);
  chmodSync(folder, 0o700);
}
