import { chmodSync, lstatSync, type Stats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { refuseUnsafeState, UnsafeStateError } from "../project.ts";
import type { Check, Finding } from "./examination.ts";

const NAME = "files";
/** More than this are not looked at one by one: the folder above is closed anyway. */
const MOST_FILES = 10_000;
const MOST_NAMES = 3;

/** Whether `.nanogent` and all in it is closed to other users. Links are neither followed nor changed. */
export const modes: Check = async ({ folder, paths }) => {
  const root = join(folder, ".nanogent");
  if (!lstatSync(root, { throwIfNoEntry: false })) {
    return { name: NAME, state: "pass", words: "There is no .nanogent yet; the first start makes it." };
  }
  try {
    refuseUnsafeState(paths);
  } catch (error) {
    // What cannot be looked at is found below, by its modes.
    if (error instanceof UnsafeStateError) return unsafe(error);
  }
  // Windows has no such bits: there every file seems to be open.
  if (process.platform === "win32") {
    return { name: NAME, state: "skipped", words: "This system has no file modes." };
  }
  const look: Look = { user: process.getuid?.(), open: [], strange: [], closed: [], left: MOST_FILES };
  await walk(root, look);
  const shown = (paths: readonly string[]): string => namesOf(paths.map((path) => relative(folder, path)));
  const findings: Finding[] = [];
  if (look.strange.length > 0) {
    const words = `${shown(look.strange)} in the state folder belong${look.strange.length === 1 ? "s" : ""} to another user.`;
    const fix = `Give it back: sudo chown -R ${look.user} .nanogent`;
    findings.push({ name: NAME, state: "fail", words, fix });
  }
  if (look.closed.length > 0) {
    const words = `${shown(look.closed)} cannot be read by you.`;
    findings.push({ name: NAME, state: "fail", words, ...mending(look.closed, "Open it for yourself") });
  }
  if (look.open.length > 0) {
    const words = `${shown(look.open)} can be read by other users of this machine.`;
    findings.push({ name: NAME, state: "fail", words, ...mending(look.open, "Close it") });
  }
  const all = look.left > 0 ? "all in it" : `the first ${MOST_FILES} files in it`;
  if (findings.length > 0) return findings;
  return { name: NAME, state: "pass", words: `.nanogent and ${all} can be read by you only.` };
};

function unsafe({ message }: UnsafeStateError): Finding {
  const [words = "", fix = ""] = message.split(/(?<=like this): /);
  return { name: NAME, state: "fail", words: `${words}.`, fix: capital(fix) };
}

interface Look {
  readonly user: number | undefined;
  /** To others. */
  readonly open: string[];
  /** Of another user. */
  readonly strange: string[];
  /** To its owner. */
  readonly closed: string[];
  left: number;
}

async function walk(path: string, look: Look): Promise<void> {
  if (look.left-- <= 0) return;
  // What is gone meanwhile was a file of a bridge that runs.
  const found = await lstat(path).catch(() => undefined);
  if (!found || !(found.isDirectory() || found.isFile())) return;
  if (look.user !== undefined && found.uid !== look.user) return void look.strange.push(path);
  if (isOpen(found)) look.open.push(path);
  if (!isUsable(found)) return void look.closed.push(path);
  if (!found.isDirectory()) return;
  for (const name of await readdir(path)) await walk(join(path, name), look);
}

function isOpen({ mode }: Stats): boolean {
  return (mode & 0o077) !== 0;
}

function isUsable(found: Stats): boolean {
  const needed = found.isDirectory() ? 0o700 : 0o600;
  return (found.mode & needed) === needed;
}

function mending(paths: readonly string[], what: string): Pick<Finding, "fix" | "mend"> {
  return {
    fix: `${what}: nanogent doctor --fix, or chmod -R u+rwX,go= .nanogent`,
    mend() {
      const mended = paths.filter(close);
      return `Made ${mended.length} ${mended.length === 1 ? "file or folder" : "files and folders"} in .nanogent readable by you only.`;
    },
  };
}

/** Looked at once more right before: it may be something else by now. */
function close(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found || !(found.isDirectory() || found.isFile())) return false;
  // An owner's right to execute stays, such as of a program that was sent to the bot.
  chmodSync(path, found.isDirectory() ? 0o700 : 0o600 | (found.mode & 0o100));
  return true;
}

function namesOf(names: readonly string[]): string {
  const rest = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
