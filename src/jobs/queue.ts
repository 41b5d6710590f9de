import { conversationOf } from "../chat/messenger.ts";
import type { Job } from "./job.ts";

/** A job under way. */
export interface Running {
  readonly job: Job;
  /** Resolves when the next job may start. Never rejects. */
  readonly finished: Promise<void>;
}

export interface JobQueueOptions<R extends Running> {
  readonly start: (job: Job) => R;
  /** Asked when its turn has come. False when it is not to run: then it is out of the queue. */
  readonly admits?: (job: Job) => boolean;
  /** How many may run at the same time. Of one lane it is never more than one. */
  readonly parallel: () => number;
}

/** What does not run side by side: the prompts of one conversation, and the commands that its people give to the shell. */
export function laneOf({ place, shell }: Pick<Job, "place" | "shell">): string {
  return conversationOf(place) + (shell ? "!" : "");
}

/** How many jobs a waiting one waits for; 0 when it does not wait. */
export function jobsBefore(
  job: Job,
  at: { readonly waiting: readonly Job[]; readonly running: readonly Job[]; readonly parallel: number },
): number {
  const position = at.waiting.findIndex(({ id }) => id === job.id);
  if (position < 0) return 0;
  // As long as more may run, it waits for its own lane only.
  const full = !job.shell && at.running.filter(({ shell }) => !shell).length >= at.parallel;
  const counts = (other: Job): boolean => (full && !other.shell) || laneOf(other) === laneOf(job);
  return at.waiting.slice(0, position).filter(counts).length + at.running.filter(counts).length;
}

/** First in, first out; of one lane one at a time. Commands for the shell do not count among those that run. */
export class JobQueue<R extends Running> {
  readonly #options: JobQueueOptions<R>;
  #waiting: Job[] = [];
  /** Those of the waiting ones that were made the next, at the front in the order in which that was asked for. */
  readonly #hurried = new Set<string>();
  /** By lane; one that was adopted beside another, by its own id. */
  readonly #running = new Map<string, R>();
  #stopped = false;
  #held = false;

  constructor(options: JobQueueOptions<R>) {
    this.#options = options;
  }

  get running(): readonly R[] {
    return [...this.#running.values()];
  }

  get waiting(): readonly Job[] {
    return this.#waiting;
  }

  add(job: Job): void {
    this.#waiting.push(job);
    this.#next();
  }

  /** Takes in one that runs already, whatever else runs in its lane. */
  adopt(running: R): void {
    const lane = laneOf(running.job);
    this.#follow(running, this.#running.has(lane) ? running.job.id : lane);
  }

  /** What runs in a lane. */
  inLane(lane: string): R | undefined {
    return this.#running.get(lane);
  }

  /** A chat has another id from now on. */
  moveChat(from: number, to: number): void {
    this.#waiting = this.#waiting.map((job) =>
      job.place.chatId === from ? { ...job, place: { ...job.place, chatId: to } } : job,
    );
  }

  /** Takes a waiting job out; undefined when it is not waiting (any longer). */
  remove(id: string): Job | undefined {
    const job = this.#waiting.find((each) => each.id === id);
    this.#waiting = this.#waiting.filter((each) => each !== job);
    this.#hurried.delete(id);
    return job;
  }

  /** Changes a waiting job in its place. False when it is not waiting (any longer). */
  replace(job: Job): boolean {
    const index = this.#waiting.findIndex(({ id }) => id === job.id);
    if (index < 0) return false;
    this.#waiting[index] = job;
    return true;
  }

  /** Puts a job back that was taken out, before all others but hurried ones. */
  restore(job: Job): void {
    this.#putFirst(job);
    this.#next();
  }

  /** Makes a waiting job the next one, behind those that were hurried before it. False when it is not waiting (any longer). */
  moveToFront(id: string): boolean {
    if (this.#hurried.has(id)) return true;
    const job = this.remove(id);
    if (!job) return false;
    this.#putFirst(job);
    this.#hurried.add(id);
    return true;
  }

  #putFirst(job: Job): void {
    this.#waiting.splice(this.#hurried.size, 0, job);
  }

  /** More may run than before. */
  startMore(): void {
    this.#next();
  }

  /** Starts nothing until `release`. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#next();
  }

  /** Starts nothing from now on. Waiting jobs stay for the next life. */
  stop(): void {
    this.#stopped = true;
  }

  #next(): void {
    while (!this.#stopped && !this.#held) {
      const counted = this.running.filter(({ job }) => !job.shell).length;
      const isFull = counted >= this.#options.parallel();
      const index = this.#waiting.findIndex(
        (job) => !this.#running.has(laneOf(job)) && (job.shell === true || !isFull),
      );
      const [job] = index < 0 ? [] : this.#waiting.splice(index, 1);
      if (!job) return;
      this.#hurried.delete(job.id);
      if (this.#options.admits?.(job) ?? true) this.#run(job);
    }
  }

  #run(job: Job): void {
    this.#follow(this.#options.start(job), laneOf(job));
  }

  #follow(running: R, key: string): void {
    this.#running.set(key, running);
    const over = (): void => {
      this.#running.delete(key);
      this.#next();
    };
    // Whatever one job does, the next ones are not to wait for ever.
    void running.finished.then(over, over);
  }
}
