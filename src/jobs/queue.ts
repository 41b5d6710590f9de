import type { Job } from "./job.ts";

/** A job under way. */
export interface Running {
  readonly job: Job;
  /** Resolves when the next job may start. Never rejects. */
  readonly finished: Promise<void>;
}

/** First in, first out, one job at a time. */
export class JobQueue<R extends Running> {
  readonly #start: (job: Job) => R;
  #waiting: Job[] = [];
  #running: R | undefined;
  #stopped = false;
  #held = false;

  constructor(start: (job: Job) => R) {
    this.#start = start;
  }

  get running(): R | undefined {
    return this.#running;
  }

  get waiting(): readonly Job[] {
    return this.#waiting;
  }

  add(job: Job): void {
    this.#waiting.push(job);
    this.#next();
  }

  /** Takes a waiting job out; undefined when it is not waiting (any longer). */
  remove(id: string): Job | undefined {
    const job = this.#waiting.find((each) => each.id === id);
    this.#waiting = this.#waiting.filter((each) => each !== job);
    return job;
  }

  /** Changes a waiting job in its place. False when it is not waiting (any longer). */
  replace(job: Job): boolean {
    const index = this.#waiting.findIndex(({ id }) => id === job.id);
    if (index < 0) return false;
    this.#waiting[index] = job;
    return true;
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
    if (this.#stopped || this.#held || this.#running) return;
    const job = this.#waiting.shift();
    if (!job) return;
    const running = this.#start(job);
    this.#running = running;
    const over = (): void => {
      this.#running = undefined;
      this.#next();
    };
    // Whatever one job does, the next ones are not to wait for ever.
    void running.finished.then(over, over);
  }
}
