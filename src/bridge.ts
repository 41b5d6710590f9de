import type { Agents } from "./agents/choose.ts";
import { bridgeTerminals } from "./bridge-terminals.ts";
import { createAccess } from "./chat/access.ts";
import { sendBridgeNotice } from "./chat/bridge-notice.ts";
import type { Facts } from "./chat/commands/command.ts";
import { createDoorkeeper } from "./chat/doorkeeper.ts";
import { Erasures } from "./chat/erasures.ts";
import { hearingOf } from "./chat/hearing.ts";
import type { BotIdentity } from "./chat/incoming.ts";
import type { Messenger } from "./chat/messenger.ts";
import { followMigration } from "./chat/migration.ts";
import type { Pairing } from "./chat/pairing.ts";
import { Requests } from "./chat/requests/requests.ts";
import { Router } from "./chat/router.ts";
import { SecretIntake } from "./chat/secret-intake.ts";
import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import { BridgeDoor } from "./control/bridge-door.ts";
import type { Finding } from "./doctor/examination.ts";
import type { FileRules } from "./files/outgoing-file.ts";
import { CatchUp } from "./jobs/catch-up.ts";
import { Desk } from "./jobs/desk.ts";
import type { Job } from "./jobs/job.ts";
import { personOf } from "./jobs/person.ts";
import { bringUndelivered, offer, type RecoveryOptions, recover } from "./jobs/recovery.ts";
import { shellFault } from "./jobs/shell-access.ts";
import { keepUploadsTidy } from "./jobs/uploads.ts";
import type { Log } from "./log.ts";
import type { ProjectPaths } from "./project.ts";
import { ScheduleBook } from "./schedules/book.ts";
import { type StateFolderOptions, showLife, watchState } from "./state-folder.ts";
import type { Store } from "./store.ts";
import type { FileInfo, Update } from "./telegram/types.ts";
import { updateFault } from "./telegram/update-fault.ts";
import { Undo } from "./undo/undo.ts";
import type { Vault } from "./vault.ts";
import { BridgePage } from "./web/bridge-page.ts";
import type { WebNeeds } from "./web/needs.ts";
import { within } from "./within.ts";

export interface BridgeOptions {
  readonly config: Config;
  readonly paths: ProjectPaths;
  readonly agents: Agents;
  readonly messenger: Messenger;
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Log;
  /** The bridge's own, for programs that it runs itself. */
  readonly env: NodeJS.ProcessEnv;
  /** Takes secrets out of what agents say. */
  readonly redact: (text: string) => string;
  /** Takes them out of a line of a screen, where they may be cut off. */
  readonly redactCut: (text: string) => string;
  readonly version: string;
  readonly pairing?: Pairing;
  readonly identity: () => Promise<BotIdentity>;
  readonly saveFile: (file: FileInfo, messageId: number) => Promise<string>;
  /** For `/doctor`. */
  readonly examine: () => Promise<readonly Finding[]>;
  /** For the person at the console. */
  readonly announce: (line: string) => void;
  /** Makes sure that the project is this process's own, also after its lock was removed. @throws when it is not. */
  readonly claim: () => void;
}

/** One project's parts, wired together. Where messages come from and go to is up to the caller. */
export interface Bridge {
  readonly desk: Desk;
  /**
   * Takes updates over: on disk when it resolves, handled soon after. One that is not as it should be is logged and
   * left out: the server would send it again for ever.
   * @throws when they cannot be written.
   */
  receive(updates: readonly Update[]): Promise<void>;
  /**
   * Everything that was sent before the start has been received. Until then, or for a few seconds where it takes longer,
   * nothing is started: what was sent may change or remove what waits.
   */
  caughtUp(): void;
  /** Takes over other settings. What runs already goes on with those that it has. */
  configure(config: Config, agents: Agents): void;
  /** Says something about the bridge itself where it is worked with. */
  tell(text: string): void;
  /** Resolves when nothing runs or waits and every answer so far is delivered. */
  idle(): Promise<void>;
  /** Stops what runs and delivers what is left, within 5 s. */
  stop(): Promise<void>;
}

