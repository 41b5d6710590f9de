import { randomUUID } from "node:crypto";
import { within } from "../../within.ts";
import type { Model } from "../agent.ts";
import { asList, asObject, asText, type JsonObject } from "../json.ts";
import { splitLines } from "../lines.ts";
import { startProcess } from "../process/process.ts";
import { initializeCommands } from "./events.ts";
import { parseClaudeLine } from "./line.ts";
import type { ClaudeProgram } from "./process.ts";
import { INITIALIZE, MAX_LINE_BYTES, toLine, turnArgs } from "./protocol.ts";

const ANSWER_MS = 10_000;
const EXIT_MS = 2_000;

/** What Claude Code tells of itself in the answer to `initialize`. */
export interface Introduction {
  readonly commands: readonly string[];
  readonly models: readonly Model[];
}

/** Starts Claude Code without a prompt to ask what it offers; no model is called. Undefined on failure. */
export async function askIntroduction(
  options: ClaudeProgram,
  cwd: string,
  answerMs = ANSWER_MS,
): Promise<Introduction | undefined> {
  let introduction: Introduction | undefined;
  let onAnswer = (): void => {};
  const answered = new Promise<void>((resolve) => {
    onAnswer = resolve;
  });
  const takeLine = (line: Buffer): void => {
    try {
      const message = parseClaudeLine(line);
      const commands = message?.type === "control_response" ? initializeCommands(message) : undefined;
      const refused = message?.type === "control_response" && asObject(message.response).subtype === "error";
      if (refused) onAnswer();
      if (message && commands) introduction ??= { commands, models: modelsOf(message) };
    } catch {
      return; // no JSON: not the answer
    }
    if (introduction) onAnswer();
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
  if (!introduction) options.log.warn("slash commands and models not known", { stderr: child.stderr() });
  return introduction;
}

function modelsOf(message: JsonObject): Model[] {
  const { models } = asObject(asObject(message.response).response);
  return asList(models).flatMap((each) => {
    const { value, displayName, description, supportedEffortLevels } = asObject(each);
    if (typeof value !== "string") return [];
    const efforts = asList(supportedEffortLevels).filter((level) => typeof level === "string");
    const said = asText(description);
    return [{ id: value, name: asText(displayName) ?? value, efforts, ...(said && { description: said }) }];
  });
}
