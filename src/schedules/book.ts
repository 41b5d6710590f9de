import { randomBytes } from "node:crypto";
import type { Place } from "../chat/messenger.ts";
import type { Clock } from "../clock.ts";
import type { Author, JobDraft, OpenJob } from "../jobs/job.ts";
import type { Person } from "../jobs/person.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store.ts";
import { dueTimes, nextTime } from "./next-time.ts";
import type { Firing, Schedule, ScheduleDraft } from "./schedule.ts";
import { timingWords, whenWords } from "./words.ts";

export interface ScheduleBookOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether its author may still prompt there: the allowlist may have changed meanwhile. */
  readonly mayPrompt: (whose: { readonly author: Author; readonly place: Place }) => boolean;
  /** Queues a run; the schedule, as it stands after it, goes into the same record. */
  readonly queue: (draft: JobDraft, fired: Firing) => Promise<unknown>;
}

/** More than anybody keeps in mind. */
export const MOST_SCHEDULES = 50;

/** The clock may be put forward or back at any time, and timers stand still while the machine sleeps. */
const LOOK_MS = 60_000;
/** A run that comes later than this is told to be late. */
const LATE_MS = 2 * 60_000;
/** A clock is put right by seconds all the time; only by more than this it must have been wrong. */
const PUT_BACK_MS = 60 * 60_000;

/** The schedules of a project. What is due is queued, one run of each schedule at a time. */
export class ScheduleBook {
  readonly #options: ScheduleBookOptions;
  #cancel: (() => void) | undefined;
  #started = false;
  #stopped = false;

  constructor(options: ScheduleBookOptions) {
    this.#options = options;
  }

  /** Oldest first. */
  get all(): readonly Schedule[] {
    return this.#options.store.schedules;
  }

  /** Queues what was missed, and from then on whatever becomes due. */
  start(): void {
    if (this.#stopped) return;
    this.#started = true;
    this.#look(true);
  }

  /** Queues nothing from now on; what becomes due is for the next life. */
  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  /**
   * Writes a schedule down, with the update that asked for it: that is dealt with.
   * @returns undefined when there are too many.
   * @throws RangeError when it would never be due, and when the bridge goes down before it is written.
   */
  async add(draft: ScheduleDraft, update: number): Promise<Schedule | undefined> {
    const { store, clock } = this.#options;
    if (this.all.length >= MOST_SCHEDULES) return undefined;
    const now = clock.now();
    const next = nextTime(draft.timing, now);
    if (next === undefined) throw new RangeError("that time is over already");
    const number = store.nextScheduleNumber();
    const id = `${number}-${randomBytes(4).toString("hex")}`;
    const schedule: Schedule = { ...draft, id, number, next, since: now, runs: 0 };
    const written = store.record({ k: "scheduled", schedule, updates: [update] });
    this.#wait();
    await written;
    return schedule;
  }

  /** @returns undefined when it is gone already. @throws when the bridge goes down before it is written. */
  async remove(id: string, person: Person): Promise<Schedule | "not-yours" | undefined> {
    const schedule = this.#find(id, person);
    if (typeof schedule !== "object") return schedule;
    await this.#options.store.record({ k: "unscheduled", id });
    return schedule;
  }

  /** It is not due until it is resumed. @throws when the bridge goes down before it is written. */
  async pause(id: string, person: Person): Promise<Schedule | "not-yours" | undefined> {
    const schedule = this.#find(id, person);
    if (typeof schedule !== "object" || schedule.paused) return schedule;
    await this.#change({ ...schedule, paused: true });
    return schedule;
  }

  /** Goes on with the next time from now on; a single time that is over meanwhile counts as missed. */
  async resume(id: string, person: Person): Promise<Schedule | "not-yours" | undefined> {
    const schedule = this.#find(id, person);
    if (typeof schedule !== "object" || !schedule.paused) return schedule;
    const { paused, ...rest } = schedule;
    const now = this.#options.clock.now();
    const changed = this.#change({ ...rest, next: nextTime(rest.timing, now) ?? rest.next, since: now });
    this.#wait();
    await changed;
    return rest;
  }

  /** A group has another id from now on. */
  moveChat(from: number, to: number): void {
    for (const schedule of this.all) {
      if (schedule.place.chatId === from)
        this.#note({ ...schedule, place: { ...schedule.place, chatId: to } });
    }
  }

  #find(id: string, person: Person): Schedule | "not-yours" | undefined {
    const schedule = this.#options.store.schedule(id);
    return schedule && !mayChange(person, schedule) ? "not-yours" : schedule;
  }

