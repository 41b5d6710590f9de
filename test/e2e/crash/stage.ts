import { readFileSync, statSync } from "node:fs";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseRecord } from "../../../src/records.ts";
import { State } from "../../../src/state.ts";
import type { StoreRecord } from "../../../src/store-record.ts";
import { type BotApi, type ChatRef, startBotApi } from "../../fakes/bot-api.ts";
import { fakeClaude, type Scenario } from "../../fakes/claude-cli.ts";
import { OWNER, type RunningBridge, run } from "../project.ts";
import { orphans } from "./orphans.ts";

/** Where a bridge is to be killed: in which of its lives, and at which point of that life. */
export interface Crash {
  readonly life: number;
  readonly at: string;
}

export interface StageOptions {
  readonly agent: Scenario;
  /** A journal that is large enough to be compacted when it is opened. */
  readonly largeJournal?: boolean;
  readonly crash?: Crash;
}

/** What the journal of a bridge says, whether it runs or not. */
export interface JournalView {
  readonly records: readonly StoreRecord[];
  readonly state: State;
  /** The numbers of lines that are no records, and how many lines there are. */
  readonly unreadable: readonly number[];
  readonly lines: number;
}

const TIME_LAPSE = 10;
/** For a machine that is busy with other things. */
const LONGEST_WAIT_MS = 30_000;
const LOOK_MS = 8;
const QUIET_MS = 60;

const preload = ["time-lapse.cjs", "crash-points.cjs"]
  .map((name) => `--require=${fileURLToPath(new URL(`../../fakes/preload/${name}`, import.meta.url))}`)
  .join(" ");

/** A folder with a bot whose bridge is started again whenever it was killed. */
export class Stage {
  readonly folder: string;
  readonly api: BotApi;
  readonly chat: ChatRef;
  readonly #crash: Crash | undefined;
  #bridge: RunningBridge | undefined;
  #lives = 0;
  #leaving = false;
  #watching: Promise<void> = Promise.resolve();
  #outputs: (() => string)[] = [];
  #read: { readonly stamp: string | undefined; readonly view: JournalView } | undefined;
  readonly #pollsBefore = new Map<number, number>();
  /** How often a bridge was killed at the point that was asked for. */
  crashes = 0;
  /** What the journal looked like right after it. */
  afterCrash: JournalView | undefined;
  /** What went wrong outside of the script. */
  trouble: unknown;

  private constructor(folder: string, api: BotApi, crash: Crash | undefined) {
    this.folder = folder;
    this.api = api;
    this.chat = api.privateChat(OWNER, { firstName: "Ada" });
    this.#crash = crash;
  }

