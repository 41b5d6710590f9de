import { accessSync, constants, lstatSync, rmSync, writeFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { refuseUnsafeState } from "../project.ts";
import type { Finding, Patient } from "./examination.ts";

const NAME = "disk";
const MB = 1024 * 1024;
const FULL_BYTES = 200 * MB;
const SCARCE_BYTES = 1024 * MB;

/** Whether there is room, and whether nanogent can write there. */
export async function disk({ folder, paths }: Patient): Promise<readonly Finding[]> {
  const { bavail, bsize } = await statfs(folder);
  return [room(bavail * bsize), ...writing(folder, paths)];
}

/** @param free in bytes */
export function room(free: number): Finding {
  const words = `${free < SCARCE_BYTES ? `${Math.floor(free / MB)} MB` : `${(free / 1024 / MB).toFixed(1)} GB`} are free.`;
  if (free >= SCARCE_BYTES) return { name: NAME, state: "pass", words };
  const fix = "Make room: without it, nothing of what you send can be kept.";
  return { name: NAME, state: free < FULL_BYTES ? "fail" : "warning", words, fix };
}

function writing(folder: string, paths: Patient["paths"]): Finding[] {
  const state = lstatSync(paths.state, { throwIfNoEntry: false });
  try {
    if (!state) {
      // Nothing is left behind where nothing runs yet, and a file that comes and goes could start somebody's watcher.
      accessSync(folder, constants.W_OK | constants.X_OK);
      return [];
    }
    refuseUnsafeState(paths);
  } catch (error) {
    // What is unsafe is told with the modes of the files.
    return (error as NodeJS.ErrnoException).code ? [unwritable(state ? paths.state : folder, error)] : [];
  }
  const trial = join(paths.state, `doctor.${process.pid}.tmp`);
  try {
    writeFileSync(trial, "", { mode: 0o600, flag: "wx" });
    return [];
  } catch (error) {
    return [unwritable(paths.state, error)];
  } finally {
    rmSync(trial, { force: true });
  }
}

function unwritable(path: string, error: unknown): Finding {
  const { code } = error as NodeJS.ErrnoException;
  return {
    name: NAME,
    state: "fail",
    words: `nanogent may not write to ${path} (${code}).`,
    fix: "Run it as the owner of the folder, or change its permissions.",
  };
}
