import { randomUUID } from "node:crypto";
import { within } from "../within.ts";
import { initializeCommands } from "./claude-events.ts";
import { parseClaudeLine } from "./claude-line.ts";
import { INITIALIZE, MAX_LINE_BYTES, toLine, turnArgs } from "./claude-protocol.ts";
import type { ClaudeTurnOptions } from "./claude-turn.ts";
import { splitLines } from "./lines.ts";
import { startProcess } from "./process.ts";

const ANSWER_MS = 10_000;
const EXIT_MS = 2_000;

/** Starts Claude Code without a prompt to ask for its slash commands; no model is called. Undefined on failure. */
export async function askCommands(
  options: Omit<ClaudeTurnOptions, "onCommands" | "exitMs">,
  cwd: string,
  answerMs = ANSWER_MS,
): Promise<readonly string[] | undefined> {
  let commands: readonly string[] | undefined;
  let onAnswer = (): void => {};
  const answered = new Promise<void>((resolve) => {
    onAnswer = resolve;
  });
  const takeLine = (line: Buffer): void => {
    try {
      const message = parseClaudeLine(line);
      if (message?.type === "control_response") commands ??= initializeCommands(message);
    } catch {
      return; // no JSON: not the answer
    }
    if (commands) onAnswer();
  };
  const lines = splitLines(takeLine, { maxBytes: MAX_LINE_BYTES, onDropped: () => {} });
  const child = startProcess({
    command: options.binary,
    args: turnArgs(options.args, { permissions: "ask" }),
    cwd,
    env: options.env,
    secrets: options.secrets,
    jobId: `commands-${randomUUID()}`,
    onStdout: lines.push,
  });
  child.write(toLine(INITIALIZE));
  const inTime = await within(Promise.race([answered, child.closed]), answerMs);
  child.closeStdin();
  if (inTime) await within(child.exited, EXIT_MS);
  await child.end();
  await child.closed;
  if (!commands) options.log.warn("slash commands not known", { stderr: child.stderr() });
  return commands;
}
