import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BotServer } from "./bot-server.ts";
import { monotonic } from "./measure.ts";
import { ended, startProgram, temporaryFolder } from "./workplace.ts";

export const BUNDLE = fileURLToPath(new URL("../../dist/nanogent.mjs", import.meta.url));

export interface RunningBridge {
  readonly pid: number;
  /** Milliseconds from the start of the process to its first poll. */
  readonly startMs: number;
  /** Resolves with the time, on `monotonic`, at which it next logs this. */
  logs(words: string): Promise<number>;
  stop(): Promise<void>;
  /** SIGKILL: what it would have tidied up stays. */
  kill(): Promise<void>;
}

let bots = 0;

/** A folder with a bot of that server. Users 1 to `users` may write to it. */
export function makeProject(
  server: BotServer,
  settings: Readonly<Record<string, string>>,
  users = 1,
): string {
  const folder = temporaryFolder();
  const lines = Object.entries({
    // Two bridges do not answer one bot.
    TELEGRAM_BOT_TOKEN: `${1_234_567_890 + bots++}:AAbenchbenchbenchbenchbenchbenchben`,
    TELEGRAM_API_ROOT: server.root,
    TELEGRAM_ALLOWED_USER_IDS: Array.from({ length: users }, (_, index) => index + 1).join(","),
    ...settings,
  }).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(join(folder, ".env"), lines.join(""));
  return folder;
}

/** Starts the built program in a folder. Resolves when it polls. @throws when it ends before. */
export async function startBridge(
  server: BotServer,
  folder: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<RunningBridge> {
  const polled = server.nextCall(({ method }) => method === "getUpdates");
  const began = monotonic();
  const child = startProgram(process.execPath, [BUNDLE], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const end = ended(child);
  const listeners = new Set<(text: string) => void>();
  child.stderr?.on("data", (piece: Buffer) => {
    for (const listener of listeners) listener(piece.toString("utf8"));
  });
  const { at } = await Promise.race([polled, failure(child, end)]);
  return {
    pid: child.pid ?? 0,
    startMs: at - began,
    logs: (words) =>
      new Promise((resolve) => {
        const listener = (text: string): void => {
          if (!text.includes(words)) return;
          listeners.delete(listener);
          resolve(monotonic());
        };
        listeners.add(listener);
      }),
    async stop() {
      child.kill("SIGTERM");
      await end;
    },
    async kill() {
      child.kill("SIGKILL");
      await end;
    },
  };
}

async function failure(child: ChildProcess, end: Promise<void>): Promise<never> {
  let text = "";
  child.stderr?.setEncoding("utf8").on("data", (piece: string) => {
    text = (text + piece).slice(-2_000);
  });
  await end;
  throw new Error(`the bridge ended before it polled:\n${text}`);
}