/** The page and the control socket wait so long after the start. */
const DOORS_MS = 500;

/** What is not done by then is left to the next life: a supervisor gives little more before it ends a program itself. */
const STOP_MS = 4_500;
/** Of that: a tmux that hangs must leave time for the messages that are still to be sent. */
const TERMINALS_MS = 3_000;

/** A disk that takes nothing must not hold up the end. */
const LAST_WRITE_MS = 300;

/** Wires the parts together and goes on where the last life of the bridge ended. */
export async function startBridge(options: BridgeOptions): Promise<Bridge> {
  const { paths, agents, messenger, store, vault, clock, log, version, redact } = options;
  let { config } = options;
  const requests = new Requests({ messenger, store, clock, remindMs: () => config.remindMs });
  const access = createAccess(config.access);
  const fileRules = (): FileRules => ({
    folder: paths.folder,
    deny: config.denyFiles,
    secrets: vault.hidden,
  });
  const undo = new Undo({
    ...{ paths, env: options.env, fileRules, log },
    hasOthers: () => desk.residents.hasTasks,
  });
  const desk = new Desk({
    undo,
    agents,
    messenger,
    requests,
    store,
    clock,
    log,
    paths,
    fileRules,
    redact,
    notifyAfterMs: () => config.notifyAfterMs,
    settings: config,
    shellFault: ({ author, place }) => shellFault(config.shell, personOf(access, author, place)?.role, place),
  });
  const door = new BridgeDoor({
    ...{ paths, env: options.env, clock, log },
    async needs() {
      await restored;
      return needs();
    },
  });
  const terminals = bridgeTerminals({
    door,
    ...{ paths, vault, env: options.env, messenger, redact: options.redactCut, clock, log },
    config: () => config,
    addressOf: (id) => page.addressOf(id),
    wayToPage: (id) => page.wayTo(id),
    bot: options.identity,
    ownPlaces: () => access.owners.map((chatId) => ({ chatId })),
    mayTell: ({ chatId }) => access.mayTellOwners(chatId),
  });
  const facts: Facts = {
    version,
    folder: paths.folder,
    now: () => clock.now(),
    examine: options.examine,
    fileRules,
    redact,
    env: options.env,
    undo,
    machines: async () => {
      const { openMachines } = await import("./terminal/backends/machines.ts");
      const { vaultKey } = config;
      return openMachines({ paths, folder: paths.folder, vaultKey, env: options.env });
    },
    terminals,
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
  const isStale = (since: number): boolean =>
    config.staleAfterMs !== undefined && clock.now() - since > config.staleAfterMs;
  const mayPrompt = ({ author, place }: Pick<Job, "author" | "place">): boolean =>
    personOf(access, author, place) !== undefined;
  const recovery: RecoveryOptions = {
    messenger,
    store,
    clock,
    log,
    paths,
    fileRules,
    redact,
    mayPrompt,
    isStale,
  };
  const schedules = new ScheduleBook({
    store,
    clock,
    log,
    mayPrompt,
    queue: (draft, fired) => desk.add(draft, undefined, fired),
  });
  const secrets = new SecretIntake({ store, access, vault });
  const erasures = new Erasures(store, messenger);
  const router = new Router({
    erasures,
    desk,
    schedules,
    vault,
    secrets,
    messenger,
    requests,
    access,
    doorkeeper,
    store,
    clock,
    log,
    facts,
    identity,
    saveFile,
    hearing: () => hearingOf(config, options.env),
    isStale,
    whenBusy: () => config.whenBusy,
    personOf: (author, place) => personOf(access, author, place),
    offer: (job) => offer(job, desk, recovery),
    onContact(chatId) {
      bringUndelivered(chatId, desk, recovery);
      page.met(chatId);
    },
    onMigration: (from, to) =>
      followMigration(from, to, {
        schedules,
        desk,
        undo,
        access,
        envPath: paths.env,
        log,
        announce: options.announce,
      }),
  });

  desk.budget.onHeld((job) => offer(job, desk, recovery));
  const tell = (text: string): void => sendBridgeNotice(text, { desk, access, messenger, mayPrompt });
  let made: Promise<WebNeeds> | undefined;
  const needs = (): Promise<WebNeeds> => {
    made ??= import("./web/bridge-needs.ts").then(({ bridgeNeeds }) =>
      bridgeNeeds({
        ...{ desk, store, messenger, clock, sessions: terminals.forPage(), access, fileRules },
        bridge() {
          const { address } = page;
          const { pid } = process;
          const { startedAt } = desk;
          return { version, folder: paths.folder, pid, startedAt, ...(address ? { page: address } : {}) };
        },
      }),
    );
    return made;
  };
  const page = new BridgePage({
    ...{ paths, env: options.env, terminals, access, messenger, needs, clock, log, tell },
    config: () => config,
    announce: options.announce,
  });
  const claim = (): void => {
    options.claim();
    door.renew();
  };
  const rewrite = (): void => {
    terminals.rewrite();
    page.rewrite();
  };
  const stateFolder: StateFolderOptions = { ...options, tell, claim, rewrite };
  watchState(stateFolder);
  const catchUp = new CatchUp(desk, clock);
  await recover(desk, recovery);
  const restored = terminals.start();
  // When the bridge answers: it must not start later for them.
  const stopWaiting = clock.after(DOORS_MS, () => {
    void page.follow();
    void door.keep();
  });
  erasures.resume();
  for (const update of store.unhandled) catchUp.track(router.handle(update));
  // Something that was sent before may delete what is due.
  void catchUp.done.then(() => schedules.start());
  const stopShowingLife = showLife(stateFolder);
  const stopSweeping = keepUploadsTidy({ store, clock, log, paths, keptMs: () => config.keepUploadsMs });

  const isReadable = (update: Update): boolean => {
    const reason = updateFault(update);
    if (reason !== undefined) log.warn("update refused", { reason });
    return reason === undefined;
  };

  return {
    desk,
    tell,
    caughtUp: () => catchUp.end(),
    configure(next, nextAgents) {
      config = next;
      access.update(next.access);
      desk.configure(nextAgents, next);
      terminals.configure();
      for (const job of desk.waiting) if (!mayPrompt(job)) desk.drop(job);
      void page.follow();
      for (const open of desk.budget.held) if (!mayPrompt(open.job)) void desk.cases.settle(open, "drop");
      desk.residents.endThoseOf((job) => !mayPrompt(job));
    },
    async receive(updates) {
      const readable = updates.filter(isReadable);
      const fresh = await store.receive(readable, (update) => secrets.cover(update));
      for (const update of fresh) catchUp.track(router.handle(update));
    },
    async idle() {
      await catchUp.done;
      await router.settled();
      await desk.idle();
      await desk.deliveries.settled();
    },
    async stop() {
      const end = clock.monotonic() + STOP_MS;
      stopShowingLife();
      schedules.stop();
      stopSweeping();
      router.stop();
      stopWaiting();
      // Whoever looks at a terminal sees it end.
      const terminalsStopped = within(terminals.stop(), TERMINALS_MS).then(() => door.stop());
      const stopped = Promise.all([desk.stop(), terminalsStopped, page.stop()]);
      // Not before: it lets the queue go, and what waits must not be started now.
      catchUp.stop();
      const left = (): number => Math.max(0, end - clock.monotonic());
      await within(stopped, left());
      await within(desk.deliveries.settled(), left());
      await messenger.flush(left());
      if (store.openJobs.length > 0) await store.touch();
      await within(store.close(), Math.max(LAST_WRITE_MS, left()));
    },
  };
}
