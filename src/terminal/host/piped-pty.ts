import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { JOB_VARIABLE } from "../../agents/process/child-env.ts";
import { keepTail } from "../../agents/process/tail.ts";
import { endTree, type Tree } from "../../agents/process/tree.ts";
import { BackendError, type Pty, type PtyExit, type PtyRequest } from "../pty.ts";
import { frontFolder } from "./front-folder.ts";
import { killAtExit } from "./kill-at-exit.ts";
import { launch, programOf, type Way } from "./launch.ts";
import { TerminalSize } from "./terminal-size.ts";

/** What the program leaves in the background may hold the output open. */
const DRAIN_MS = 1_000;
const STDERR_BYTES = 4_096;

/**
 * A terminal that another program makes, with pipes to it.
 * @throws BackendError when that program cannot be started; `ENOENT` is its cause when there is none.
 */
export async function openPipedPty(way: Way, request: PtyRequest): Promise<Pty> {
  const { columns, rows, cwd, mark, onData } = request;
  const { SHELL: shell } = request.env;
  const { command, args, env } = launch(way, programOf(request.command, request.env), {
    columns,
    rows,
    shell,
  });
  const child = spawn(command, args, {
    cwd,
    env: { ...request.env, [JOB_VARIABLE]: mark, ...env },
    detached: true,
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  await started(child, command);
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  const tree: Tree = { jobId: mark, root: { pid: child.pid ?? 0, isRunning } };
  const forget = killAtExit(tree);
  const { stdin, stdout, stderr } = child;
  const size = new TerminalSize(isRunning);
  child.stdio[3]?.on("data", (chunk: Buffer) => size.named(chunk));
  const complaint = keepTail(STDERR_BYTES);
  stderr?.on("data", complaint.push);
  stdout?.on("data", onData);
  // It has ended; how is told by its exit.
  stdin?.on("error", () => {});
  let killing: Promise<void> | undefined;
  const exited = exitOf(child, () => killing !== undefined, complaint.text).then((exit) => {
    forget();
    return exit;
  });
  return {
    pid: child.pid,
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (!stdin?.writable) return reject(new Error("The program has ended."));
        stdin.write(bytes, (error) =>
          error ? reject(new Error("The program has ended.", { cause: error })) : resolve(),
        );
      }),
    resize: (...to) => size.change(...to),
    pause: () => void stdout?.pause(),
    resume: () => void stdout?.resume(),
    cwd: () => frontFolder(child.pid ?? 0),
    kill() {
      killing ??= (async () => {
        stdout?.resume();
        await endTree(tree);
        await exited;
      })();
      return killing;
    },
    exited,
  };
}

function started(child: ChildProcess, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error: NodeJS.ErrnoException) => {
      const fault = new BackendError(`No terminal could be opened by ${command}: ${error.message}`);
      reject(Object.assign(fault, { cause: error }));
    });
  });
}

/** Resolves when the output has been read as well. */
function exitOf(child: ChildProcess, wasKilled: () => boolean, complaint: () => string): Promise<PtyExit> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    child.once("exit", () => {
      child.stdout?.resume();
      timer = setTimeout(() => {
        for (const stream of child.stdio) stream?.destroy();
      }, DRAIN_MS);
    });
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      if (wasKilled()) return resolve({ code: undefined, reason: "It was closed." });
      if (signal) return resolve({ code: undefined, signal, reason: `It was ended by ${signal}.` });
      const words = complaint().trim();
      resolve({ ...fromShellCode(code ?? 0), ...(code !== 0 && words !== "" ? { reason: words } : {}) });
    });
  });
}

/** As shells tell it: what a signal has ended has 128 and the signal's number as its code. */
export function fromShellCode(code: number): PtyExit {
  const signal = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
  return signal === undefined ? { code } : { code, signal, reason: `It was ended by ${signal}.` };
}
