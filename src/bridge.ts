import type { Agents } from "./agents/choose.ts";
import { createAccess } from "./chat/access.ts";
import { moveChatInEnv } from "./chat/allowlist.ts";
import type { Facts } from "./chat/commands/command.ts";
import { createDoorkeeper } from "./chat/doorkeeper.ts";
import { hearingOf } from "./chat/hearing.ts";
import type { BotIdentity } from "./chat/incoming.ts";
import type { Messenger, Place } from "./chat/messenger.ts";
import type { Pairing } from "./chat/pairing.ts";
import { Requests } from "./chat/requests/requests.ts";
import { Router } from "./chat/router.ts";
import { SecretIntake } from "./chat/secret-intake.ts";
import { Terminals } from "./chat/terminals/terminals.ts";
import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import type { Finding } from "./doctor/examination.ts";
import type { FileRules } from "./files/outgoing-file.ts";
import { CatchUp } from "./jobs/catch-up.ts";
import { Desk, type Person } from "./jobs/desk.ts";
import type { Author, Job } from "./jobs/job.ts";
import { bringToEnd, offer, type RecoveryOptions, recover } from "./jobs/recovery.ts";
import { shellFault } from "./jobs/shell-access.ts";
import { keepUploadsTidy } from "./jobs/uploads.ts";
import type { Log } from "./log.ts";
import { type ProjectPaths, prepareState } from "./project.ts";
import { ScheduleBook } from "./schedules/book.ts";
import type { Store } from "./store.ts";
import type { FileInfo, Update } from "./telegram/types.ts";
import { updateFault } from "./telegram/update-fault.ts";
import { plain } from "./text/entities.ts";
import { Undo } from "./undo/undo.ts";
import type { Vault } from "./vault.ts";
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

/** What is not done by then is left to the next life: a supervisor gives little more before it ends a program itself. */
const STOP_MS = 4_500;

/** A disk that takes nothing must not hold up the end. */
const LAST_WRITE_MS = 300;
const TOUCH_MS = 60_000;
/** As long as the lock is gone, nothing keeps another bridge from starting. */
const CLAIM_MS = 5_000;

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
  const undo = new Undo({ paths, env: options.env, fileRules, log });
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
    shellFault: ({ author, place }) => shellFault(config.shell, personOf(author, place)?.role, place),
  });
  const terminals = new Terminals({
    folder: paths.folder,
    statePath: paths.terminals,
    env: () => vault.environment,
    hidden: () => (config.token === "" ? [] : [config.token]),
    persist: () => config.persist,
    allowsHost: () => config.hostTerminal,
    messenger,
    redact,
    clock,
    log,
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
  const personOf = (author: Author, { chatId }: Place): Person | undefined => {
    const role = access.roleOf(
      { id: author.id, is_bot: false, first_name: author.name },
      { id: chatId, type: chatId < 0 ? "supergroup" : "private" },
    );
    return role && { ...author, role };
  };
  const mayPrompt = ({ author, place }: Pick<Job, "author" | "place">): boolean =>
    personOf(author, place) !== undefined;
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
  const router = new Router({
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
    personOf,
    offer: (job) => offer(job, desk, recovery),
    onContact(chatId) {
      const bring = (): void => {
        for (const open of desk.cases.takeUndelivered(chatId)) bringToEnd(open, desk, recovery);
      };
      bring();
      // An answer that is just being refused is not among them yet, and nothing else would bring it.
      void desk.deliveries.inChat(chatId).then(bring);
    },
    onMigration(from, to) {
      schedules.moveChat(from, to);
      desk.conversations.moveChat(from, to);
      if (access.moveChat(from, to)) rememberMove(from, to, options);
    },
  });

  desk.budget.onHeld((job) => offer(job, desk, recovery));
  const tell = (text: string): void => {
    // A guest has to know what becomes of his job, but not of the bridge when he has none.
    const concerned = desk.jobsAtHand.filter(mayPrompt).map(({ place }) => place);
    const places = concerned.length > 0 ? concerned : access.owners.map((chatId): Place => ({ chatId }));
    const each = new Map(places.map((place) => [`${place.chatId}/${place.threadId}`, place]));
    for (const place of each.values()) void messenger.send(place, { text: plain(text) }, { important: true });
  };
  const claim = (): void => {
    prepareState(paths);
    options.claim();
  };
  const remake = (): void => {
    claim();
    vault.save();
  };
  store.onRemoved(remake, (error) => {
    const removed = "⚠️ .nanogent/ was removed while the bridge runs (git clean?)";
    if (error === undefined) return tell(`${removed}. It is made anew; files in it are gone.`);
    const reason = error instanceof Error ? error.message : String(error);
    const lost = `${removed}, and cannot be made anew: ${reason}. What you send now waits at Telegram until it can.`;
    tell(lost);
    options.announce(lost);
  });
  store.onTrouble((trouble) => {
    tell(
      trouble === undefined
        ? "✅ The state can be written again. What was sent meanwhile follows."
        : `⚠️ The state cannot be written (${trouble}): is the disk full? What you send now waits at Telegram until there is room; nothing is lost.`,
    );
  });
  const catchUp = new CatchUp(desk, clock);
  await recover(desk, recovery);
  void terminals.start();
  for (const update of store.unhandled) catchUp.track(router.handle(update));
  // Something that was sent before may delete what is due.
  void catchUp.done.then(() => schedules.start());
  // While prompts wait, the next life must be able to tell for how long nobody was there.
  const stopTouching = regularly(clock, TOUCH_MS, () => {
    if (store.openJobs.length > 0) void store.touch();
  });
  let claimed = true;
  const stopClaiming = regularly(clock, CLAIM_MS, () => {
    try {
      claim();
      claimed = true;
    } catch (error) {
      if (claimed) log.error("lock not renewed", { error });
      claimed = false;
    }
  });
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
      for (const { job, resident } of desk.residents.all) if (!mayPrompt(job)) void resident.end();
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
      stopTouching();
      stopClaiming();
      schedules.stop();
      stopSweeping();
      router.stop();
      const stopped = Promise.all([desk.stop(), terminals.stop()]);
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

function regularly(clock: Clock, ms: number, act: () => void): () => void {
  let cancel: () => void;
  const wait = (): void => {
    cancel = clock.after(ms, () => {
      act();
      wait();
    });
  };
  wait();
  return () => cancel();
}

function rememberMove(from: number, to: number, { paths, log, announce }: BridgeOptions): void {
  log.info("allowed group has a new id", { from, to });
  try {
    moveChatInEnv(paths.env, from, to);
    announce(`The group ${from} has become the supergroup ${to}; .env has its new id.`);
  } catch (error) {
    log.error("new id of a group not saved", { error });
    announce(
      `The group ${from} has become the supergroup ${to}. Put that id into TELEGRAM_ALLOWED_CHAT_IDS.`,
    );
  }
}
