import { execFileSync } from "node:child_process";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Terminal } from "@xterm/headless";
import type { Way } from "../../src/terminal/host/launch.ts";
import { openPipedPty } from "../../src/terminal/host/piped-pty.ts";
import { HeldSession } from "../../src/terminal/terminal-session.ts";

let count = 0;

/** Whether a program is there. */
export function has(program: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`]);
    return true;
  } catch {
    return false;
  }
}

/** A shell that says the same on every machine. */
export const BASH = ["env", "PS1=$ ", "bash", "--norc", "--noprofile"];

/** A program in a terminal, ended with the test. */
export async function held(
  t: TestContext,
  command: readonly string[],
  { way = "script", columns = 80, rows = 24, cwd = "/", env = {} }: HeldOptions = {},
): Promise<HeldSession> {
  count += 1;
  const id = `term-${count}`;
  const session = new HeldSession({
    ...{ id, name: id, label: "test", where: "host", createdAt: Date.now(), columns, rows },
    now: Date.now,
  });
  const own = { PATH: process.env.PATH, HOME: cwd, LANG: "C.UTF-8", TERM: "xterm-256color" };
  session.attach(
    await openPipedPty(way, {
      command,
      cwd,
      env: { ...own, ...env },
      columns,
      rows,
      mark: `test-${process.pid}-${count}`,
      onData: (chunk) => session.output(chunk),
    }),
  );
  t.after(() => session.close());
  return session;
}

interface HeldOptions {
  readonly way?: Way;
  readonly columns?: number;
  readonly rows?: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** All lines of a terminal, with what has scrolled away, without the empty ones at the end. */
export function linesOf({ buffer: { active } }: Terminal): string[] {
  const lines = Array.from(
    { length: active.length },
    (_, row) => active.getLine(row)?.translateToString(true) ?? "",
  );
  while (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Resolves with what it shows as soon as that fits. */
export async function shows(session: HeldSession, what: RegExp): Promise<string> {
  let text = "";
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(20)) {
    await session.screen.settled();
    text = linesOf(session.screen.terminal).join("\n");
    if (what.test(text)) return text;
  }
  throw new Error(`It does not show ${what}:\n${text}`);
}
