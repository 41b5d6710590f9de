import type { OwnTurn, Resident, Stay } from "../agents/agent.ts";
import { type Place, samePlace } from "../chat/messenger.ts";
import { startTimeOf } from "../process-identity.ts";
import type { Store } from "../store.ts";
import type { Job } from "./job.ts";

/** A process that outlives its turns, and the job whose turn was its latest. */
export interface Lodger {
  readonly resident: Resident;
  readonly job: Job;
}

export interface ResidentsOptions {
  readonly store: Store;
  /** How long a process may wait for the next prompt of its session, in milliseconds; 0: not at all. */
  readonly warmMs: () => number;
  /** One has ended. */
  readonly onGone: (lodger: Lodger) => void;
  /** A process has begun a turn that nobody asked for. `job` is the one whose turn was its latest. */
  readonly onOwnTurn: (job: Job, resident: Resident, why: string, begin: OwnTurn) => void;
}

/** The processes of agents that outlive their turns. They are written down, so that none outlives a crash. */
export class Residents {
  readonly #options: ResidentsOptions;
  readonly #lodgers = new Map<string, Lodger>();

  constructor(options: ResidentsOptions) {
    this.#options = options;
  }

  get all(): readonly Lodger[] {
    return [...this.#lodgers.values()];
  }

  /** Those whose latest turn was in this conversation. */
  in(place: Place): readonly Lodger[] {
    return this.all.filter(({ job }) => samePlace(job.place, place));
  }

  /** Whether anything runs in the background. */
  get hasTasks(): boolean {
    return this.all.some(({ resident }) => resident.tasks.length > 0);
  }

  /** Whether a turn is being worked on in the process with this mark. */
  isBusy(mark: string): boolean {
    return this.#lodgers.get(mark)?.resident.isBusy ?? false;
  }

  /** Ends those that only wait for a prompt: the next one may find other settings. */
  endIdle(): void {
    for (const { resident } of this.all)
      if (!resident.isBusy && resident.tasks.length === 0) void resident.end();
  }

  /** Ends those whose latest turn was one of these jobs, but none that is being worked in. */
  endThoseOf(fits: (job: Job) => boolean): void {
    for (const { job, resident } of this.all) if (!resident.isBusy && fits(job)) void resident.end();
  }

  /** A chat has another id from now on. */
  moveChat(from: number, to: number): void {
    for (const [mark, { resident, job }] of this.#lodgers) {
      if (job.place.chatId !== from) continue;
      this.#lodgers.set(mark, { resident, job: { ...job, place: { ...job.place, chatId: to } } });
    }
  }

  /** Ends all. Resolves when they are gone. */
  async end(): Promise<void> {
    const all = this.all.map(({ resident }) => resident);
    await Promise.all(all.map((resident) => resident.end()));
    for (const resident of all) this.#gone(resident);
  }

  /** How what outlives the turn of a job is dealt with. */
  stayOf(job: Job): Stay {
    const { store, onOwnTurn } = this.#options;
    return {
      warmMs: this.#options.warmMs(),
      onStay: (resident) => {
        const { mark, pid } = resident;
        const isNew = !this.#lodgers.has(mark);
        this.#lodgers.set(mark, { resident, job });
        const startTime = startTimeOf(pid);
        const process = { pid, ...(startTime === undefined ? {} : { startTime }) };
        if (isNew) store.note({ k: "staying", mark, process });
      },
      onGone: (resident) => this.#gone(resident),
      onOwnTurn: (resident, why, begin) =>
        onOwnTurn(this.#lodgers.get(resident.mark)?.job ?? job, resident, why, begin),
    };
  }

  #gone({ mark }: Resident): void {
    const lodger = this.#lodgers.get(mark);
    if (!lodger) return;
    this.#lodgers.delete(mark);
    this.#options.store.note({ k: "staying", mark, process: null });
    this.#options.onGone(lodger);
  }
}
