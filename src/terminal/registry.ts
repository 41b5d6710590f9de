import { existsSync } from "node:fs";
import { userShell } from "../agents/shell/launch.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { SESSION_ID } from "../session-name.ts";
import { within } from "../within.ts";
import type { Confirm } from "./backends/elsewhere.ts";
import { HOST, type Where, whereWord } from "./backends.ts";
import type { ClaudeRecord } from "./claude/record.ts";
import { EndedSessions, type OpenedAgain } from "./ended-sessions.ts";
import { hostBackend } from "./host/host-pty.ts";
import { KeptSessions } from "./kept-sessions.ts";
import { LeftSessions } from "./left-sessions.ts";
import { markOf, projectMark } from "./mark.ts";
import { keptCommand, labelOf, refuseName } from "./naming.ts";
import { type Backend, BackendError } from "./pty.ts";
import { ptyRequest } from "./pty-request.ts";
import { type SessionShape, SIZE } from "./restoring.ts";
import type { SessionWatch } from "./session-watch.ts";
import { startFolder } from "./start-folder.ts";
import {
  type EndedRecord,
  readTerminalState,
  type SessionCard,
  type SessionPlace,
  type SessionRecord,
  writeTerminalState,
} from "./state-file.ts";
import { HeldSession } from "./terminal-session.ts";
import { TmuxServer } from "./tmux/server.ts";
import { strays } from "./tmux/strays.ts";
import { serverName } from "./tmux-name.ts";

export interface RegistryOptions {
  /** The project's folder, absolute: terminals start there. */
  readonly folder: string;
  readonly statePath: string;
  /** Where sessions that go on without the bridge keep what the next one has to know, each in a folder of its own. */
  readonly keptPath: string;
  /** What programs get, with the secrets that were given in the chat. */
  readonly env: () => NodeJS.ProcessEnv;
  /** Values that must not reach a program's environment, besides `TELEGRAM_*`. */
  readonly hidden: () => readonly string[];
  /** Takes secrets out of what people see. */
  readonly redact: (text: string) => string;
  readonly persist: () => "tmux" | "off";
  /** Whether terminals on this machine may be opened. */
  readonly allowsHost: () => boolean;
  /** Opens terminals on other machines and in containers. @throws BackendError */
  readonly elsewhere: (where: string, confirm: Confirm) => Promise<Backend>;
  /** Prepares a command that starts Claude Code on this machine; undefined for any other. Never rejects. */
  readonly claude?: (id: string, command: string) => Promise<ClaudeLaunch | undefined>;
  readonly clock: Clock;
  readonly log: Log;
  /** A session has ended, or was not found again at the start. Until it resolves, the next life tells it as well. */
  readonly onEnd: (session: KnownSession) => Promise<unknown>;
  readonly onBell: (session: KnownSession) => void;
  /** A session of an earlier life goes on. */
  readonly onFound?: (session: KnownSession) => void;
  /** tmux does not answer: these go on, as far as is known, and are looked for again. */
  readonly onMissing?: (records: readonly SessionRecord[]) => void;
}

export interface OpenRequest {
  readonly where?: Where;
  /** A command line for the shell there; undefined: the shell itself. */
  readonly command?: string;
  /** Where it starts, on this machine: absolute, or from the project's folder, which it is unless told. */
  readonly cwd?: string;
  readonly name?: string;
  readonly columns?: number;
  readonly rows?: number;
  /** Where it is asked for, should it not come to `place`. */
  readonly place?: SessionPlace;
  /** Asks whoever opens it for a yes, such as to a key that is not known; without it the answer is no. */
  readonly confirm?: Confirm;
}

/** How Claude Code is started in a terminal. */
export interface ClaudeLaunch {
  readonly label: string;
  /** In place of the one that was asked for. */
  readonly command: string;
  /** Missing where it has no hooks. */
  readonly record?: ClaudeRecord;
  /** It could not be started. */
  readonly undo: () => void;
}

/** A session, and what is known of it besides. */
export interface KnownSession {
  readonly session: HeldSession;
  readonly record: SessionRecord;
}

const MOST_OPEN = 32;
const MOST_ENDED = 20;
/** A tmux that does not answer must not hold up the start; what is on no list is found by the next one. */
const STRAYS_MS = 1_000;
const ENDED_MS = 3_600_000;
/** The bridge has more to do before it ends than to wait for a tmux that hangs, or a program that does not go. */
const LEAVING_MS = 3_000;

