import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { JOB_VARIABLE } from "../agents/process/child-env.ts";
import { BridgeError } from "../control/bridge-client.ts";
import { bridgeOf, type FoundBridge } from "../control/find-bridge.ts";
import { readEnvFile } from "../env-file.ts";
import { prepareState, projectPaths, UnsafeStateError } from "../project.ts";
import type { Surroundings } from "./verb.ts";

const START_MS = 30_000;
const LOOK_MS = 50;

/**
 * Starts the bridge of this folder, or of the nearest one above it that is set up, so that it goes on when the shell and
 * its terminal are gone: in a session of its own, with its words in `.nanogent/logs/console.log`.
 * @throws BridgeError with what it said when it does not come up.
 */
export async function startInBackground({ folder, env }: Surroundings): Promise<FoundBridge> {
  const project = projectOf(folder);
  if (project === undefined)
    throw new BridgeError("no-bridge", "nanogent is not set up in this folder.", "Set it up: nanogent init");
  const paths = projectPaths(project);
  try {
    prepareState(paths);
  } catch (error) {
    if (error instanceof UnsafeStateError) throw new BridgeError("no-bridge", error.message);
    throw error;
  }
  const consolePath = join(paths.logs, "console.log");
  const console = openSync(consolePath, "w", 0o600);
  // It is no part of the terminal or the job in which it is started: it must not end with that.
  const { NANOGENT_SESSION, [JOB_VARIABLE]: _, TMUX, TMUX_PANE, ...own } = env;
  // Bundled, this file is the program.
  const words = [fileURLToPath(import.meta.url), "start"];
  const child = spawn(process.execPath, words, {
    ...{ cwd: project, env: own, detached: true, stdio: ["ignore", console, console] },
  });
  closeSync(console);
  let hasEnded = false;
  child.on("error", () => {
    hasEnded = true;
  });
  child.on("exit", () => {
    hasEnded = true;
  });
  for (const end = performance.now() + START_MS; !hasEnded && performance.now() < end; await sleep(LOOK_MS)) {
    const found = foundNow(project, env);
    if (!found || found.folder !== project) continue;
    child.unref();
    return found;
  }
  const said = readFileSync(consolePath, "utf8").trim().split("\n").slice(-5).join("\n");
  throw new BridgeError("not-started", `The bridge does not come up:\n${said || "It said nothing."}`);
}

function projectOf(folder: string): string | undefined {
  for (let here = folder; ; here = dirname(here)) {
    if (readEnvFile(join(here, ".env")).entries.has("TELEGRAM_BOT_TOKEN")) return here;
    if (dirname(here) === here) return undefined;
  }
}

function foundNow(folder: string, env: NodeJS.ProcessEnv): FoundBridge | undefined {
  try {
    return bridgeOf(folder, env);
  } catch (error) {
    if (error instanceof BridgeError) return undefined;
    throw error;
  }
}
