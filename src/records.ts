import { isLastingRule } from "./agents/lasting-rule.ts";
import { isConversation, isMessage, isRichText } from "./records/chat.ts";
import {
  type Guard,
  isNumber,
  isText,
  isTrue,
  listOf,
  matching,
  nullable,
  oneOf,
  optional,
  shape,
} from "./records/guard.ts";
import {
  isAnswer,
  isArgument,
  isJob,
  isJobId,
  isJobNumber,
  isOutcome,
  isPart,
  isPastJob,
  isProcess,
} from "./records/job.ts";
import { isFiring, isSchedule } from "./records/schedule.ts";
import { isContext, isDate, isDaySum, isSessionSum, isUse } from "./records/spending.ts";
import type { RecordOf, StoreRecord } from "./store-record.ts";
import type { Update } from "./telegram/types.ts";
import { updateFault } from "./telegram/update-fault.ts";

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

// For the key of a machine it is the machine's name, behind `ssh:`.
const isSecretName = matching(/^([A-Z_][A-Z0-9_]*|ssh:[A-Za-z0-9][\w.-]{0,63})$/);
const isRule = (value: unknown): value is string => isText(value) && isLastingRule(value);
const isUpdate = (value: unknown): value is Update => updateFault(value) === undefined;

/** What a record of each kind has to be. */
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
    at: optional(isNumber),
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
    process: nullable(isProcess),
  }),
  choice: shape<RecordOf<"choice">>({
    k: oneOf("choice"),
    conversation: isConversation,
    name: isText,
    value: nullable(isArgument),
  }),
  rule: shape<RecordOf<"rule">>({ k: oneOf("rule"), agent: isText, rule: isRule }),
  session: shape<RecordOf<"session">>({
    k: oneOf("session"),
    conversation: isConversation,
    agent: isText,
    sessionId: nullable(isArgument),
  }),
  kept: shape<RecordOf<"kept">>({
    k: oneOf("kept"),
    seen: listOf(isNumber),
    lastNumber: isJobNumber,
    last: optional(isJob),
    lastSchedule: optional(isJobNumber),
    past: optional(listOf(isPastJob)),
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
    secret: nullable(isSecretName),
  }),
  erase: shape<RecordOf<"erase">>({
    k: oneOf("erase"),
    chatId: isNumber,
    messageId: isNumber,
    secret: optional(isSecretName),
  }),
  erased: shape<RecordOf<"erased">>({ k: oneOf("erased"), chatId: isNumber, messageId: isNumber }),
};