  /** @param atStart What is due by now was due while nobody was there. */
  #look(atStart = false): void {
    const { clock, log } = this.#options;
    const now = clock.now();
    const active = this.all.filter(({ paused }) => !paused).toSorted((a, b) => a.next - b.next);
    for (const schedule of active) {
      if (schedule.next > now) this.#followClock(schedule, now);
      else
        this.#due(schedule, now, atStart).catch((error) =>
          log.error("schedule not queued", { schedule: schedule.id, error }),
        );
    }
    this.#wait();
  }

  /** Sets the timer for what is due first. Without any schedule there is nothing to wait for. */
  #wait(): void {
    this.#cancel?.();
    if (!this.#started || this.#stopped) return;
    const times = this.all.flatMap(({ next, paused }) => (paused ? [] : [next]));
    if (times.length === 0) return;
    const { clock } = this.#options;
    const ms = Math.min(LOOK_MS, Math.max(0, Math.min(...times) - clock.now()));
    this.#cancel = clock.after(ms, () => this.#look());
  }

  /** A clock that was put back by far, or another time zone, makes another time the next one. */
  #followClock(schedule: Schedule, now: number): void {
    const { timing, since } = schedule;
    if (timing.kind === "at") return;
    const from = since - now > PUT_BACK_MS ? now : since;
    const planned =
      timing.kind === "every" ? Math.min(schedule.next, now + timing.ms) : nextTime(timing, from);
    if (planned === undefined || planned === schedule.next) return;
    this.#note({ ...schedule, next: planned, since: from });
  }

  async #due(schedule: Schedule, now: number, atStart: boolean): Promise<void> {
    const { mayPrompt, queue, log } = this.#options;
    const { timing, id } = schedule;
    const { latest, following } = dueTimes(timing, schedule.next, now);
    if (!mayPrompt(schedule)) {
      log.warn("schedule of somebody who is no longer allowed did not run", { schedule: id });
      return this.#skip(schedule, { at: latest, why: "not-allowed" }, following, now);
    }
    if (this.#isUnderWay(id)) return this.#skip(schedule, { at: latest, why: "busy" }, following, now);
    const { skipped, ...rest } = schedule;
    const after: Schedule | null =
      following === undefined
        ? null
        : { ...rest, next: following, since: now, runs: schedule.runs + 1, lastRun: now };
    log.info("schedule is due", { schedule: id });
    const missed = atStart || now - latest > LATE_MS;
    const note = `⏰ ${timingWords(timing)}${missed ? ` · missed ${whenWords(latest, now)}` : ""}`;
    await queue(
      {
        place: schedule.place,
        author: schedule.author,
        parts: [{ messageId: schedule.messageId, text: schedule.prompt }],
        files: [],
        updates: [],
        schedule: { id, note },
      },
      { id, after },
    );
  }

  async #skip(
    schedule: Schedule,
    skipped: NonNullable<Schedule["skipped"]>,
    following: number | undefined,
    now: number,
  ): Promise<void> {
    if (following === undefined) this.#options.store.note({ k: "unscheduled", id: schedule.id });
    else this.#note({ ...schedule, next: following, since: now, skipped });
  }

  /** Whether its last run waits, runs, or waits for somebody's word about it. */
  #isUnderWay(id: string): boolean {
    return this.#options.store.openJobs.some(
      ({ job, status, overBudget }) =>
        job.schedule?.id === id && (UNDER_WAY.has(status) || overBudget === true),
    );
  }

  #note(schedule: Schedule): void {
    this.#options.store.note({ k: "rescheduled", schedule });
  }

  async #change(schedule: Schedule): Promise<void> {
    await this.#options.store.record({ k: "rescheduled", schedule });
  }
}

const UNDER_WAY: ReadonlySet<OpenJob["status"]> = new Set(["queued", "held", "started"]);

/** Owners may change any schedule, others those that they made. */
function mayChange(person: Person, { author }: Schedule): boolean {
  return person.role === "owner" || person.id === author.id;
}
