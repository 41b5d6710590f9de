import type { ClaudeOptions } from "../../src/agents/claude/claude.ts";
import { parseClaudeLine } from "../../src/agents/claude/line.ts";
import { MAX_LINE_BYTES, toLine, turnArgs, userMessage } from "../../src/agents/claude/protocol.ts";
import { type AppServer, startAppServer } from "../../src/agents/codex/app-server.ts";
import type { CodexOptions } from "../../src/agents/codex/codex.ts";
import { splitLines } from "../../src/agents/lines.ts";
import { startProcess } from "../../src/agents/process/process.ts";

/** By hand, since an agent of nanogent ends a process with its turn. */
export async function twoClaudeTurns(options: ClaudeOptions, cwd: string): Promise<number> {
  let results = 0;
  let onResult = (): void => {};
  const { binary: command, env, secrets } = options;
  const lines = splitLines(
    (line) => {
      if (parseClaudeLine(line)?.type !== "result") return;
      results += 1;
      onResult();
    },
    { maxBytes: MAX_LINE_BYTES, onDropped: () => {} },
  );
  const args = turnArgs([], { permissions: "ask" });
  const child = startProcess({ command, args, cwd, env, secrets, jobId: "two-turns", onStdout: lines.push });
  for (const prompt of ["one", "two"]) {
    const over = new Promise<void>((resolve) => {
      onResult = resolve;
    });
    child.write(toLine(userMessage(prompt)));
    await Promise.race([over, child.closed]);
  }
  await child.end();
  return results;
}

interface Server extends Pick<AppServer, "call"> {
  /** Resolves when so many turns are completed. */
  completed(count: number): Promise<void>;
}

export async function withServer<T>(
  options: CodexOptions,
  cwd: string,
  use: (server: Server) => Promise<T>,
): Promise<T> {
  let turns = 0;
  let wake = (): void => {};
  const server = startAppServer({
    ...{ ...options, cwd, jobId: "app-server" },
    onNotification(method) {
      if (method !== "turn/completed") return;
      turns += 1;
      wake();
    },
  });
  const completed = async (count: number): Promise<void> => {
    while (turns < count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  try {
    await server.initialize();
    return await use({ call: server.call, completed });
  } finally {
    await server.process.end();
  }
}
