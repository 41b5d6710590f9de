import assert from "node:assert/strict";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Agent } from "../../src/agents/agent.ts";
import { onlyAgent } from "../../src/agents/choose.ts";
import { type Bridge, startBridge } from "../../src/bridge.ts";
import { readConfig } from "../../src/config.ts";
import type { Job } from "../../src/jobs/job.ts";
import type { Log } from "../../src/log.ts";
import { prepareState, projectPaths } from "../../src/project.ts";
import { createSecrets } from "../../src/secrets.ts";
import { Store } from "../../src/store.ts";
import type { Update } from "../../src/telegram/types.ts";
import { openVault } from "../../src/vault.ts";
import { OFFERS_NOTHING, PASSIVE } from "../fakes/agent.ts";
import { type FakeClock, fakeClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { type FakeMessenger, fakeMessenger } from "../fakes/messenger.ts";
import type { Json } from "./mutate.ts";
import { count } from "./runs.ts";

export const OWNER = 7;
export const GUEST = 8;
export const STRANGER = 666;
export const GROUP = -100500;
export const BOT = { id: 99, username: "NanoBot" };

/** A bridge in this process, with an agent that waits until it is told to end. */
export interface FuzzedBridge {
  readonly bridge: Bridge;
  readonly store: Store;
  readonly clock: FakeClock;
  readonly messenger: FakeMessenger;
  /** The callback queries that were acknowledged, with what was said. */
  readonly acknowledged: Map<string, string>;
  /** The jobs that were run, in order. */
  readonly turns: readonly Job[];
  /** How many requests of the agent were allowed or denied. */
  decisions(): number;
  /** How often each event was logged, other than for debugging. */
  readonly logged: Map<string, number>;
  /** Lets the running turn end; until then it runs. */
  endTurn(): void;
  /** The answer to a `/status` of the owner. Fails when none comes. */
  status(): Promise<string>;
}

/** @param endsAtOnce Whether the agent answers without being told to. */
export async function fuzzedBridge(t: TestContext, endsAtOnce: boolean): Promise<FuzzedBridge> {
  // Before the folder goes: hooks run in the order in which they are given.
  let stop = async (): Promise<void> => {};
  t.after(() => stop());
  const paths = projectPaths(await temporaryFolder(t));
  prepareState(paths);
  const acknowledged = new Map<string, string>();
  const messenger: FakeMessenger = {
    ...fakeMessenger(),
    acknowledge: (id, notice = "") => void acknowledged.set(id, notice),
  };
  const logged = new Map<string, number>();
  const keep = (event: string): void => count(logged, event);
  const log: Log = { debug() {}, info: keep, warn: keep, error: keep };
  const store = await Store.open(paths.journal, log);
  const clock = fakeClock();
  const config = readConfig(
    paths.folder,
    {
      TELEGRAM_BOT_TOKEN: "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      TELEGRAM_ALLOWED_USER_IDS: `${OWNER},${GUEST}`,
      NANOGENT_OWNER_IDS: String(OWNER),
      // The clock stands still, and mutated dates are any time at all.
      NANOGENT_STALE_AFTER: "off",
    },
    { telegram: true },
  );
  const turns: Job[] = [];
  let decisions = 0;
  let endTurn = (): void => {};
  const agent: Agent = {
    name: "stand-in",
    output: "markdown",
    ...OFFERS_NOTHING,
    slashCommands: async () => ["compact"],
    run(request, onEvent) {
      const open = store.job(request.jobId);
      assert.ok(open, "run without being written down");
      turns.push(open.job);
      let isOver = false;
      let over = (): void => {};
      const ended = new Promise<void>((resolve) => {
        over = resolve;
      });
      const end = (kind: "done" | "cancelled"): void => {
        if (isOver) return;
        isOver = true;
        onEvent(kind === "done" ? { kind, usage: { durationMs: 1 } } : { kind });
        over();
      };
      endTurn = () => end("done");
      void setImmediate().then(() => {
        onEvent({ kind: "text", delta: "Done.", block: 0 });
        if (endsAtOnce) end("done");
        else if (!isOver)
          onEvent({
            kind: "request",
            request: { kind: "permission", id: "1", tool: "Bash", detail: request.prompt },
          });
      });
      return {
        ...PASSIVE,
        answer() {
          decisions += 1;
          return true;
        },
        cancel: async () => end("cancelled"),
        ended,
      };
    },
  };
  const bridge = await startBridge({
    config,
    paths,
    agents: onlyAgent(agent),
    messenger,
    store,
    vault: openVault({ path: paths.secrets, env: {}, secrets: createSecrets([]), log }),
    clock,
    log,
    env: {},
    redact: (text) => text,
    redactCut: (text) => text,
    version: "1",
    identity: async () => BOT,
    saveFile: async (file) => join("uploads", String(file.file_id)),
    announce: () => {},
    claim: () => {},
    examine: async () => [],
  });
  bridge.caughtUp();
  stop = () => bridge.stop();
  let asked = 0;
  return {
    bridge,
    store,
    clock,
    messenger,
    acknowledged,
    turns,
    logged,
    decisions: () => decisions,
    endTurn: () => endTurn(),
    async status() {
      asked += 1;
      const before = messenger.calls.length;
      await bridge.receive([
        {
          // No mutation makes such a number.
          update_id: 4_000_000_000_000 + asked * 7,
          message: {
            message_id: 1,
            date: 0,
            chat: { id: OWNER, type: "private" },
            from: { id: OWNER, is_bot: false, first_name: "Ada" },
            text: "/status",
          },
        },
      ]);
      const answer = (): string | undefined =>
        messenger.calls.slice(before).find((call) => call.includes("Agent: stand-in"));
      await until(() => answer() !== undefined, "/status is not answered");
      return answer() ?? "";
    },
  };
}

/** Nothing here takes a thousandth of it. */
const HANGS_MS = 60_000;

/** What is written, and what follows from it, takes a while of the event loop, but no time on the clock. */
export async function until(condition: () => boolean, fault: string): Promise<void> {
  const deadline = performance.now() + HANGS_MS;
  while (performance.now() < deadline) {
    if (condition()) return;
    await setImmediate();
  }
  assert.fail(fault);
}

/** As it comes from outside: of whatever shape. */
export function asUpdate(value: Json): Update {
  return value as unknown as Update;
}
