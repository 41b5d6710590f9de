import { isLastingRule } from "./agents/lasting-rule.ts";
import type { MessageRef, Place } from "./chat/messenger.ts";
import type { Author, Job, JobOutcome, JobProcess, PromptPart, StoredAnswer } from "./jobs/job.ts";
import { type Firing, LONGEST_MS, type Schedule, SHORTEST_MS, type Timing } from "./schedules/schedule.ts";
import type { Context, DaySum, SessionSum, Sum } from "./spending.ts";
import type { StoreRecord } from "./state.ts";
import type { Update } from "./telegram/types.ts";
import { updateFault } from "./telegram/update-fault.ts";
import type { Entity, RichText } from "./text/entities.ts";

/**
 * A record as the journal gives it back. The file may come from anywhere, such as a repository that carries one.
 * @returns undefined for a kind that is not known, as of a later version.
 * @throws TypeError when it is not what its kind says.
 */
export function parseRecord(value: object): StoreRecord | undefined {
  const kind = "k" in value ? value.k : undefined;
  if (typeof kind !== "string" || !Object.hasOwn(KINDS, kind)) return undefined;
  const guard: Guard<StoreRecord> = KINDS[kind as StoreRecord["k"]];
  if (!guard(value)) throw new TypeError(`not a record: ${kind}`);
  return value;
}

type Guard<T> = (value: unknown) => value is T;

