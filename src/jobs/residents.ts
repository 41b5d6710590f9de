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

  /** What runs in the background of a conversation, in a few words each. */
  tasksIn(place: Place): readonly string[] {
    return this.#in(place).flatMap(({ resident }) => resident.tasks);
  }

  /** Ends what runs in the background of a conversation. Resolves when it is gone. */
  async endIn(place: Place): Promise<void> {
    await Promise.all(this.#in(place).map(({ resident }) => resident.end()));
  }

  /** Ends those that only wait for a prompt: the next one may find other settings. */
  endIdle(): void {
    for (const { resident } of this.all) if (resident.tasks.length === 0) void resident.end();
  }

  /** Ends all. Resolves when they are gone. */
  async end(): Promise<void> {
    await Promise.all(this.all.map(({ resident }) => resident.end()));
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
      onGone: ({ mark }) => {
        if (this.#lodgers.delete(mark)) store.note({ k: "staying", mark, process: null });
      },
      onOwnTurn: (resident, why, begin) => onOwnTurn(job, resident, why, begin),
    };
  }

  #in(place: Place): readonly Lodger[] {
    return this.all.filter(({ job }) => samePlace(job.place, place));
  }
}
