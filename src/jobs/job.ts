import type { MessageRef, Place } from "../chat/messenger.ts";
import { cut } from "../text/cut.ts";
import type { RichText } from "../text/entities.ts";

/** One prompt on its way through the queue. */
export interface Job {
  /** Unique in this project; names the job in buttons, in the journal and in the environment of its processes. */
  readonly id: string;
  /** Counts up, for people. */
  readonly number: number;
  readonly place: Place;
  readonly author: Author;
  /** The chat messages that it was made of, in order. An edit of one of them changes the prompt. */
  readonly parts: readonly PromptPart[];
  /** Files that came with it, as paths relative to the project. */
  readonly files: readonly string[];
  /** The updates that it came from: with the job on disk they are dealt with. */
  readonly updates: readonly number[];
  /** It was spoken, and the chat is asked whether it was understood. */
  readonly heard?: true;
  /** A command for the shell, which runs beside what the agent of its conversation does. */
  readonly shell?: true;
  /** The session to go on with, in place of the one of the latest prompt. */
  readonly sessionId?: string;
  /** The agent that was cut off in that session: there it is told to go on. Another one gets the prompt anew. */
  readonly resumes?: string;
  /** When its last message was sent, by Telegram's clock; milliseconds since the epoch. */
  readonly sentAt?: number;
  /** Milliseconds since the epoch. */
  readonly queuedAt: number;
  /** The agent has begun it by itself; its text says why. */
  readonly background?: true;
  /** The schedule that it is a run of, and what the chat is told about that. */
  readonly schedule?: { readonly id: string; readonly note: string };
}

/** What a job is made of. */
export type JobDraft = Omit<Job, "id" | "number" | "queuedAt">;

export interface Author {
  readonly id: number;
  readonly name: string;
}

export interface PromptPart {
  readonly messageId: number;
  readonly text: string;
  /** What it replies to, for an agent that reads text. */
  readonly quote?: string;
}

/** The job after an edit of the message; undefined when it was not made of that. */
export function edited(job: Job, chatId: number, messageId: number, text: string): Job | undefined {
  // What was told already is not told again.
  if (!isMadeOf(job, chatId, messageId) || job.resumes !== undefined) return undefined;
  return {
    ...job,
    parts: job.parts.map((part) => (part.messageId === messageId ? { ...part, text } : part)),
  };
}

/** Whether that message is one of those that a job was made of. */
export function isMadeOf(job: Job, chatId: number, messageId: number): boolean {
  // Its message is the command that made the schedule, or the prompt that started what it goes on with.
  if (job.schedule || job.background || job.place.chatId !== chatId) return false;
  return job.parts.some((part) => part.messageId === messageId);
}

/** The longest text that a chat client leaves in one message; longer ones it splits. */
const CLIENT_SPLIT = 4096;

/** What the agent is told. */
export function promptOf({ parts, files }: Pick<Job, "parts" | "files">): string {
  let text = "";
  for (const [index, part] of parts.entries()) {
    // A client cuts at white space, which is lost. Only where there is none for long does it cut inside a word.
    const before = parts[index - 1]?.text ?? "";
    const cutInWord = before.length >= CLIENT_SPLIT && !/\s/.test(before.slice(-100));
    if (part.text !== "") text += (text === "" || cutInWord ? "" : "\n") + part.text;
  }
  if (files.length === 0) return text;
  const list = files.map((file) => `- ${file}`).join("\n");
  return `${text}\n\nFiles that were sent with this message:\n${list}`.trimStart();
}

/** The first words of the prompt, on one line. */
export function titleOf(job: Pick<Job, "parts" | "files">, length = 60): string {
  const line = promptOf(job).replace(/\s+/g, " ").trim();
  if (line.length <= length) return line;
  return `${cut(line, length - 1)}…`;
}

export type JobOutcome =
  | "done"
  | "failed"
  | "cancelled"
  | "interrupted"
  | "removed"
  | "dropped"
  /** It became a part of the turn that was running. */
  | "steered";

/** The process of a started job, as it is found again after a crash. */
export interface JobProcess {
  readonly pid: number;
  /** As the system gives it; a pid with another start time is another process. */
  readonly startTime?: string;
  /** The job that it was started for, when it has waited since. */
  readonly mark?: string;
}

/** A finished answer that the chat may not have yet. */
export interface StoredAnswer {
  readonly outcome: JobOutcome;
  readonly parts: readonly RichText[];
  /** What the phone is to ring for when it is there. */
  readonly notice?: string;
  /** Its bytes lie in the spool, under the id of the job. */
  readonly file?: { readonly name: string; readonly instead: readonly RichText[] };
}

/** A job that is over, as people are told of it. Times in milliseconds since the epoch. */
export interface PastJob {
  readonly id: string;
  readonly title: string;
  /** Who asked for it. */
  readonly by: string;
  readonly outcome: JobOutcome;
  /** Missing when it never ran. */
  readonly startedAt?: number;
  readonly endedAt: number;
}

/** How far an unfinished job has come. */
export interface OpenJob {
  readonly job: Job;
  readonly status: "queued" | "held" | "started" | "answered" | "interrupted";
  /** It is, or was, held back because the day's budget was reached. */
  readonly overBudget?: true;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
  readonly process?: JobProcess;
  /** The agent's session that it was talked over in. */
  readonly sessionId?: string;
  /** Whose session that is. */
  readonly agent?: string;
  /** Only when it is answered. */
  readonly answer?: StoredAnswer;
  /** Only when it is interrupted: what its last message shows, above the buttons. */
  readonly last?: RichText;
  /** The messages that show it. */
  readonly messages: readonly MessageRef[];
  /** The messages with a question of the agent that nobody has answered, and what they show. */
  readonly asked: readonly { readonly message: MessageRef; readonly text: RichText }[];
}
