import { type Place, samePlace } from "../chat/messenger.ts";
import type { Clock } from "../clock.ts";
import { localDay, type Sum } from "../spending.ts";
import type { Store } from "../store.ts";
import { dollars } from "../text/dollars.ts";
import type { Job, OpenJob } from "./job.ts";
import type { OpenCases } from "./open-cases.ts";
import type { Leave } from "./waiting-jobs.ts";

/** What became of a prompt that was let on. Nothing is told of one that is held again: the chat is asked about it anew. */
export type LetOnHow = "waits" | Exclude<Leave, "held">;

interface LetOn {
  readonly open: OpenJob;
  readonly tell: (open: OpenJob, how: LetOnHow) => void;
}

/** What may be spent on a day, and what waits since that was reached. */
export class Budget {
  readonly #store: Store;
  readonly #clock: Clock;
  #usd: number | undefined;
  #onHeld: (job: Job) => void = () => {};
  /** What is let on at this moment, by the job that was held. */
  readonly #lettingOn = new Map<string, LetOn>();
  /** What was let on and waits for its turn, by its new job. */
  readonly #letOn = new Map<string, LetOn>();

  /** @param usd What may be spent on each day, in US dollars; undefined for as much as it takes. */
  constructor(store: Store, clock: Clock, usd: number | undefined) {
    this.#store = store;
    this.#clock = clock;
    this.#usd = usd;
  }

  configure(usd: number | undefined): void {
    this.#usd = usd;
  }

  /** What *Go on* adds. */
  get usd(): number | undefined {
    return this.#usd;
  }

  /** What may be spent today, in US dollars; undefined for as much as it takes. */
  get limit(): number | undefined {
    if (this.#usd === undefined) return undefined;
    return Math.max(this.#usd, this.#store.spending.liftedTo(this.#today) ?? 0);
  }

  get today(): Sum {
    return this.#store.spending.ofDay(this.#today);
  }

  get month(): Sum {
    return this.#store.spending.ofMonth(this.#today);
  }

  /** Whether no new turn is to be started today. */
  get isReached(): boolean {
    const { limit } = this;
    return limit !== undefined && this.today.costUsd >= limit;
  }

  /** One line for people; undefined without a budget. */
  get words(): string | undefined {
    const { limit, today } = this;
    if (limit === undefined) return undefined;
    const left = limit - today.costUsd;
    const rest = left > 0 ? `${dollars(left)} left` : "new prompts wait";
    return `${dollars(today.costUsd)} of ${dollars(limit)} used today, ${rest}`;
  }

  /** The prompts that were not started because of it, oldest first. */
  get held(): readonly OpenJob[] {
    return this.#store.openJobs.filter(
      ({ status, overBudget }) => overBudget === true && (status === "held" || status === "interrupted"),
    );
  }

  /**
   * Whether the chat need not be told about a held prompt: nobody waits for it, and a message about another one is there
   * already.
   */
  isQuiet({ job, messages }: OpenJob): boolean {
    if (messages.length > 0) return false;
    const first = this.held.find((each) => samePlace(each.job.place, job.place));
    return job.schedule !== undefined && first !== undefined && first.job.number < job.number;
  }

  /** Calls back with each job that is held back: the chat is to decide about it. */
  onHeld(callback: (job: Job) => void): void {
    this.#onHeld = callback;
  }

  /** Keeps a job that was to be started, and has left the queue. */
  hold({ id }: Job): void {
    const tell = (): void => {
      const open = this.#store.job(id);
      if (open?.status === "held") this.#onHeld(open.job);
    };
    // Its notice in the queue goes away, and must not become the message about this; that of before may.
    const messages = this.#letOn.get(id)?.open.messages ?? [];
    this.#letOn.delete(id);
    const shown = { k: "shown", id, messages } as const;
    // Told only when it is on the disk: what was said to wait must not run by itself in the next life. Where it is not
    // written any more, that life finds it in the queue.
    this.#store.record({ k: "held", id, why: "budget" }, shown).then(tell, () => {});
  }

  /** Tells the chat of a held prompt that it was not told about, if no other one is asked about there. */
  offerUntold(place: Place): void {
    const next = this.held.find(
      ({ status, job, messages }) =>
        status === "held" && messages.length === 0 && samePlace(job.place, place),
    );
    if (next) this.#onHeld(next.job);
  }

  /**
   * Runs what was held back, in order, and lets as much again be spent today if that is needed. What comes after that is
   * spent is held again.
   * @param tell Called when it is known what becomes of each.
   * @returns how many were held back. @throws when the bridge goes down before it is written.
   */
  async goOn(cases: OpenCases, tell: LetOn["tell"] = () => {}): Promise<number> {
    const { held, isReached } = this;
    if (held.length === 0) return 0;
    // All at once: a second press, a moment later, finds nothing to do.
    const lifted = isReached ? this.#lift() : undefined;
    for (const open of held) this.#lettingOn.set(open.job.id, { open, tell });
    try {
      await Promise.all([lifted, ...held.map((open) => cases.settle(open, "run"))]);
    } finally {
      for (const { job } of held) this.#lettingOn.delete(job.id);
    }
    for (const { open } of this.#letOn.values()) if (held.includes(open)) tell(open, "waits");
    return held.length;
  }

  /** A job has taken the place of another one, which may be held. */
  replaced({ id }: Job, replaces: string): void {
    const letOn = this.#lettingOn.get(replaces);
    if (letOn) this.#letOn.set(id, letOn);
  }

  /** A job has left the queue. */
  left({ id }: Job, how: Exclude<Leave, "held">): void {
    const letOn = this.#letOn.get(id);
    this.#letOn.delete(id);
    letOn?.tell(letOn.open, how);
  }

  async #lift(): Promise<void> {
    // A limit that is a billionth above what is spent would let one turn too many through.
    const usd = Math.round((this.today.costUsd + (this.#usd ?? 0)) * 1e9) / 1e9;
    await this.#store.record({ k: "lifted", day: this.#today, usd });
  }

  get #today(): string {
    return localDay(this.#clock.now());
  }
}
