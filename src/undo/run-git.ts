import { execFile } from "node:child_process";
import { childEnv } from "../agents/process/child-env.ts";

export interface GitRun {
  /** Null when it did not end by itself. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** It was never started, or what it said was too much. */
  readonly error?: NodeJS.ErrnoException;
}

export interface GitRunOptions {
  /** Absolute. */
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Values that must not reach its environment. */
  readonly secrets: readonly string[];
  readonly input?: string | undefined;
  /** Milliseconds after which it is killed. */
  readonly deadlineMs: number;
}

const MOST_BYTES = 20_000_000;

/**
 * Runs a command of git that starts no other program, several of which come before each turn of an agent: unlike
 * `runBriefly` it does not look for processes that were left behind. Never rejects.
 */
export function runGit(args: readonly string[], options: GitRunOptions): Promise<GitRun> {
  const { cwd, env, secrets, input = "", deadlineMs } = options;
  return new Promise((resolve) => {
    const child = execFile(
      "git",
      args,
      {
        cwd,
        env: childEnv(env, secrets, "undo"),
        timeout: deadlineMs,
        killSignal: "SIGKILL",
        maxBuffer: MOST_BYTES,
      },
      (error, stdout, stderr) => {
        process.off("exit", kill);
        const failed = typeof error?.code === "string" ? (error as NodeJS.ErrnoException) : undefined;
        resolve({ code: child.exitCode, stdout, stderr, ...(failed ? { error: failed } : {}) });
      },
    );
    const kill = (): void => void child.kill("SIGKILL");
    process.on("exit", kill);
    // It may have ended without reading all of it: its exit code tells.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}
