import { join } from "node:path";
import { conversationOf } from "../chat/messenger.ts";
import { deniedBy } from "../files/denied.ts";
import type { FileRules } from "../files/outgoing-file.ts";
import { type Job, titleOf } from "../jobs/job.ts";
import type { Log } from "../log.ts";
import type { ProjectPaths } from "../project.ts";
import { behindLink } from "./behind-link.ts";
import { type ChangedFile, changedFiles, ignoredNames, patchOf } from "./changed-files.ts";
import { type LeftFile, putBack } from "./put-back.ts";
import { Shadow, UndoFault } from "./shadow.ts";
import { Snapshots } from "./snapshot.ts";
import { type KnownTurn, Turns, turnName, undoId } from "./turns.ts";

export interface UndoOptions {
  readonly paths: ProjectPaths;
  readonly env: NodeJS.ProcessEnv;
  readonly fileRules: () => FileRules;
  readonly log: Log;
  /** Whether something works in the folder that is no job, such as a task that an agent has left in the background. */
  readonly hasOthers: () => boolean;
}

/** What a turn has changed, as far as it can be undone. */
export interface TurnChanges {
  readonly turn: KnownTurn;
  /** Those that still are as the turn has left them. */
  readonly files: readonly ChangedFile[];
  /** Those that are not. */
  readonly changedSince: readonly string[];
  /** Without what may not be sent. */
  readonly patch: string;
  /** Files whose changes may not be sent. */
  readonly hidden: readonly string[];
}

const MIXED =
  "Something else was working in this folder during the last turn, so nobody knows which changes are whose.";
const PRUNE_EVERY = 20;

/**
 * Remembers the files of the project before and after each turn of an agent, so that what a turn has changed can be shown
 * and taken back.
 */
export class Undo {
  readonly #options: UndoOptions;
  readonly #shadow: Shadow;
  readonly #snapshots: Snapshots;
  readonly #running = new Set<string>();
  /** Jobs beside which another one was running. */
  readonly #mixed = new Set<string>();
  #known: Turns | undefined;
  /** One thing at a time: a turn that begins waits until files are put back. */
  #line: Promise<unknown> = Promise.resolve();
  #snapshotsTaken = 0;

  constructor(options: UndoOptions) {
    const { folder, state } = options.paths;
    this.#options = options;
    const secrets = (): readonly string[] => options.fileRules().secrets;
    this.#shadow = new Shadow({ folder, path: join(state, "undo"), env: options.env, secrets });
    this.#snapshots = new Snapshots(this.#shadow, folder);
  }

  /** A job is about to run. Resolves when it may. Never rejects. */
  async before(job: Job, isAgent: boolean): Promise<void> {
    if (this.#running.size > 0) for (const id of [...this.#running, job.id]) this.#mixed.add(id);
    // What the agent goes on with by itself has begun already.
    if (job.background || this.#options.hasOthers()) this.#mixed.add(job.id);
    this.#running.add(job.id);
    await this.#inLine(async () => {
      // A command of a shell is nobody's turn.
      if (!isAgent) return;
      const turn = { id: job.id, conversation: conversationOf(job.place), title: titleOf(job) };
      this.#note({ ...turn, ...(await this.#taken(job, "before")) });
    });
  }

