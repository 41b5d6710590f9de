import type { Timing } from "./schedule.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** The same day of the week comes after seven days; one more for the hours of the clock change. */
const DAYS_AHEAD = 8;

/**
 * The first due time after a moment; undefined when there is none. Times of day follow the local clock: one that a clock
 * change leaves out comes as much later as the clock jumps, one that comes twice counts the first time.
 */
export function nextTime(timing: Timing, after: number): number | undefined {
  switch (timing.kind) {
    case "every":
      return after + timing.ms;
    case "at":
      return timing.at > after ? timing.at : undefined;
    case "daily":
      return nextOfDay(timing, after);
  }
}

/** What has become due, from `next` up to now: the latest of these times, and the one that follows. */
export function dueTimes(
  timing: Timing,
  next: number,
  now: number,
): { readonly latest: number; readonly following: number | undefined } {
  switch (timing.kind) {
    case "at":
      return { latest: next, following: undefined };
    case "every": {
      // From the planned time on, so that it does not drift.
      const latest = next + Math.floor((now - next) / timing.ms) * timing.ms;
      return { latest, following: latest + timing.ms };
    }
    case "daily": {
      let latest = next;
      let following = nextOfDay(timing, Math.max(next, now - DAYS_AHEAD * DAY_MS));
      while (following !== undefined && following <= now) {
        latest = following;
        following = nextOfDay(timing, following);
      }
      return { latest, following };
    }
  }
}

function nextOfDay(
  { hour, minute, days }: Extract<Timing, { kind: "daily" }>,
  after: number,
): number | undefined {
  const from = new Date(after);
  for (let ahead = 0; ahead <= DAYS_AHEAD; ahead++) {
    const date = from.getDate() + ahead;
    // By noon, which no clock change moves to another day.
    const day = new Date(from.getFullYear(), from.getMonth(), date, 12).getDay();
    const time = new Date(from.getFullYear(), from.getMonth(), date, hour, minute).getTime();
    if (time > after && days.includes(day)) return time;
  }
  return undefined;
}
