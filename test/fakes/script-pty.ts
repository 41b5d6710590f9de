import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Pty, PtyRequest } from "../../src/terminal/pty.ts";

/** A terminal on this machine by script(1), for tests of what runs in one. Linux only. */
export async function openScriptPty(request: PtyRequest): Promise<Pty> {
  const { command, cwd, env, columns, rows, onData } = request;
  const folder = mkdtempSync(join(tmpdir(), "nanogent-script-"));
  const note = join(folder, "note");
  const words = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const line = `stty rows ${rows} cols ${columns}; { tty; echo $$; } > '${note}'; exec ${words}`;
  const child = spawn("script", ["-qefc", line, "/dev/null"], {
    cwd,
    env: { ...env, SHELL: "/bin/sh" },
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.stdin.on("error", () => {});
  child.stdout.on("data", onData);
  const exited = new Promise<{ code: number | undefined }>((resolve) => {
    child.on("close", (code) => {
      rmSync(folder, { recursive: true, force: true });
      resolve({ code: code ?? undefined });
    });
  });
  const noted = (): [string, number] | undefined => {
    try {
      const [tty, pid] = readFileSync(note, "utf8").split("\n");
      return tty && pid ? [tty, Number(pid)] : undefined;
    } catch {
      return undefined;
    }
  };
  while (noted() === undefined && child.exitCode === null) await sleep(5);
  const [tty = "", program = 0] = noted() ?? [];
  return {
    pid: program,
    write: (bytes) =>
      new Promise((resolve, reject) => {
        child.stdin.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    resize: (width, height) =>
      new Promise((resolve) => {
        const stty = spawn("stty", ["-F", tty, "rows", String(height), "cols", String(width)]);
        stty.on("close", () => resolve());
      }),
    async kill() {
      for (const signal of ["SIGHUP", "SIGKILL"] as const) {
        if (child.exitCode !== null) break;
        try {
          process.kill(program, signal);
        } catch {
          // Ended in between.
        }
        await Promise.race([exited, sleep(2_000)]);
      }
      await exited;
    },
    exited,
  };
}
