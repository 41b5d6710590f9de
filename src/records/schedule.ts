import { type Firing, LONGEST_MS, type Schedule, SHORTEST_MS, type Timing } from "../schedules/schedule.ts";
import { isAuthor, isPlace } from "./chat.ts";
import { isNumber, isText, isTrue, listOf, nullable, oneOf, optional, shape, whole } from "./guard.ts";
import { isJobId, isJobNumber } from "./job.ts";

const isDay = whole(0, 6);
type TimingOf<K extends Timing["kind"]> = Extract<Timing, { readonly kind: K }>;
const isEvery = shape<TimingOf<"every">>({ kind: oneOf("every"), ms: whole(SHORTEST_MS, LONGEST_MS) });
const isAt = shape<TimingOf<"at">>({ kind: oneOf("at"), at: isNumber });
const isDaily = shape<TimingOf<"daily">>({
  kind: oneOf("daily"),
  hour: whole(0, 23),
  minute: whole(0, 59),
  days: (value): value is readonly number[] => listOf(isDay)(value) && value.length > 0,
});

export const isSchedule = shape<Schedule>({
  id: isJobId,
  number: isJobNumber,
  place: isPlace,
  author: isAuthor,
  messageId: isNumber,
  prompt: isText,
  timing: (value): value is Timing => isEvery(value) || isAt(value) || isDaily(value),
  next: isNumber,
  since: isNumber,
  runs: isJobNumber,
  lastRun: optional(isNumber),
  skipped: optional(
    shape<NonNullable<Schedule["skipped"]>>({ at: isNumber, why: oneOf("busy", "not-allowed") }),
  ),
  paused: optional(isTrue),
});

export const isFiring = shape<Firing>({
  id: isJobId,
  after: nullable(isSchedule),
});