/** Every terminal of a project, and the way to open one. */
export class TerminalRegistry {
  readonly #options: RegistryOptions;
  readonly #tmux: TmuxServer;
  readonly #project: string;
  readonly #sessions = new Map<string, { session: HeldSession; record: SessionRecord; endedAt?: number }>();
  readonly #ended: EndedSessions;
  /** Those whose end is still to be told. */
  readonly #untold = new Set<KnownSession>();
  readonly #kept: KeptSessions;
  readonly #listeners = new Set<() => void>();
  #last = 0;
  #opening = 0;
  /** Those that were open when the bridge was told to end. */
  #leaving: readonly KnownSession[] | undefined;
  readonly #left: LeftSessions;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#project = projectMark(options.statePath);
    this.#ended = new EndedSessions(
      this,
      () => options.clock.now(),
      () => this.#changed(),
    );
    this.#tmux = new TmuxServer(serverName(this.#project), options.env());
    this.#kept = new KeptSessions(this.#tmux, options.keptPath, options.log);
    this.#left = new LeftSessions({
      ...options,
      tmux: this.#tmux,
      backendOf: (where) => this.#backendOf(where),
      folderOf: (id) => this.#kept.folderOf(id),
      hold: (...of) => this.#hold(...of).session,
      now: () => options.clock.now(),
      onFound: (id) => this.#found(id),
    });
  }

  /** Those that run, and those that have ended a short while ago; the newest last. */
  get all(): readonly KnownSession[] {
    const now = this.#options.clock.now();
    const ended = [...this.#sessions.values()].filter(({ endedAt }) => endedAt !== undefined);
    for (const [index, { session, endedAt = 0 }] of ended.entries()) {
      if (now - endedAt > ENDED_MS || index < ended.length - MOST_ENDED) this.#forget(session.id);
    }
    return [...this.#sessions.values()];
  }

  get open(): readonly KnownSession[] {
    return [...this.#sessions.values()].filter(({ session }) => session.exit === undefined);
  }

  /** Those of an earlier life that are still looked for. */
  get left(): readonly SessionRecord[] {
    return this.#left.all;
  }

  /** What is left of those that have ended lately, the newest last. */
  get ended(): readonly EndedRecord[] {
    return this.#ended.all;
  }

  /** By its id, or by the name of one that is open, else of the last one that had it. Exactly that one. */
  find(key: string): KnownSession | undefined {
    const isCalled = ({ session }: KnownSession): boolean => session.name === key;
    return this.#sessions.get(key) ?? this.open.find(isCalled) ?? this.all.findLast(isCalled);
  }

  /** Whether there was a session of this id, at any time. */
  wasGiven(id: string): boolean {
    return SESSION_ID.test(id) && Number(id.slice("term-".length)) <= this.#last;
  }

  /** Called when a session comes, goes, or is talked about elsewhere. @returns what ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Opens a terminal in the project's folder.
   * @throws BackendError, fit for the chat.
   */
  async openSession(request: OpenRequest): Promise<KnownSession> {
    const { clock, allowsHost, persist, folder, env, redact } = this.#options;
    const { where = HOST, columns = SIZE.columns, rows = SIZE.rows } = request;
    if (where.kind === "host" && !allowsHost())
      throw new BackendError("Terminals on this machine are off here (NANOGENT_HOST_TERMINAL=off).");
    const cwd = request.cwd === undefined ? folder : startFolder(folder, request.cwd, where);
    const backend = await this.#backendOf(whereWord(where), request.confirm);
    const { left } = this;
    if (this.open.length + left.length + this.#opening >= MOST_OPEN)
      throw new BackendError(`${MOST_OPEN} terminals are open, and more cannot be.`, "Close one: /terms.");
    const id = `term-${this.#last + 1}`;
    const name = request.name ?? id;
    this.#refuseName(name, id);
    this.#last += 1;
    this.#opening += 1;
    const isKept = async () =>
      persist() === "tmux" && (await backend.canKeep()) && (await this.#tmux.isUsable());
    const prepare = async () => ({
      persists: await isKept(),
      launch: where.kind === "host" ? await this.#options.claude?.(id, request.command ?? "") : undefined,
    });
    const { persists, launch } = await prepare().finally(() => {
      this.#opening -= 1;
    });
    const known = this.#hold(
      {
        ...{ id, name, persists },
        label: labelOf(where, launch?.label ?? request.command, userShell(env().SHELL), redact),
        where: whereWord(where),
        createdAt: clock.now(),
        mark: markOf(this.#project, id),
        ...keptCommand(request.command, redact),
        ...(request.place === undefined ? {} : { place: request.place }),
        ...(launch?.record ? { claude: launch.record } : {}),
      },
      { columns, rows },
    );
    // On disk before anything is started: whatever happens, the next life knows what to end.
    this.#save();
    try {
      const begun = { ...ptyRequest(known, launch?.command ?? request.command, this.#options), cwd };
      known.session.attach(await backend.open(begun, persists ? this.#kept.begin(id) : undefined));
    } catch (error) {
      launch?.undo();
      known.session.fail({ code: undefined, reason: "It could not be opened." });
      this.#forget(id);
      this.#kept.end(id);
      throw error;
    } finally {
      this.#changed();
    }
    return known;
  }

  /** As `EndedSessions.openAgain`. @throws BackendError */
  openAgain(id: string, confirm?: Confirm): Promise<OpenedAgain> {
    return this.#ended.openAgain(id, confirm);
  }

  /**
   * Gives one that is open another name.
   * @throws BackendError when it cannot have it.
   */
  rename(id: string, name: string): void {
    const known = this.#sessions.get(id);
    if (!known || known.session.exit) throw new BackendError("It has ended, and keeps its name.");
    this.#refuseName(name, id);
    known.session.rename(name);
    this.#note(id, { name });
  }

  /** Takes one that has ended out of the list. */
  discard(id: string): void {
    if (!this.#sessions.get(id)?.session.exit) return;
    this.#forget(id);
    this.#changed();
  }

  /** Says where a session is talked about. */
  place(id: string, place: SessionPlace): void {
    this.#note(id, { place });
  }

  /** Says what is known of the Claude Code in a session. */
  noteClaude(id: string, claude: ClaudeRecord): void {
    this.#note(id, { claude });
  }

  /** Says which messages open a session on the page, so that the next life knows too. */
  setCards(id: string, cards: readonly SessionCard[]): void {
    this.#note(id, { cards });
  }

  /** Says what is waited for in a session. */
  watched(id: string, watches: readonly SessionWatch[]): void {
    this.#note(id, { watches });
  }

  /**
   * Takes over what an earlier life has left: sessions in tmux go on, all others have ended with it, and what is left of
   * their processes is ended. What tmux does not tell of is looked for again later. Once, at the start. Never rejects.
   */
  async restore(): Promise<void> {
    const { log, statePath } = this.#options;
    const { last, sessions: listed, ended } = readTerminalState(statePath, log);
    const known = [...listed, ...ended].map(({ id }) => id);
    const found = strays(this.#tmux, this.#project, known);
    const sessions = [...listed, ...((await within(found, STRAYS_MS)) ? await found : [])];
    const ids = sessions.map(({ id }) => Number(id.slice("term-".length)));
    this.#last = Math.max(this.#last, last, ...ids);
    this.#ended.load(ended);
    await this.#left.takeOver(sessions);
    this.#changed();
  }

  /** The list is gone with the state's folder: writes it again. */
  rewrite(): void {
    if (!existsSync(this.#options.statePath)) this.#save();
  }

  /** Closes what the settings do not allow any more. Never rejects. */
  async closeRefused(): Promise<void> {
    if (this.#options.allowsHost()) return;
    const host = this.open.filter(({ record }) => record.where === whereWord(HOST));
    await Promise.all(host.map(({ session }) => session.close()));
  }

  /** The bridge ends: what is in tmux goes on, all else is ended. Never rejects. */
  async stop(): Promise<void> {
    // What ends now is told by the next life, which finds it in the file.
    this.#leaving = this.open;
    this.#left.stop();
    await within(Promise.all(this.#leaving.map(({ session }) => session.leave())), LEAVING_MS);
  }

  #hold(record: SessionRecord, { columns, rows, position }: SessionShape): KnownSession {
    const { clock, onEnd, onBell } = this.#options;
    const { id, name, label, where, command, createdAt } = record;
    const session = new HeldSession({
      ...{ id, name, label, where, command, createdAt, columns, rows },
      ...(position === undefined ? {} : { position }),
      now: () => clock.now(),
      onBell: () => onBell(known),
    });
    const known: { session: HeldSession; record: SessionRecord; endedAt?: number } = { session, record };
    this.#sessions.set(id, known);
    void session.ended.then(async (exit) => {
      known.endedAt = clock.now();
      // It could not be opened, which is told otherwise.
      if (this.#sessions.get(id) !== known) return;
      // What is not in tmux is ended by the stop itself.
      if (this.#leaving && !record.persists) return;
      known.record = { ...known.record, exit };
      if (this.#leaving) return this.#save();
      this.#untold.add(known);
      this.#ended.add(known.record);
      if (record.persists) this.#kept.end(id);
      this.#changed();
      await onEnd(known);
      this.#untold.delete(known);
      this.#save();
    });
    return known;
  }

  /** @throws BackendError */
  #refuseName(name: string, id: string): void {
    const others = [...this.open.map(({ record }) => record), ...this.left].filter((each) => each.id !== id);
    refuseName(name, id, (taken) => others.some((each) => each.name === taken));
  }

  async #backendOf(where: string, confirm: Confirm = async () => false): Promise<Backend> {
    return where === whereWord(HOST) ? hostBackend : this.#options.elsewhere(where, confirm);
  }

  #note(id: string, more: Partial<SessionRecord>): void {
    const known = this.#sessions.get(id);
    if (!known) return;
    known.record = { ...known.record, ...more };
    this.#changed();
  }

  #found(id: string): void {
    const known = this.#sessions.get(id);
    if (known && !known.session.exit) this.#options.onFound?.(known);
    this.#changed();
  }

  #forget(id: string): void {
    this.#sessions.get(id)?.session.screen.dispose();
    this.#sessions.delete(id);
  }

  #changed(): void {
    this.#save();
    for (const listener of this.#listeners) listener();
  }

  #save(): void {
    const { statePath, log } = this.#options;
    try {
      const here = [...(this.#leaving ?? this.open), ...this.#untold].map(({ record }) => record);
      const sessions = [...here, ...this.#left.all];
      writeTerminalState(statePath, { last: this.#last, sessions, ended: this.#ended.all });
    } catch (error) {
      log.error("terminals not saved", { error });
    }
  }
}
