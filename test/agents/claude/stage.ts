import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Agent } from "../../../src/agents/agent.ts";
import { type ClaudeOptions, claudeAgent } from "../../../src/agents/claude/claude.ts";
import { type FakeModel, startModel } from "../../fakes/anthropic.ts";
import { claudeEnv, realClaude } from "../../fakes/real-claude.ts";
import { inFolder, keepLog } from "../turns.ts";

const real = await realClaude();
export const options = { skip: "skip" in real && real.skip, timeout: 60_000 };

export const BINARY = "binary" in real ? real.binary : "";

interface Stage {
  readonly agent: Agent;
  /** What the agent was made with. */
  readonly options: ClaudeOptions;
  readonly model: FakeModel;
  /** The project's folder. */
  readonly cwd: string;
}

/** The real program with a home of its own, talking to a scripted model. */
export async function onStage(
  play: (stage: Stage) => Promise<void>,
  env: NodeJS.ProcessEnv = {},
  args: readonly string[] = [],
): Promise<void> {
  await inFolder(async (dir) => {
    const model = await startModel();
    try {
      const [home, cwd] = [join(dir, "home"), join(dir, "project")];
      await mkdir(home);
      await mkdir(cwd);
      const claude: ClaudeOptions = {
        binary: BINARY,
        args,
        env: { ...claudeEnv(home, model.url), ...env },
        secrets: [],
        log: keepLog(),
      };
      await play({ agent: claudeAgent(claude), options: claude, model, cwd });
    } finally {
      await model.close();
    }
  });
}