  /** Its processes have ended. Resolves when what they have changed is known. Never rejects. */
  async after(job: Job): Promise<void> {
    await this.#inLine(async () => {
      const turn = this.#known?.all.find(({ id }) => id === job.id);
      if (turn?.before === undefined || turn.fault !== undefined) return;
      this.#note({ ...turn, ...(await this.#taken(job, "after")) });
    });
    this.#running.delete(job.id);
    this.#mixed.delete(job.id);
  }

  /** A chat has another id from now on. */
  moveChat(from: number, to: number): void {
    try {
      this.#turns.moveChat(from, to);
    } catch (error) {
      this.#options.log.warn("turns not moved to the new id of a chat", { error });
    }
  }

  /** @throws UndoFault when there is no turn in this conversation that can be undone. */
  async lastChanges(conversation: string): Promise<TurnChanges> {
    return this.#inLine(async () =>
      this.#changesOf(this.#lastIn(conversation), await this.#snapshots.take()),
    );
  }

  /**
   * Takes back what the last turn of a conversation has changed, where it still is as the turn has left it. That can be
   * undone in its turn.
   * @param id The turn that the chat was shown.
   * @param isFree Whether nothing runs in the folder; asked when it is this one's turn.
   * @returns what was done, and which files were left as they are. @throws UndoFault
   */
  async revert(
    conversation: string,
    id: string,
    isFree: () => boolean,
  ): Promise<{ readonly done: readonly string[]; readonly left: readonly LeftFile[] }> {
    return this.#inLine(async () => {
      if (!isFree() || this.#options.hasOthers())
        throw new UndoFault("Something is running in this folder. Wait for its end, or /cancel it.");
      const turn = this.#onlyLast(conversation, id);
      const now = await this.#snapshots.take();
      const { files, changedSince } = await this.#changesOf(turn, now);
      const failed = await putBack(files, turn.before ?? "", this.#shadow, this.#options.paths.folder);
      const after = await this.#snapshots.take();
      const title = `the undo of ${turnName(turn)}`.slice(0, 200);
      this.#turns.put({
        id: undoId(),
        conversation,
        title,
        before: now,
        after,
      });
      this.#turns.remove(turn.id);
      const names = new Set(failed.map(({ name }) => name));
      return {
        done: files.map(({ name }) => name).filter((name) => !names.has(name)),
        left: [...changedSince.map((name) => ({ name, why: "changed since" })), ...failed],
      };
    });
  }

  /** @param id The turn that the chat was shown. @throws UndoFault when it is not the last one of its conversation. */
  async checkLast(conversation: string, id: string): Promise<void> {
    await this.#inLine(async () => this.#onlyLast(conversation, id));
  }

  get #turns(): Turns {
    this.#known ??= new Turns(this.#shadow.path);
    return this.#known;
  }

  #lastIn(conversation: string): KnownTurn {
    const turn = this.#turns.last(conversation);
    if (!turn) throw new UndoFault("No turn of an agent is known in this conversation.");
    if (turn.fault !== undefined) throw new UndoFault(turn.fault);
    return turn;
  }

  #onlyLast(conversation: string, id: string): KnownTurn {
    const turn = this.#lastIn(conversation);
    if (turn.id !== id) throw new UndoFault("That is not the last turn any more: /undo shows what is.");
    return turn;
  }

  async #changesOf(turn: KnownTurn, now: string): Promise<TurnChanges> {
    const { before = "", after = "" } = turn;
    const all = await changedFiles(this.#shadow, before, after);
    const isBehindLink = behindLink(this.#options.paths.folder);
    // Git does not tell about what a link hides, and that is not put back anyway.
    const asked = all.map(({ name }) => name).filter((name) => !isBehindLink(name));
    const ignored = await ignoredNames(this.#shadow, asked);
    const changed = all.filter(({ name }) => !ignored.has(name));
    const since = new Set((await changedFiles(this.#shadow, after, now)).map(({ name }) => name));
    const isDenied = deniedBy(this.#options.fileRules().deny);
    const names = changed.map(({ name }) => name);
    return {
      turn,
      files: changed.filter(({ name }) => !since.has(name)),
      changedSince: names.filter((name) => since.has(name)),
      patch: await patchOf(
        this.#shadow,
        before,
        after,
        names.filter((name) => !isDenied(name)),
      ),
      hidden: names.filter((name) => isDenied(name)),
    };
  }

  #note(turn: KnownTurn): void {
    try {
      this.#turns.put(turn);
    } catch (error) {
      this.#options.log.warn("turn not noted for /undo", { job: turn.id, error });
    }
  }

  async #taken(
    { id }: Job,
    when: "before" | "after",
  ): Promise<Pick<KnownTurn, "before" | "after" | "fault">> {
    const { log } = this.#options;
    const started = performance.now();
    try {
      // It makes the folder.
      this.#known = this.#turns;
      const tree = await this.#snapshots.take();
      log.debug("snapshot taken", { job: id, ms: Math.round(performance.now() - started) });
      this.#prune();
      return this.#mixed.has(id) ? { fault: MIXED } : { [when]: tree };
    } catch (error) {
      log.info("no snapshot", { job: id, error });
      const reason = error instanceof UndoFault ? error.message : String(error);
      return { fault: `The last turn cannot be undone. ${reason}` };
    }
  }

  /** Removes what belongs to no turn any more. Nothing waits for it: what is in use is an hour old at most, or known. */
  #prune(): void {
    this.#snapshotsTaken += 1;
    if (this.#snapshotsTaken % PRUNE_EVERY !== 1) return;
    const trees = this.#turns.all
      .flatMap(({ before, after }) => [before, after])
      .filter((tree) => tree !== undefined);
    this.#shadow
      .git(["prune", "--expire=1.hour.ago", "--", ...new Set(trees)], { deadlineMs: 60_000 })
      .catch((error) => this.#options.log.debug("snapshots not pruned", { error }));
  }

  #inLine<T>(act: () => Promise<T>): Promise<T> {
    const acting = this.#line.then(act);
    this.#line = acting.catch(() => {});
    return acting;
  }
}
