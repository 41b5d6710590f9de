import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { type BotApi, type BotApiOptions, startBotApi } from "../fakes/bot-api.ts";
import { removeFolder } from "../fakes/folder.ts";

export const BUNDLE = fileURLToPath(new URL("../../dist/nanogent.mjs", import.meta.url));

/** The person who owns the bot in most tests. */
export const OWNER = 7;

/** Settings for an agent whose prompts are scripts, also those of guests, who may not use the shell. */
export const SCRIPTED = { NANOGENT_AGENT: "custom", NANOGENT_AGENT_COMMAND: "sh" };

export interface ProjectOptions {
  /** Lines of `.env` in place of those that make `OWNER` the owner. */
  readonly env?: Readonly<Record<string, string>>;
  readonly api?: BotApiOptions;
  /** The Node that runs the program, if not the one that runs the test. */
  readonly node?: string;
}

/** A folder with a bot, and the built program to be started in it. */
export interface Project {
  readonly folder: string;
  readonly api: BotApi;
  /** Starts the bridge, with more variables in its environment. Resolves when it polls. */
  start(environment?: Readonly<Record<string, string>>): Promise<RunningBridge>;
  writeEnv(values: Readonly<Record<string, string>>): Promise<void>;
  readJournal(): Promise<string>;
}

export interface RunningBridge {
  readonly pid: number;
  readonly child: ChildProcess;
  /** Everything written so far to stdout and stderr. */
  output(): string;
  /** Resolves when the output contains this. */
  says(text: string | RegExp): Promise<string>;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** SIGTERM. @returns the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** Sets up a project that is taken down with the test, together with every bridge that was started in it. */
export async function project(t: TestContext, options: ProjectOptions = {}): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), "nanogent-test-"));
  const api = await startBotApi({ timeScale: 1, ...options.api });
  const bridges: RunningBridge[] = [];
  const writeEnv = (values: Readonly<Record<string, string>>): Promise<void> =>
    writeFile(
      join(folder, ".env"),
      Object.entries({ TELEGRAM_BOT_TOKEN: api.token, TELEGRAM_API_ROOT: api.root, ...values })
        .map(([key, value]) => `${key}=${value}\n`)
        .join(""),
    );
  t.after(async () => {
    await Promise.all(bridges.map((bridge) => bridge.kill()));
    await api.close();
    await removeFolder(folder);
  });
  await writeEnv(options.env ?? { TELEGRAM_ALLOWED_USER_IDS: String(OWNER), NANOGENT_AGENT: "shell" });
  return {
    folder,
    api,
    writeEnv,
    readJournal: () => readFile(join(folder, ".nanogent", "journal.jsonl"), "utf8"),
    async start(environment) {
      const polls = api.calls("getUpdates").length;
      const bridge = run(["start"], folder, environment, options.node);
      bridges.push(bridge);
      await Promise.race([
        api.waitFor(() => api.calls("getUpdates").length > polls, { what: "the first poll" }),
        bridge.exited.then(({ code }) => {
          throw new Error(`the bridge ended with ${code} before it polled:\n${bridge.output()}`);
        }),
      ]);
      return bridge;
    },
  };
}

/** Starts the built program in a folder, with nothing of the test's own settings in its environment. */
export function run(
  words: readonly string[],
  folder: string,
  environment: Readonly<Record<string, string>> = {},
  node: string = process.execPath,
): RunningBridge {
  const own = Object.entries(process.env).filter(([key]) => !/^(NANOGENT|TELEGRAM|NODE)_|_proxy$/i.test(key));
  const child = spawn(node, [BUNDLE, ...words], {
    cwd: folder,
    // The locks of bots and the sockets of tmux, too, go away with the folder.
    env: {
      ...Object.fromEntries(own),
      XDG_RUNTIME_DIR: join(folder, ".nanogent"),
      TMUX_TMPDIR: join(folder, ".nanogent"),
      ...environment,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let text = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      for (const listener of listeners) listener();
    });
  }
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
  return {
    pid: child.pid ?? 0,
    child,
    exited,
    output: () => text,
    says: (what) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const found = typeof what === "string" ? text.includes(what) : what.test(text);
          if (!found) return;
          listeners.delete(check);
          resolve(text);
        };
        listeners.add(check);
        void exited.then(() => reject(new Error(`it ended without saying ${what}:\n${text}`)));
        check();
      }),
    async stop() {
      child.kill("SIGTERM");
      return (await exited).code;
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
