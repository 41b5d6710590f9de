import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Backend, Pty, PtyRequest } from "../../src/terminal/pty.ts";

/** A terminal as a test uses it: types, and waits for what is shown. */
export interface UsedTerminal {
  readonly pty: Pty;
  shown(): string;
  type(text: string): Promise<void>;
  /** Waits for a text in what came since the last `see`. */
  see(text: string | RegExp): Promise<string>;
}

const SEE_MS = 20_000;

export async function openTerminal(
  backend: Backend,
  request: Partial<PtyRequest> = {},
): Promise<UsedTerminal> {
  let shown = "";
  let seen = 0;
  const pty = await backend.open({
    command: [],
    cwd: process.cwd(),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TERM: "xterm-256color" },
    columns: 91,
    rows: 31,
    mark: `term-${Math.random().toString(36).slice(2)}`,
    onData: (chunk) => {
      shown += chunk.toString("latin1");
    },
    ...request,
  });
  return {
    pty,
    shown: () => shown,
    type: (text) => pty.write(Buffer.from(text)),
    async see(text) {
      for (const deadline = performance.now() + SEE_MS; performance.now() < deadline; await sleep(10)) {
        const found = typeof text === "string" ? plainMatch(shown, text, seen) : match(shown, text, seen);
        if (!found) continue;
        seen = found.end;
        return found.text;
      }
      assert.fail(`${text} was not shown, but: ${JSON.stringify(shown.slice(seen))}`);
    },
  };
}

function plainMatch(shown: string, text: string, from: number): { text: string; end: number } | undefined {
  const at = shown.indexOf(text, from);
  return at < 0 ? undefined : { text, end: at + text.length };
}

function match(shown: string, pattern: RegExp, from: number): { text: string; end: number } | undefined {
  const found = pattern.exec(shown.slice(from));
  return found ? { text: found[1] ?? found[0], end: from + found.index + found[0].length } : undefined;
}
