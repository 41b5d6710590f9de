import type { Job, JobOutcome, JobProcess, PastJob, PromptPart, StoredAnswer } from "../jobs/job.ts";
import { isAuthor, isPlace, isRichText } from "./chat.ts";
import { isNumber, isText, isTrue, listOf, matching, oneOf, optional, shape } from "./guard.ts";

// Numbers of jobs go on from it and become part of ids: beyond what counts exactly there is no next one.
export const isJobNumber = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < MOST_JOBS;
const MOST_JOBS = 1e12;

// It becomes part of paths.
export const isJobId = matching(/^[\w-]{1,64}$/);

// It becomes a word of the agent's command line, where it must not be an option.
export const isArgument = matching(/^(?!-)[^\p{Cc}]{1,255}$/u);

const isPid = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;
const isFileName = matching(/^(?!\.{1,2}$)[^/\\\p{Cc}]{1,255}$/u);

export const isOutcome = oneOf<JobOutcome>(
  "done",
  "failed",
  "cancelled",
  "interrupted",
  "removed",
  "dropped",
  "steered",
);

export const isPart = shape<PromptPart>({ messageId: isNumber, text: isText, quote: optional(isText) });

export const isJob = shape<Job>({
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

export const isProcess = shape<JobProcess>({
  pid: isPid,
  startTime: optional(isText),
  mark: optional(isJobId),
});

export const isAnswer = shape<StoredAnswer>({
  outcome: isOutcome,
  parts: listOf(isRichText),
  notice: optional(isText),
  file: optional(shape<NonNullable<StoredAnswer["file"]>>({ name: isFileName, instead: listOf(isRichText) })),
});

export const isPastJob = shape<PastJob>({
  id: isJobId,
  title: isText,
  by: isText,
  outcome: isOutcome,
  startedAt: optional(isNumber),
  endedAt: isNumber,
});
