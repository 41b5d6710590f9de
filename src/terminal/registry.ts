import { statSync } from "node:fs";
import { resolve } from "node:path";
import { childEnv } from "../agents/process/child-env.ts";
import { endOrphans } from "../agents/process/tree.ts";
import { userShell } from "../agents/shell/launch.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { SESSION_NAME } from "../session-name.ts";
import { clean } from "../text/clean.ts";
import type { Confirm } from "./backends/elsewhere.ts";
import { HOST, type Where, whereWord } from "./backends.ts";
import type { ClaudeRecord } from "./claude/record.ts";
import { hostBackend } from "./host/host-pty.ts";
import { projectMark } from "./mark.ts";
import { type Backend, BackendError, type Pty, type PtyExit, type PtyRequest } from "./pty.ts";
import {
  readTerminalState,
  type SessionCard,
  type SessionPlace,
  type SessionRecord,
  writeTerminalState,
} from "./state-file.ts";
import { HeldSession } from "./terminal-session.ts";
import { TmuxServer } from "./tmux/server.ts";
import { findInTmux, openInTmux } from "./tmux/tmux-pty.ts";

export interface RegistryOptions {
  /** The project's folder, absolute: terminals start there. */
  readonly folder: string;
  readonly statePath: string;
  /** What programs get, with the secrets that were given in the chat. */
  readonly env: () => NodeJS.ProcessEnv;
  /** Values that must not reach a program's environment, besides `TELEGRAM_*`. */
  readonly hidden: () => readonly string[];
  readonly persist: () => "tmux" | "off";
  /** Whether terminals on this machine may be opened. */
  readonly allowsHost: () => boolean;
  /** Opens terminals on other machines and in containers. @throws BackendError */
  readonly elsewhere: (where: string, confirm: Confirm) => Promise<Backend>;
  /** Prepares a command that starts Claude Code on this machine; undefined for any other. Never rejects. */
  readonly claude?: (id: string, command: string) => Promise<ClaudeLaunch | undefined>;
  readonly clock: Clock;
  readonly log: Log;
  /** A session has ended, or was not found again at the start. */
  readonly onEnd: (session: KnownSession) => void;
  readonly onBell: (session: KnownSession) => void;
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

const MOST_OPEN = 20;
const MOST_ENDED = 20;
const ENDED_MS = 3_600_000;
const SIZE = { columns: 80, rows: 24 };
const LONGEST_LABEL = 40;

/** Every terminal of a project, and the way to open one. */
export class TerminalRegistry {
  readonly #options: RegistryOptions;
  readonly #tmux: TmuxServer;
  readonly #project: string;
  readonly #sessions = new Map<string, { session: HeldSession; record: SessionRecord; endedAt?: number }>();
  readonly #listeners = new Set<() => void>();
  #last = 0;
  #opening = 0;
  /** Those that were open when the bridge began to end. */
  #left: readonly KnownSession[] | undefined;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#project = projectMark(options.statePath);
    this.#tmux = new TmuxServer(`nanogent-${this.#project}`, options.env());
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

  /** By its id, or by the name of one that is open. Exactly that one. */
  find(key: string): KnownSession | undefined {
    return this.#sessions.get(key) ?? this.open.find(({ session }) => session.name === key);
  }

