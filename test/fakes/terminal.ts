import { spawn } from "node:child_process";
import headless, { type Terminal } from "@xterm/headless";

/** A program in a real terminal, and what a person would see of it. */
export interface FakeTerminal {
  readonly terminal: Terminal;
  /** The screen's lines, without the empty ones at the end. */
  screen(): string[];
  type(text: string): void;
  /** Resolves with the screen as soon as it shows this. */
  shows(what: RegExp): Promise<string>;
  readonly exited: Promise<number | null>;
  kill(): void;
}

/** Runs a command in a PTY made by script(1), with a terminal emulator behind it. */
export function openTerminal(
  command: string,
  options: { cwd: string; env?: NodeJS.ProcessEnv; columns?: number; rows?: number },
): FakeTerminal {
  const { columns = 80, rows = 24 } = options;
  const terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
  const child = spawn(
    "script",
    ["-qefc", `stty cols ${columns} rows ${rows}; exec ${command}`, "/dev/null"],
    {
      cwd: options.cwd,
      env: { ...process.env, ...options.env, TERM: "xterm-256color" },
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  const watchers = new Set<() => void>();
  child.stdout.on("data", (chunk: Buffer) => {
    terminal.write(chunk, () => {
      for (const watcher of watchers) watcher();
    });
  });
  const exited = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  const screen = (): string[] => {
    const { active } = terminal.buffer;
    const lines = Array.from(
      { length: active.length },
      (_, row) => active.getLine(row)?.translateToString(true) ?? "",
    );
    while (lines.at(-1) === "") lines.pop();
    return lines;
  };
  return {
    terminal,
    screen,
    type: (text) => void child.stdin.write(text),
    shows: (what) =>
      new Promise((resolve, reject) => {
        const fail = (why: string): void =>
          reject(new Error(`${why} before it showed ${what}:\n${screen().join("\n")}`));
        const timer = setTimeout(() => fail("15 s went by"), 15_000);
        const check = (): void => {
          if (!what.test(screen().join("\n"))) return;
          clearTimeout(timer);
          watchers.delete(check);
          resolve(screen().join("\n"));
        };
        watchers.add(check);
        void exited.then(() => setTimeout(() => fail("it ended"), 100));
        check();
      }),
    exited,
    kill: () => void child.kill("SIGKILL"),
  };
}
