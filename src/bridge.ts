import type { Agent } from "./agents/agent.ts";
import { createAccess } from "./chat/access.ts";
import type { Facts } from "./chat/commands/command.ts";
import { createDoorkeeper } from "./chat/doorkeeper.ts";
import type { BotIdentity } from "./chat/incoming.ts";
import type { Messenger } from "./chat/messenger.ts";
import type { Pairing } from "./chat/pairing.ts";
import { Permissions } from "./chat/permissions.ts";
import { Router } from "./chat/router.ts";
import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import { Desk } from "./jobs/desk.ts";
import type { Job } from "./jobs/job.ts";
import { recover } from "./jobs/recovery.ts";
import type { Log } from "./log.ts";
import type { ProjectPaths } from "./project.ts";
import type { Store } from "./store.ts";
import type { FileInfo, Update } from "./telegram/types.ts";
import { within } from "./within.ts";

export interface BridgeOptions {
  readonly config: Config;
  readonly paths: ProjectPaths;
  readonly agent: Agent;
  readonly messenger: Messenger;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Takes secrets out of what agents say. */
  readonly redact: (text: string) => string;
  readonly version: string;
  readonly pairing?: Pairing;
  readonly identity: () => Promise<BotIdentity>;
  readonly saveFile: (file: FileInfo, messageId: number) => Promise<string>;
  /** For the person at the console. */
  readonly announce: (line: string) => void;
}

/** One project's parts, wired together. Where messages come from and go to is up to the caller. */
export interface Bridge {
  readonly desk: Desk;
  /** Takes updates over: on disk when it resolves, handled soon after. @throws when they cannot be written. */
  receive(updates: readonly Update[]): Promise<void>;
  /** Resolves when nothing runs or waits and every answer so far is delivered. */
  idle(): Promise<void>;
  /** Stops what runs and delivers what is left, within 5 s. */
  stop(): Promise<void>;
}

/** What is not done by then is left to the next life: a supervisor gives little more before it ends a program itself. */
const STOP_MS = 4_500;

/** Wires the parts together and goes on where the last life of the bridge ended. */
export async function startBridge(options: BridgeOptions): Promise<Bridge> {
  const { config, paths, agent, messenger, store, clock, log, version } = options;
  const permissions = new Permissions(messenger);
  const access = createAccess(config.access);
  const desk = new Desk({
    agent,
    messenger,
    permissions,
    store,
    clock,
    log,
    paths,
    redact: options.redact,
    config,
  });
  const facts: Facts = {
    version,
    folder: paths.folder,
    permissions: config.permissions,
    model: config.model,
    now: () => clock.now(),
  };
  const now = (): number => clock.monotonic();
  const doorkeeper = createDoorkeeper({
    access,
    pairing: options.pairing,
    envPath: paths.env,
    log,
    now,
    announce: options.announce,
  });
  const { identity, saveFile } = options;
  const router = new Router({
    desk,
    messenger,
    permissions,
    access,
    doorkeeper,
    store,
    clock,
    log,
    facts,
    identity,
    saveFile,
  });

  const mayPrompt = ({ author: { id, name }, place: { chatId } }: Job): boolean =>
    access.roleOf(
      { id, is_bot: false, first_name: name },
      { id: chatId, type: chatId < 0 ? "supergroup" : "private" },
    ) !== undefined;
  await recover(desk, { messenger, store, log, paths, mayPrompt });
  for (const update of store.unhandled) void router.handle(update);

  return {
    desk,
    async receive(updates) {
      for (const update of await store.receive(updates)) void router.handle(update);
    },
    async idle() {
      await router.settled();
      await desk.idle();
      await desk.delivered();
    },
    async stop() {
      const end = clock.monotonic() + STOP_MS;
      router.stop();
      const left = (): number => Math.max(0, end - clock.monotonic());
      await within(desk.stop(), left());
      await within(desk.delivered(), left());
      await messenger.flush(left());
      await store.close();
    },
  };
}
