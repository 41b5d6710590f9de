import { existsSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { temporaryFolder } from "../fakes/folder.ts";
import { until } from "../web/until.ts";
import { OWNER, project, type RunningBridge, run, SCRIPTED } from "./project.ts";

const SETTINGS = { TELEGRAM_ALLOWED_USER_IDS: String(OWNER), NANOGENT_WEB: "off", ...SCRIPTED };

/** What a verb has said, and how it ended. */
export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  /** Also on stderr. */
  readonly said: string;
}

/**
 * A project whose bridge is spoken to from the command line.
 * @param runtime The runtime folder of its user, whom others may have in common; one of its own without it.
 */
export async function neighbour(t: TestContext, runtime?: string, settings: Record<string, string> = {}) {
  const home = await project(t, { env: { ...SETTINGS, ...settings } });
  const around = {
    XDG_RUNTIME_DIR: runtime ?? (await temporaryFolder(t)),
    TMUX_TMPDIR: join(home.folder, ".nanogent"),
  };
  return {
    ...home,
    /** For programs that are no part of the test. */
    env: { PATH: process.env.PATH, HOME: home.folder, TERM: "xterm-256color", ...around },
    /** Runs a verb to its end. */
    async nanogent(words: readonly string[], folder = home.folder): Promise<Said> {
      const verb = run(words, folder, around);
      verb.child.stdin?.end();
      let stdout = "";
      verb.child.stdout?.on("data", (chunk) => {
        stdout += chunk;
      });
      const { code } = await verb.exited;
      return { code, stdout, said: verb.output() };
    },
    /** Resolves when its control socket is open. */
    async start(): Promise<RunningBridge> {
      const bridge = await home.start(around);
      await until("the control socket", () => existsSync(join(home.folder, ".nanogent", "control.sock")));
      return bridge;
    },
  };
}