  /** Whether there was a session of this id, at any time. */
  wasGiven(id: string): boolean {
    const number = Number(/^term-(\d+)$/.exec(id)?.[1] ?? Number.NaN);
    return number >= 1 && number <= this.#last;
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
    const { clock, allowsHost, elsewhere, persist, folder } = this.#options;
    const { where = HOST, columns = SIZE.columns, rows = SIZE.rows } = request;
    if (where.kind === "host" && !allowsHost())
      throw new BackendError("Terminals on this machine are off here (NANOGENT_HOST_TERMINAL=off).");
    const cwd = request.cwd === undefined ? folder : startFolder(folder, request.cwd, where);
    const backend =
      where.kind === "host"
        ? hostBackend
        : await elsewhere(whereWord(where), request.confirm ?? (async () => false));
    if (this.open.length + this.#opening >= MOST_OPEN)
      throw new BackendError(`${MOST_OPEN} terminals are open, and more cannot be.`, "Close one: /terms.");
    const id = `term-${this.#last + 1}`;
    const name = request.name ?? id;
    this.#refuseName(name, id);
    this.#last += 1;
    this.#opening += 1;
    const persists = where.kind === "host" && persist() === "tmux" && (await this.#tmux.isUsable());
    const launch =
      where.kind === "host" ? await this.#options.claude?.(id, request.command ?? "") : undefined;
    this.#opening -= 1;
    const known = this.#hold(
      {
        ...{ id, name, persists },
        label: this.#label(where, launch?.label ?? request.command),
        where: whereWord(where),
        ...(request.command === undefined ? {} : { command: request.command }),
        createdAt: clock.now(),
        mark: `${this.#project}-${id}`,
        ...(launch?.record ? { claude: launch.record } : {}),
      },
      { columns, rows },
    );
    // On disk before anything is started: whatever happens, the next life knows what to end.
    this.#save();
    try {
      const command = launch?.command ?? request.command;
      const ptyRequest = { ...this.#request(known, command, { columns, rows }), cwd };
      known.session.attach(
        persists ? await openInTmux(this.#tmux, id, ptyRequest) : await backend.open(ptyRequest),
      );
    } catch (error) {
      launch?.undo();
      this.#forget(id);
      throw error;
    } finally {
      this.#changed();
    }
    return known;
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
    const known = this.#sessions.get(id);
    if (!known) return;
    known.record = { ...known.record, cards };
    this.#save();
  }

  /**
   * Takes over what an earlier life has left: sessions in tmux go on, all others have ended with it, and what is left of
   * their processes is ended. Once, at the start. Never rejects.
   */
  async restore(): Promise<void> {
    const { log, statePath } = this.#options;
    const { last, sessions } = readTerminalState(statePath, log);
    this.#last = Math.max(this.#last, last);
    const inTmux = sessions.some(({ persists }) => persists) ? await this.#tmux.sessions() : [];
    for (const record of sessions) {
      try {
        if (inTmux.includes(record.id)) await this.#takeOver(record);
        else await this.#lose(record);
      } catch (error) {
        log.warn("terminal not found again", { id: record.id, error });
        await this.#lose(record);
      }
    }
    this.#changed();
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
    this.#left = this.open;
    await Promise.all(this.#left.map(({ session }) => session.leave()));
  }

  async #takeOver(record: SessionRecord): Promise<void> {
    const { clock } = this.#options;
    // Positions of an earlier life must not mean anything in this one.
    const position = clock.now() * 1_000;
    let session: HeldSession | undefined;
    const found = await findInTmux(this.#tmux, record.id, {
      mark: record.mark,
      onData: (chunk) => session?.output(chunk),
    });
    ({ session } = this.#hold(record, { ...found, position }));
    session.output(found.shown);
    session.attach(found.pty);
  }

  async #lose(record: SessionRecord): Promise<void> {
    await endOrphans(undefined, record.mark);
    const { session } = this.#hold(record, SIZE);
    const reason = record.persists
      ? "It is gone: tmux, in which it ran, has ended."
      : "It ended with the bridge, since it did not run in tmux.";
    session.attach(endedPty({ code: undefined, reason }));
  }

  #hold(
    record: SessionRecord,
    { columns, rows, position }: { columns: number; rows: number; position?: number },
  ): KnownSession {
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
    void session.ended.then(() => {
      known.endedAt = clock.now();
      if (this.#left) return;
      this.#changed();
      onEnd(known);
    });
    return known;
  }

  #request(
    { session, record: { id, mark } }: KnownSession,
    command: string | undefined,
    size: { columns: number; rows: number },
  ): Omit<PtyRequest, "cwd"> {
    const { env, hidden } = this.#options;
    // COLUMNS and LINES of the bridge's own terminal would be believed rather than the terminal's size.
    const { COLUMNS, LINES, TMUX, TMUX_PANE, ...rest } = childEnv(env(), hidden(), mark);
    const own = { TERM: "xterm-256color", COLORTERM: "truecolor", NANOGENT_SESSION: id };
    return {
      command: command === undefined ? [] : [userShell(rest.SHELL), "-c", command],
      env: { ...rest, ...own },
      ...size,
      mark,
      onData: (chunk) => session.output(chunk),
    };
  }

  #label(where: Where, command: string | undefined): string {
    const shell = userShell(this.#options.env().SHELL).split("/").at(-1) ?? "sh";
    const words = command ?? (where.kind === "host" ? shell : "");
    const place = where.kind === "host" ? "" : `${whereWord(where)} `;
    const label = clean(`${place}${words}`).replace(/\s+/g, " ").trim();
    return label.length > LONGEST_LABEL ? `${label.slice(0, LONGEST_LABEL - 1)}…` : label;
  }

  #refuseName(name: string, id: string): void {
    if (!SESSION_NAME.test(name))
      throw new BackendError("A name has letters, digits, “.”, “_” and “-”, 64 at most.");
    // The id of another one, also of one that is still to come, would be taken for that.
    const isTaken = this.open.some(({ session }) => session.name === name && session.id !== id);
    if ((/^term-\d+$/.test(name) && name !== id) || isTaken)
      throw new BackendError(`The name ${name} is taken.`, "Choose another one.");
  }

  #note(id: string, more: Partial<Pick<SessionRecord, "place" | "claude" | "name">>): void {
    const known = this.#sessions.get(id);
    if (!known) return;
    known.record = { ...known.record, ...more };
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
      const sessions = (this.#left ?? this.open).map(({ record }) => record);
      writeTerminalState(statePath, { last: this.#last, sessions });
    } catch (error) {
      log.error("terminals not saved", { error });
    }
  }
}

/** @throws BackendError when nothing can start there. */
function startFolder(project: string, wanted: string, where: Where): string {
  if (where.kind !== "host")
    throw new BackendError("Only on this machine can a folder to start in be chosen.");
  const path = resolve(project, wanted);
  try {
    if (statSync(path).isDirectory()) return path;
  } catch {
    // Said below.
  }
  throw new BackendError(`There is no folder ${path}.`);
}

function endedPty(exit: PtyExit): Pty {
  return {
    pid: undefined,
    write: () => Promise.reject(new Error("The program has ended.")),
    resize: async () => {},
    kill: async () => {},
    exited: Promise.resolve(exit),
  };
}
