import { type Place, samePlace } from "../chat/messenger.ts";
import type { Clock } from "../clock.ts";
import { localDay, type Sum } from "../spending.ts";
import type { Store } from "../store.ts";
import { dollars } from "../text/dollars.ts";
import type { OpenJob } from "./job.ts";

/** What may be spent on a day, and what waits since that was reached. */
export class Budget {
  readonly #store: Store;
  readonly #clock: Clock;
  #usd: number | undefined;

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
  isQuiet({ job }: OpenJob): boolean {
    const first = this.held.find((each) => samePlace(each.job.place, job.place));
    return job.schedule !== undefined && first !== undefined && first.job.number < job.number;
  }

  /** The next one that the chat was not told about. */
  untold(place: Place): OpenJob | undefined {
    return this.held.find(
      ({ status, job, messages }) =>
        status === "held" && messages.length === 0 && samePlace(job.place, place),
    );
  }

  /** Lets as much again be spent today as the budget says. Resolves when it is on the disk, and holds at once. */
  async lift(): Promise<void> {
    // A limit that is a billionth above what is spent would let one turn too many through.
    const usd = Math.round((this.today.costUsd + (this.#usd ?? 0)) * 1e9) / 1e9;
    await this.#store.record({ k: "lifted", day: this.#today, usd });
  }

  get #today(): string {
    return localDay(this.#clock.now());
  }
}
