import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startModel as startAnthropic } from "../../test/fakes/anthropic.ts";
import { startModel as startOpenai } from "../../test/fakes/openai.ts";
import { claudeEnv, realClaude } from "../../test/fakes/real-claude.ts";
import { codexEnv, codexHome, realCodex } from "../../test/fakes/real-codex.ts";
import { temporaryFolder } from "./workplace.ts";

/** A real agent with a scripted model, whose next answers are given beforehand. */
export interface RealAgent {
  readonly binary: string;
  readonly env: NodeJS.ProcessEnv;
  /** The model has it run this command. */
  runs(command: string): void;
  says(text: string): void;
  /** Resolves with the request of this number, counted from 1. */
  untilRequest(count: number): Promise<unknown>;
  requests(): number;
  close(): Promise<void>;
}

/** Undefined, with a word on stderr, where it cannot be had. */
export async function claudeForBench(): Promise<RealAgent | undefined> {
  const claude = await realClaude();
  if ("skip" in claude) return missing(claude.skip);
  const model = await startAnthropic();
  const home = join(temporaryFolder(), "home");
  mkdirSync(home);
  return {
    binary: claude.binary,
    env: claudeEnv(home, model.url),
    runs: (command) => model.reply({ tool: "Bash", input: { command } }),
    says: (text) => model.reply({ text }),
    untilRequest: (count) => model.untilRequest(count),
    requests: () => model.requests.length,
    close: () => model.close(),
  };
}

export async function codexForBench(): Promise<RealAgent | undefined> {
  const codex = await realCodex();
  if ("skip" in codex) return missing(codex.skip);
  const model = await startOpenai();
  const home = await codexHome(model.url);
  return {
    binary: codex.binary,
    env: codexEnv(home.path),
    runs: (cmd) => model.reply({ tool: "exec_command", input: { cmd } }),
    says: (text) => model.reply({ text }),
    untilRequest: (count) => model.untilRequest(count),
    requests: () => model.requests.length,
    async close() {
      await model.close();
      await home.remove();
    },
  };
}

function missing(why: string): undefined {
  console.error(why);
}
