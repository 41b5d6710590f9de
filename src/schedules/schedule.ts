import type { Place } from "../chat/messenger.ts";
import type { Author } from "../jobs/job.ts";

/** Of `every`, in milliseconds. */
export const SHORTEST_MS = 60_000;
export const LONGEST_MS = 366 * 24 * 60 * 60 * 1000;
export const EVERY_DAY: readonly number[] = [0, 1, 2, 3, 4, 5, 6];

/** When a schedule is due. Times of day are those of the machine's own clock and time zone. */
export type Timing =
  /** Milliseconds from one run to the next. */
  | { readonly kind: "every"; readonly ms: number }
  /** Once; milliseconds since the epoch. */
  | { readonly kind: "at"; readonly at: number }
  /** On these days of the week, 0 being Sunday. */
  | {
      readonly kind: "daily";
      readonly hour: number;
      readonly minute: number;
      readonly days: readonly number[];
    };

/** A prompt that is queued again and again, or once later, in the name of whoever asked for it. */
export interface Schedule {
  /** Unique in this project; names the schedule in buttons and in the journal. */
  readonly id: string;
  /** Counts up. */
  readonly number: number;
  /** Where it was asked for, and where its answers come. */
  readonly place: Place;
  readonly author: Author;
  /** The message that asked for it, which its answers refer to. */
  readonly messageId: number;
  readonly prompt: string;
  readonly timing: Timing;
  /** When it is due; milliseconds since the epoch. */
  readonly next: number;
  /** When `next` was reckoned: a clock that shows less by far has been put back. */
  readonly since: number;
  /** How often it was queued. Never decreases, so that an older record is known by it. */
  readonly runs: number;
  readonly lastRun?: number;
  /** The latest due time at which it was not queued, if none has been since. */
  readonly skipped?: { readonly at: number; readonly why: "busy" | "not-allowed" };
  readonly paused?: true;
}

/** What a schedule is made of. */
export type ScheduleDraft = Pick<Schedule, "place" | "author" | "messageId" | "prompt" | "timing">;

/** A run of a schedule, in the record that queues it: both are written or none. `after` is null when that was the last. */
export interface Firing {
  readonly id: string;
  readonly after: Schedule | null;
}
