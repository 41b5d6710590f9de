import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A program in a PTY made by script(1) that can be given another size. */
export function openFakePty(
  command: string,
  folder: string,
  on: {
    output(chunk: Buffer): void;
    ended(exit: { code: number | null; reason: string | null; lost: boolean }): void;
  },
) {
  const nameFile = join(tmpdir(), `nanogent-tty-${randomUUID()}`);
  const child = spawn(
    "script",
    ["-qefc", `tty > ${nameFile}; stty cols 80 rows 24; exec ${command}`, "/dev/null"],
    {
      cwd: folder,
      env: { ...process.env, TERM: "xterm-256color", PS1: "$ ", HISTFILE: "", LANG: "C.UTF-8" },
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const pty = {
    columns: 80,
    rows: 24,
    exit: undefined as { code: number | null; reason: string | null; lost: boolean } | undefined,
    get size() {
      return `${pty.rows} ${pty.columns}`;
    },
    write: (bytes: Buffer) => void child.stdin.write(bytes),
    /** @returns whether it is another size */
    resize(columns: number, rows: number): boolean {
      if (pty.exit !== undefined || (pty.columns === columns && pty.rows === rows)) return false;
      Object.assign(pty, { columns, rows });
      setSize();
      return true;
    },
    async kill() {
      child.kill("SIGKILL");
      await closed;
    },
  };
  const setSize = (tries = 0): void => {
    let tty = "";
    try {
      tty = readFileSync(nameFile, "utf8").trim();
    } catch {
      // script has not come that far.
    }
    if (pty.exit !== undefined) return;
    if (tty !== "")
      execFileSync("stty", ["-F", tty, "rows", String(pty.rows), "cols", String(pty.columns)], {
        stdio: "ignore",
      });
    else if (tries < 100) setTimeout(() => setSize(tries + 1), 20);
  };
  child.stdout.on("data", on.output);
  child.once("close", (code) => {
    rmSync(nameFile, { force: true });
    pty.exit = { code, reason: null, lost: false };
    on.ended(pty.exit);
  });
  return pty;
}

/** Grows by doubling, so that much output is not copied at each chunk. */
export function appended(all: Buffer, chunk: Buffer): Buffer {
  const length = all.length + chunk.length;
  const room = all.buffer.byteLength - all.byteOffset;
  const grown = room >= length ? Buffer.from(all.buffer, all.byteOffset, length) : Buffer.alloc(2 * length);
  if (room < length) all.copy(grown);
  chunk.copy(grown, all.length);
  return grown.subarray(0, length);
}
