import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { runBriefly } from "../process/brief-run.ts";
import type { Session, Sessions } from "../sessions.ts";
import type { ClaudeOptions } from "./claude.ts";
import { turnArgs } from "./protocol.ts";
import { countTurns, readBeginning } from "./session-file.ts";
import { readTranscript } from "./transcript.ts";

const SESSION_FILE = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$/;
/** More are not told apart by a longer beginning: they are not what is meant. */
const MOST_FOUND = 6;
/** In characters. */
const LONGEST_NAME = 200;
/** So many files are asked for their age at once. */
const AT_ONCE = 64;
const RENAME_MS = 15_000;

/** Claude Code's sessions: files of its own, which are read, and changed by nobody but Claude Code itself. */
export function claudeSessions(options: ClaudeOptions): Sessions {
  const { env } = options;
  const found = async (cwd: string, beginning: string): Promise<readonly FoundSession[]> => {
    const files = (await sessionFiles(cwd, env)).filter(({ id }) => id.startsWith(beginning));
    return sessionsAmong(files, cwd, 0, MOST_FOUND);
  };
  return {
    async list(cwd, from, count) {
      const shown = await sessionsAmong(await sessionFiles(cwd, env), cwd, from, count);
      return Promise.all(shown.map(inList));
    },
    find: async (cwd, beginning) => Promise.all((await found(cwd, beginning)).map(inList)),
    async rename(cwd, id, sessionName) {
      const { binary, args, secrets } = options;
      // Without a prompt it only writes the name down: no model is called.
      const { exit, stderr } = await runBriefly({
        ...{ command: binary, cwd, env, secrets, deadlineMs: RENAME_MS },
        args: turnArgs(args, { permissions: "ask", sessionId: id, sessionName }),
      });
      if (exit?.code === 0) return;
      options.log.warn("session not renamed", { session: id, code: exit?.code, error: exit?.error, stderr });
      throw new Error("Claude Code did not take the name.");
    },
    async transcript(cwd, id, onEntry) {
      const [only] = await found(cwd, id);
      if (only?.session.id !== id) throw new Error("There is no such session any more.");
      await readTranscript(only.path, cwd, onEntry);
    },
  };
}

interface SessionFile {
  readonly id: string;
  readonly path: string;
  readonly modifiedAt: number;
}

interface FoundSession {
  readonly session: Session;
  readonly path: string;
}

/** The files that may be sessions of this folder, the latest first. */
async function sessionFiles(cwd: string, env: NodeJS.ProcessEnv): Promise<readonly SessionFile[]> {
  const projects = join(env.CLAUDE_CONFIG_DIR || join(env.HOME ?? homedir(), ".claude"), "projects");
  const isOurs = folderNames(await realpath(cwd));
  const folders = (await entriesOf(projects)).filter((each) => each.isDirectory() && isOurs(each.name));
  const files: SessionFile[] = [];
  for (const { name } of folders) {
    const folder = join(projects, name);
    const names = (await entriesOf(folder)).filter((each) => each.isFile()).map((each) => each.name);
    for (let at = 0; at < names.length; at += AT_ONCE) {
      const some = await Promise.all(names.slice(at, at + AT_ONCE).map((each) => sessionFile(folder, each)));
      files.push(...some.filter((file) => file !== undefined));
    }
  }
  return files.sort((a, b) => b.modifiedAt - a.modifiedAt);
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}

async function sessionFile(folder: string, name: string): Promise<SessionFile | undefined> {
  const id = SESSION_FILE.exec(name)?.[1];
  const path = join(folder, name);
  const stats = id === undefined ? undefined : await stat(path).catch(() => undefined);
  return id === undefined || !stats ? undefined : { id, path, modifiedAt: stats.mtimeMs };
}

/**
 * What Claude Code calls the folder with a project's sessions: its path with a dash for all but letters and digits. A long
 * one is cut, and goes on with a sum of its own.
 */
function folderNames(cwd: string): (name: string) => boolean {
  const whole = cwd.replace(/[^a-zA-Z0-9]/g, "-");
  if (whole.length <= LONGEST_NAME) return (name) => name === whole;
  const beginning = `${whole.slice(0, LONGEST_NAME)}-`;
  return (name) => name.startsWith(beginning);
}

/** Those files that are sessions begun in this folder; several folders may share a name. Reads no more than it needs. */
async function sessionsAmong(
  files: readonly SessionFile[],
  folder: string,
  from: number,
  count: number,
): Promise<readonly FoundSession[]> {
  const cwd = await realpath(folder);
  const found: FoundSession[] = [];
  for (const { id, path, modifiedAt } of files) {
    if (found.length >= from + count) break;
    // It may be gone, or not be readable.
    const beginning = await readBeginning(path).catch(() => undefined);
    if (beginning?.cwd !== cwd) continue;
    const { firstWords } = beginning;
    found.push({ session: { id, firstWords, lastUsed: Math.round(modifiedAt) }, path });
  }
  return found.slice(from);
}

async function inList({ session, path }: FoundSession): Promise<Session> {
  const { turns, name } = await countTurns(path);
  return { ...session, turns, ...(name === undefined ? {} : { name }) };
}
