import type { MessageRef } from "./chat/messenger.ts";
import type { Job, JobOutcome, JobProcess, PastJob, PromptPart, StoredAnswer } from "./jobs/job.ts";
import type { Firing, Schedule } from "./schedules/schedule.ts";
import type { SpendingRecord } from "./spending.ts";
import type { Update } from "./telegram/types.ts";
import type { RichText } from "./text/entities.ts";

/** Everything that is written down. */
export type StoreRecord =
  | { readonly k: "update"; readonly update: Update }
  /** Nothing is left to be done about these updates. */
  | { readonly k: "handled"; readonly updates: readonly number[] }
  | JobRecord
  | ScheduleRecord
  | SpendingRecord
  | {
      readonly k: "session";
      readonly conversation: string;
      readonly agent: string;
      readonly sessionId: string | null;
    }
  /** A process of an agent outlives its turns; with null it has ended. `mark` is what it and all that it started carry. */
  | { readonly k: "staying"; readonly mark: string; readonly process: JobProcess | null }
  /** What was chosen in a chat in place of what `.env` says. */
  | {
      readonly k: "choice";
      readonly conversation: string;
      readonly name: string;
      readonly value: string | null;
    }
  /** What an agent may always do, in its own notation. */
  | { readonly k: "rule"; readonly agent: string; readonly rule: string }
  /** The next message in this private chat is the value of that secret; of none with null. */
  | { readonly k: "awaited"; readonly chatId: number; readonly secret: string | null }
  /** This message is to be taken out of its chat; it shows the value of that secret, which is stored. */
  | ({ readonly k: "erase" } & Erasure)
  /** Telegram has answered, whatever it said. */
  | { readonly k: "erased"; readonly chatId: number; readonly messageId: number }
  /** Only in a compacted journal: what older records have left behind. */
  | {
      readonly k: "kept";
      readonly seen: readonly number[];
      readonly lastNumber: number;
      readonly last?: Job;
      readonly lastSchedule?: number;
      readonly past?: readonly PastJob[];
    };

/** A message that is still to be taken out of its chat. */
export interface Erasure extends Omit<MessageRef, "isFile"> {
  readonly secret?: string;
}

/** What is written down about one prompt, in the order in which it happens to it. */
export type JobRecord =
  /** `held`: it is not to run before the chat has decided about it. `replaces` is the job whose place it takes. */
  | {
      readonly k: "queued";
      readonly job: Job;
      readonly held?: true;
      readonly replaces?: string;
      /** The schedule that it is a run of, as it stands from then on. */
      readonly fired?: Firing;
    }
  | {
      readonly k: "changed";
      readonly id: string;
      readonly parts: readonly PromptPart[];
      readonly files: readonly string[];
      readonly updates: readonly number[];
    }
  /** It is not to run before the chat has decided about it. `why` is missing when it comes late. */
  | { readonly k: "held"; readonly id: string; readonly why?: "budget" }
  /** It was to become a part of a running turn, which did not take it: it waits again. */
  | { readonly k: "requeued"; readonly id: string }
  /** Comes again with what is known later: the process, the session. */
  | {
      readonly k: "started";
      readonly id: string;
      /** Only when it starts. */
      readonly at?: number;
      readonly process?: JobProcess;
      readonly sessionId?: string;
      /** Whose session it is. */
      readonly agent?: string;
    }
  | { readonly k: "shown"; readonly id: string; readonly messages: readonly MessageRef[] }
  | { readonly k: "answered"; readonly id: string; readonly answer: StoredAnswer }
  /** `last` is what its last message shows, above the buttons. */
  | { readonly k: "interrupted"; readonly id: string; readonly last?: RichText }
  | { readonly k: "ended"; readonly id: string; readonly outcome: JobOutcome; readonly at: number }
  /** A question of the agent is in the chat, and what its last message shows. */
  | { readonly k: "asked"; readonly id: string; readonly message: MessageRef; readonly text: RichText }
  /** Nobody is asked by that message any longer. */
  | { readonly k: "decided"; readonly id: string; readonly message: MessageRef };

/** What is written down about a schedule. A run of it is a job, and its record tells both. */
export type ScheduleRecord =
  | { readonly k: "scheduled"; readonly schedule: Schedule; readonly updates: readonly number[] }
  | { readonly k: "rescheduled"; readonly schedule: Schedule }
  | { readonly k: "unscheduled"; readonly id: string };

/** The records of one kind. */
export type RecordOf<K extends StoreRecord["k"]> = Extract<StoreRecord, { readonly k: K }>;
