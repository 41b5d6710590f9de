import { constants } from "node:os";
import { JOB_VARIABLE } from "../../agents/process/child-env.ts";
import { endTree, type Tree } from "../../agents/process/tree.ts";
import type { Pty, PtyExit, PtyRequest } from "../pty.ts";
import { frontFolder } from "./front-folder.ts";
import { killAtExit } from "./kill-at-exit.ts";
import { programOf } from "./launch.ts";

/** The part of the package node-pty that is used (https://github.com/microsoft/node-pty, typings/node-pty.d.ts). */
export interface NodePty {
  spawn(
    file: string,
    args: readonly string[],
    options: {
      name: string;
      cols: number;
      rows: number;
      cwd: string;
      env: NodeJS.ProcessEnv;
      /** Bytes instead of text. */
      encoding: null;
    },
  ): {
    readonly pid: number;
    onData(listener: (chunk: Buffer | string) => void): unknown;
    onExit(listener: (exit: { exitCode: number; signal?: number }) => void): unknown;
    write(data: Buffer | string): void;
    resize(columns: number, rows: number): void;
    pause(): void;
    resume(): void;
  };
}

/** The package, where it is installed and works. */
export async function findNodePty(): Promise<NodePty | undefined> {
  // Not as a literal: the bundler would want to have it.
  const name = "node-pty";
  try {
    const found: unknown = await import(name);
    const candidates = [found, (found as { default?: unknown }).default];
    return candidates.find((each): each is NodePty => typeof (each as NodePty)?.spawn === "function");
  } catch {
    return undefined;
  }
}

export function openNodePty(nodePty: NodePty, request: PtyRequest): Pty {
  const { columns, rows, cwd, mark, onData } = request;
  const [file = "/bin/sh", ...args] = programOf(request.command, request.env);
  const env = { ...request.env, [JOB_VARIABLE]: mark };
  const options = { name: "xterm-256color", cols: columns, rows, cwd, env, encoding: null };
  const child = nodePty.spawn(file, args, options);
  let running = true;
  let killed = false;
  const tree: Tree = { jobId: mark, root: { pid: child.pid, isRunning: () => running } };
  const forget = killAtExit(tree);
  child.onData((chunk) => onData(Buffer.from(chunk)));
  const exited = new Promise<PtyExit>((resolve) => {
    child.onExit(({ exitCode, signal }) => {
      running = false;
      forget();
      const name = Object.entries(constants.signals).find(([, number]) => number === signal)?.[0];
      if (killed) resolve({ code: undefined, reason: "It was closed." });
      else if (name === undefined) resolve({ code: exitCode });
      else resolve({ code: undefined, signal: name, reason: `It was ended by ${name}.` });
    });
  });
  return {
    pid: child.pid,
    async write(bytes) {
      if (!running) throw new Error("The program has ended.");
      child.write(Buffer.from(bytes));
    },
    async resize(...size) {
      if (running) child.resize(...size);
    },
    pause: () => child.pause(),
    resume: () => child.resume(),
    cwd: () => frontFolder(child.pid),
    async kill() {
      killed = true;
      child.resume();
      await endTree(tree);
      await exited;
    },
    exited,
  };
}