const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => Number.isFinite(value);
// Numbers of jobs go on from it and become part of ids: beyond what counts exactly there is no next one.
const isJobNumber = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < MOST_JOBS;
const MOST_JOBS = 1e12;
const isPid = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;
// It becomes part of paths.
const isJobId = matching(/^[\w-]{1,64}$/);
const isFileName = matching(/^(?!\.{1,2}$)[^/\\\p{Cc}]{1,255}$/u);
const isConversation = matching(/^-?\d{1,16}(\/\d{1,16})?$/);
// For the key of a machine it is the machine's name, behind `ssh:`.
const isSecretName = matching(/^([A-Z_][A-Z0-9_]*|ssh:[A-Za-z0-9][\w.-]{0,63})$/);
// It becomes a word of the agent's command line, where it must not be an option.
const isArgument = matching(/^(?!-)[^\p{Cc}]{1,255}$/u);
const isRule = (value: unknown): value is string => isText(value) && isLastingRule(value);
const isOutcome = oneOf<JobOutcome>(
  "done",
  "failed",
  "cancelled",
  "interrupted",
  "removed",
  "dropped",
  "steered",
);
const isEntity = shape<Entity>({
  type: oneOf<Entity["type"]>(
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "code",
    "pre",
    "text_link",
    "blockquote",
    "expandable_blockquote",
  ),
  offset: isNumber,
  length: isNumber,
  language: optional(isText),
  url: optional(isText),
});
const isMessage = shape<MessageRef>({ chatId: isNumber, messageId: isNumber });
const isRichText = shape<RichText>({ text: isText, entities: listOf(isEntity) });
const isPart = shape<PromptPart>({ messageId: isNumber, text: isText, quote: optional(isText) });
const isPlace = shape<Place>({ chatId: isNumber, threadId: optional(isNumber) });
const isAuthor = shape<Author>({ id: isNumber, name: isText });
const isTrue = (value: unknown): value is true => value === true;
const isJob = shape<Job>({
  id: isJobId,
  number: isJobNumber,
  place: isPlace,
  author: isAuthor,
  parts: listOf(isPart),
  files: listOf(isText),
  updates: listOf(isNumber),
  heard: optional(isTrue),
  shell: optional(isTrue),
  sessionId: optional(isArgument),
  resumes: optional(isText),
  sentAt: optional(isNumber),
  queuedAt: isNumber,
  schedule: optional(shape<NonNullable<Job["schedule"]>>({ id: isJobId, note: isText })),
  background: optional(isTrue),
});
const isProcess = shape<JobProcess>({ pid: isPid, startTime: optional(isText), mark: optional(isJobId) });
const isAnswer = shape<StoredAnswer>({
  outcome: isOutcome,
  parts: listOf(isRichText),
  notice: optional(isText),
  file: optional(shape<NonNullable<StoredAnswer["file"]>>({ name: isFileName, instead: listOf(isRichText) })),
});

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
const isSchedule = shape<Schedule>({
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
const isFiring = shape<Firing>({
  id: isJobId,
  after: (value): value is Schedule | null => value === null || isSchedule(value),
});

// A sum that is no number, or below zero, would let everything through; one without bounds could not be written down.
const isUse = (value: unknown): value is number => isNumber(value) && value >= 0 && value <= MOST_USED;
const MOST_USED = 1e12;
const isDate = matching(/^-?\d{1,6}-\d\d-\d\d$/);
const isContext = shape<Context>({ contextTokens: isUse, contextWindow: isUse });
const SUM = {
  turns: isUse,
  unpriced: isUse,
  costUsd: isUse,
  inputTokens: isUse,
  outputTokens: isUse,
} satisfies { [K in keyof Sum]: Guard<Sum[K]> };
const isDaySum = shape<DaySum>({ ...SUM, day: isDate });
const isSessionSum = shape<SessionSum>({
  ...SUM,
  agent: isText,
  sessionId: isArgument,
  context: optional(isContext),
});

const isUpdate = (value: unknown): value is Update => updateFault(value) === undefined;

type RecordOf<K extends StoreRecord["k"]> = Extract<StoreRecord, { readonly k: K }>;

const KINDS: { readonly [K in StoreRecord["k"]]: Guard<RecordOf<K>> } = {
  update: shape<RecordOf<"update">>({ k: oneOf("update"), update: isUpdate }),
  handled: shape<RecordOf<"handled">>({ k: oneOf("handled"), updates: listOf(isNumber) }),
  queued: shape<RecordOf<"queued">>({
    k: oneOf("queued"),
    job: isJob,
    held: optional(isTrue),
    replaces: optional(isJobId),
    fired: optional(isFiring),
  }),
  changed: shape<RecordOf<"changed">>({
    k: oneOf("changed"),
    id: isJobId,
    parts: listOf(isPart),
    files: listOf(isText),
    updates: listOf(isNumber),
  }),
  requeued: shape<RecordOf<"requeued">>({ k: oneOf("requeued"), id: isJobId }),
  held: shape<RecordOf<"held">>({ k: oneOf("held"), id: isJobId, why: optional(oneOf("budget")) }),
  started: shape<RecordOf<"started">>({
    k: oneOf("started"),
    id: isJobId,
    process: optional(isProcess),
    sessionId: optional(isArgument),
    agent: optional(isText),
  }),
  shown: shape<RecordOf<"shown">>({
    k: oneOf("shown"),
    id: isJobId,
    messages: listOf(isMessage),
  }),
  answered: shape<RecordOf<"answered">>({ k: oneOf("answered"), id: isJobId, answer: isAnswer }),
  interrupted: shape<RecordOf<"interrupted">>({
    k: oneOf("interrupted"),
    id: isJobId,
    last: optional(isRichText),
  }),
  ended: shape<RecordOf<"ended">>({ k: oneOf("ended"), id: isJobId, outcome: isOutcome, at: isNumber }),
  asked: shape<RecordOf<"asked">>({ k: oneOf("asked"), id: isJobId, message: isMessage, text: isRichText }),
  decided: shape<RecordOf<"decided">>({ k: oneOf("decided"), id: isJobId, message: isMessage }),
  staying: shape<RecordOf<"staying">>({
    k: oneOf("staying"),
    mark: isJobId,
    process: (value): value is JobProcess | null => value === null || isProcess(value),
  }),
  choice: shape<RecordOf<"choice">>({
    k: oneOf("choice"),
    conversation: isConversation,
    name: isText,
    value: (value): value is string | null => value === null || isArgument(value),
  }),
  rule: shape<RecordOf<"rule">>({ k: oneOf("rule"), agent: isText, rule: isRule }),
  session: shape<RecordOf<"session">>({
    k: oneOf("session"),
    conversation: isConversation,
    agent: isText,
    sessionId: (value): value is string | null => value === null || isArgument(value),
  }),
  kept: shape<RecordOf<"kept">>({
    k: oneOf("kept"),
    seen: listOf(isNumber),
    lastNumber: isJobNumber,
    last: optional(isJob),
    lastSchedule: optional(isJobNumber),
  }),
  spent: shape<RecordOf<"spent">>({
    k: oneOf("spent"),
    id: isJobId,
    day: isDate,
    agent: isText,
    sessionId: optional(isArgument),
    costUsd: optional(isUse),
    inputTokens: optional(isUse),
    outputTokens: optional(isUse),
    context: optional(isContext),
  }),
  lifted: shape<RecordOf<"lifted">>({ k: oneOf("lifted"), day: isDate, usd: isUse }),
  spendings: shape<RecordOf<"spendings">>({
    k: oneOf("spendings"),
    days: listOf(isDaySum),
    sessions: listOf(isSessionSum),
    jobs: listOf(isJobId),
  }),
  scheduled: shape<RecordOf<"scheduled">>({
    k: oneOf("scheduled"),
    schedule: isSchedule,
    updates: listOf(isNumber),
  }),
  rescheduled: shape<RecordOf<"rescheduled">>({ k: oneOf("rescheduled"), schedule: isSchedule }),
  unscheduled: shape<RecordOf<"unscheduled">>({ k: oneOf("unscheduled"), id: isJobId }),
  awaited: shape<RecordOf<"awaited">>({
    k: oneOf("awaited"),
    chatId: isNumber,
    secret: (value): value is string | null => value === null || isSecretName(value),
  }),
};

function shape<T extends object>(fields: { readonly [K in keyof Required<T>]: Guard<T[K]> }): Guard<T> {
  const guards: [string, Guard<unknown>][] = Object.entries(fields);
  return (value): value is T =>
    typeof value === "object" &&
    value !== null &&
    guards.every(([key, guard]) => guard((value as Readonly<Record<string, unknown>>)[key]));
}

function listOf<T>(guard: Guard<T>): Guard<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(guard);
}

function whole(least: number, most: number): Guard<number> {
  return (value): value is number =>
    Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
}

function optional<T>(guard: Guard<T>): Guard<T | undefined> {
  return (value): value is T | undefined => value === undefined || guard(value);
}

function oneOf<T extends string>(...values: readonly T[]): Guard<T> {
  return (value): value is T => values.some((each) => each === value);
}

function matching(pattern: RegExp): Guard<string> {
  return (value): value is string => isText(value) && pattern.test(value);
}
