import { type ChildProcess, spawn } from "node:child_process";
import { type Activity, activityOf } from "./activity.ts";
import { childEnv } from "./child-env.ts";
import { keepTail } from "./tail.ts";
import { endTree, killTree } from "./tree.ts";

const STDERR_BYTES = 4096;

export interface ProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Values that must not reach the child's environment. */
  readonly secrets: readonly string[];
  readonly jobId: string;
  /** Gets stdout as it comes. Nothing is read ahead while it runs, so a slow reader slows the child down. */
  readonly onStdout: (chunk: Buffer) => void;
  /** Gets stderr as it comes, for a program that talks there. */
  readonly onStderr?: (chunk: Buffer) => void;
  /** With it there is a further pipe, file descriptor 3 of the process: gets what is written there. */
  readonly onTold?: (chunk: Buffer) => void;
  /** How long stdout may stay open after the process has ended, in milliseconds. 2,000 unless told. */
  readonly drainMs?: number;
}

/** How a process ended. With `error` it was never started. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: NodeJS.ErrnoException;
}

export interface AgentProcess {
  readonly pid: number | undefined;
  /** Writes to stdin. What a process does not read any more is dropped. */
  write(text: string): void;
  closeStdin(): void;
  /** The last 4 kB of stderr. */
  stderr(): string;
  /** What the process and all that it started show of life. Never rejects. */
  activity(): Promise<Activity>;
  /** Resolves when the process itself has ended; never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Resolves when it has ended and its output has been read, or given up at the deadline; never rejects. */
  readonly closed: Promise<ProcessExit>;
  /** Ends the process and everything that it started, by deadlines. Also for what outlived it. Never rejects. */
  end(): Promise<void>;
}

/**
 * Starts a program without a shell, in a process group and session of its own. Never throws: what goes wrong at
 * the start comes as `error` in `exited`.
 */
export function startProcess(options: ProcessOptions): AgentProcess {
  let child: ChildProcess;
  try {
    child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: childEnv(options.env, options.secrets, options.jobId),
      detached: true,
      stdio: options.onTold ? ["pipe", "pipe", "pipe", "pipe"] : ["pipe", "pipe", "pipe"],
    });
  } catch (error) {
    // Node throws for some causes (E2BIG, ENOTDIR, a NUL in an argument) and emits "error" for others.
    return neverStarted(error as NodeJS.ErrnoException);
  }
  const stderr = keepTail(STDERR_BYTES);
  child.stdout?.on("data", options.onStdout);
  child.stderr?.on("data", stderr.push);
  if (options.onStderr) child.stderr?.on("data", options.onStderr);
  if (options.onTold) child.stdio[3]?.on("data", options.onTold);
  // EPIPE: the process ended or closed its stdin before reading everything. How it ended is told by its exit.
  child.stdin?.on("error", () => {});

  const exited = exitOf(child);
  const closed = outputEnd(child, exited, options.drainMs ?? 2_000);
  const root = child.pid === undefined ? undefined : { pid: child.pid, isRunning: () => isRunning(child) };
  const tree = root && { jobId: options.jobId, root };
  const killAtExit = (): void => {
    if (tree) killTree(tree);
  };
  process.on("exit", killAtExit);
  return {
    pid: child.pid,
    write: (text) => {
      if (child.stdin?.writable) child.stdin.write(text);
    },
    closeStdin: () => child.stdin?.end(),
    stderr: stderr.text,
    activity: async () => (tree ? activityOf(tree) : NO_ACTIVITY),
    exited,
    closed,
    end: async () => {
      if (tree) await endTree(tree);
      process.off("exit", killAtExit);
    },
  };
}

const NO_ACTIVITY: Activity = { processes: 0, cpuMs: 0 };

function neverStarted(error: NodeJS.ErrnoException): AgentProcess {
  const exit = Promise.resolve({ code: null, signal: null, error });
  return {
    pid: undefined,
    write: () => {},
    closeStdin: () => {},
    stderr: () => "",
    activity: async () => NO_ACTIVITY,
    exited: exit,
    closed: exit,
    end: async () => {},
  };
}

function exitOf(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.on("error", (error) => {
      // "error" also tells of a signal that could not be sent: only without a pid it means "not started".
      if (child.pid === undefined) resolve({ code: null, signal: null, error });
    });
  });
}

/** A grandchild that inherited stdout keeps it open for as long as it lives: the deadline ends the wait. */
async function outputEnd(
  child: ChildProcess,
  exited: Promise<ProcessExit>,
  drainMs: number,
): Promise<ProcessExit> {
  const streams = [child.stdout, child.stderr, child.stdio[3]].filter((stream) => stream != null);
  const ended = Promise.all(
    streams.map((stream) => new Promise<void>((resolve) => stream.once("close", resolve))),
  );
  const exit = await exited;
  const giveUp = () => {
    for (const stream of streams) stream.destroy();
  };
  const timer = setTimeout(giveUp, drainMs);
  await ended;
  clearTimeout(timer);
  child.stdin?.destroy();
  return exit;
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}
