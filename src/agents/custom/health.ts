import type { HealthFinding } from "../health.ts";
import { runBriefly } from "../process/brief-run.ts";

export interface CustomHealthOptions {
  readonly customCommand?: string | undefined;
  /** The folder in which the agent would work, absolute. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Values that must not reach the agent's environment. */
  readonly secrets: readonly string[];
  readonly deadlineMs: number;
}

/** An agent of one's own: is its program there? Nothing of it is run. Never rejects. */
export async function customHealth(options: CustomHealthOptions): Promise<HealthFinding> {
  const { customCommand = "", folder, env, secrets, deadlineMs } = options;
  const program = programOf(customCommand);
  if (program === undefined) {
    return {
      name: "agent",
      state: "skipped",
      words: "Whether your agent's command works, only a prompt shows.",
    };
  }
  const found = await runBriefly({
    ...{ command: "/bin/sh", args: ["-c", 'command -v "$1"', "sh", program], cwd: folder, env, secrets },
    deadlineMs,
  });
  if (found.exit?.code === 0) return { name: "agent", state: "pass", words: `custom: ${program}` };
  return {
    name: "agent",
    state: "fail",
    words: `The program of NANOGENT_AGENT_COMMAND, ${program}, is not found in PATH, or cannot be run.`,
    fix: "Install it, or write its path into NANOGENT_AGENT_COMMAND.",
  };
}

/** The first word of a command line that is a program's name; undefined where only a shell could tell. */
function programOf(command: string): string | undefined {
  const words = command.split(/\s+/).filter((word) => !/^\w+=[^$`"'\\]*$/.test(word));
  const [first] = words;
  return first !== undefined && /^[\w./~+@%,-]+$/.test(first) && !first.startsWith("~") ? first : undefined;
}