  /** Sets the stage and starts the first life. */
  static async set({ agent, largeJournal, crash }: StageOptions): Promise<Stage> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "nanogent-test-")));
    const api = await startBotApi({
      timeScale: 1 / TIME_LAPSE,
      // A new life cannot know what the one before has just used up.
      rateLimit: { timeScale: 1 / TIME_LAPSE, burst: 12 },
    });
    const stage = new Stage(folder, api, crash);
    const env = {
      TELEGRAM_BOT_TOKEN: api.token,
      TELEGRAM_API_ROOT: api.root,
      TELEGRAM_ALLOWED_USER_IDS: String(OWNER),
      NANOGENT_CLAUDE: await fakeClaude(folder, agent),
      NANOGENT_PERMISSIONS: "ask",
      // It remembers nothing that another life could miss, and starts at no certain point.
      NANOGENT_WEB: "off",
    };
    await writeFile(
      join(folder, ".env"),
      Object.entries(env)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(""),
    );
    if (largeJournal) await writeLargeJournal(folder);
    stage.#start();
    return stage;
  }

  get lives(): number {
    return this.#lives;
  }

  get output(): string {
    return this.#outputs.map((output, index) => `life ${index + 1}:\n${output()}`).join("");
  }

  /** Waits until something holds. @throws Error with what there is to see, when it does not. */
  async until<T>(what: string, look: () => T | Promise<T>): Promise<Exclude<T, undefined | false>> {
    const deadline = performance.now() + LONGEST_WAIT_MS;
    for (;;) {
      if (this.trouble) throw this.trouble;
      const found = await look();
      if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
      if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
      await sleep(LOOK_MS);
    }
  }

  journal(): JournalView {
    const path = join(this.folder, ".nanogent", "journal.jsonl");
    const found = statSync(path, { throwIfNoEntry: false });
    const stamp = found && `${found.ino} ${found.size}`;
    // It is looked at all the time, and changes now and then.
    if (this.#read === undefined || this.#read.stamp !== stamp) {
      this.#read = { stamp, view: readJournal(found ? readFileSync(path, "utf8") : "") };
    }
    return this.#read.view;
  }

  /** The points that one life has passed so far, each with what it was about. */
  async points(life: number): Promise<{ id: string; detail: string }[]> {
    const text = await readFile(this.#log(life), "utf8").catch(() => "");
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => {
        const [id = "", detail = ""] = line.split("\t");
        return { id, detail };
      });
  }

  /** Ends this life and starts the next. */
  async restart(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    await this.polls();
    await this.#leave(signal);
    this.#start();
  }

  /** Resolves when nothing happens for a moment. */
  async quiet(): Promise<void> {
    let passed = -1;
    let since = 0;
    await this.until("a quiet moment", () => {
      const { size } = statSync(this.#log(this.#lives), { throwIfNoEntry: false }) ?? { size: -1 };
      if (size !== passed) since = performance.now();
      passed = size;
      return performance.now() - since > QUIET_MS;
    });
  }

  /** Resolves when this life asks Telegram for updates: from then on it knows signals. */
  async polls(): Promise<void> {
    const polls = (): number => this.api.calls("getUpdates").length;
    await this.until("a poll of this life", () => polls() > (this.#pollsBefore.get(this.#lives) ?? 0));
  }

  /** SIGTERM. @returns the exit code of the last life; undefined when it was killed, and started again. */
  async stop(): Promise<number | undefined> {
    await this.polls();
    const { code, signal } = await this.#leave("SIGTERM");
    if (signal !== "SIGKILL") return code ?? -1;
    this.#start();
    return undefined;
  }

  /** Ends whatever runs and takes the stage down. */
  async close(): Promise<void> {
    this.#leaving = true;
    await this.#bridge?.kill();
    await this.#watching;
    for (const pid of orphans(this.folder)) process.kill(pid, "SIGKILL");
    await this.api.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  async #leave(by: "SIGTERM" | "SIGKILL"): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    this.#leaving = true;
    const bridge = this.#bridge;
    if (!bridge) throw new Error("no bridge runs");
    bridge.child.kill(by);
    const exit = await bridge.exited;
    await this.#watching;
    this.#leaving = false;
    return exit;
  }

  #start(): void {
    this.#lives += 1;
    const life = this.#lives;
    this.#pollsBefore.set(life, this.api.calls("getUpdates").length);
    const at = this.#crash?.life === life ? { CRASH_AT: this.#crash.at } : {};
    const bridge = run(["start"], this.folder, {
      NODE_OPTIONS: preload,
      TIME_LAPSE: String(TIME_LAPSE),
      CRASH_LOG: this.#log(life),
      ...at,
    });
    this.#bridge = bridge;
    this.#outputs.push(bridge.output);
    this.#watching = bridge.exited.then(async ({ code, signal }) => {
      const last = (await this.points(life)).at(-1)?.id;
      if (signal === "SIGKILL" && at.CRASH_AT !== undefined && last === at.CRASH_AT) {
        this.crashes += 1;
        this.afterCrash = this.journal();
      }
      if (this.#leaving) return;
      if (signal === "SIGKILL") this.#start();
      else this.trouble = new Error(`the bridge ended by itself with ${code ?? signal}`);
    });
  }

  #log(life: number): string {
    return join(this.folder, `points.${life}`);
  }
}

function readJournal(text: string): JournalView {
  const state = new State();
  const records: StoreRecord[] = [];
  const unreadable: number[] = [];
  const lines = text.split("\n").filter(Boolean);
  for (const [index, line] of lines.entries()) {
    try {
      const record = parseRecord(JSON.parse(line));
      if (!record) continue;
      records.push(record);
      state.apply(record);
    } catch {
      unreadable.push(index);
    }
  }
  return { records, state, unreadable, lines: lines.length };
}

async function writeLargeJournal(folder: string): Promise<void> {
  await mkdir(join(folder, ".nanogent"), { mode: 0o700 });
  // A kind of record that only a later version knows is as good as any.
  const line = JSON.stringify({ k: "padding", text: "x".repeat(1100 * 1024) });
  await writeFile(join(folder, ".nanogent", "journal.jsonl"), `${line}\n`, { mode: 0o600 });
}
