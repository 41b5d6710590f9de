import type { WhenBusy } from "../../config-keys.ts";
import type { Finding } from "../../doctor/examination.ts";
import type { FileRules } from "../../files/outgoing-file.ts";
import type { Desk } from "../../jobs/desk.ts";
import type { Job } from "../../jobs/job.ts";
import type { Person } from "../../jobs/person.ts";
import type { ScheduleBook } from "../../schedules/book.ts";
import type { Machines } from "../../terminal/backends/machines.ts";
import type { RichText } from "../../text/entities.ts";
import type { Undo } from "../../undo/undo.ts";
import type { Vault } from "../../vault.ts";
import type { Keyboard, OutgoingFile, Place } from "../messenger.ts";
import type { SecretIntake } from "../secret-intake.ts";
import type { Terminals } from "../terminals/terminals.ts";

/** One command of the chat. */
export interface Command {
  /** The first name is the one that is shown. Lower-case letters, digits and underscores, 32 at most. */
  readonly names: readonly [string, ...string[]];
  /** What follows the name, such as `[N | all]`. */
  readonly usage?: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `/help name` adds to it. */
  readonly detail?: string;
  readonly ownersOnly?: true;
  /** It looks at the queue, so prompts that were sent before it have to be there. */
  readonly afterPrompts?: true;
  /** Answers at once, whatever is running. */
  run(call: CommandCall): Reply | Promise<Reply>;
}

export interface CommandCall {
  /** By which of its names it was called. */
  readonly name: string;
  /** What was typed behind the name, trimmed. */
  readonly args: string;
  readonly person: Person;
  /** Where it was written. */
  readonly place: Place;
  readonly messageId: number;
  readonly updateId: number;
  /** What the message replies to. */
  readonly quote: string | undefined;
  /** The bot's own message that it replies to. */
  readonly answers: string | undefined;
  /** The chat has topics. */
  readonly inForum: boolean;
  readonly desk: Desk;
  readonly schedules: ScheduleBook;
  readonly vault: Vault;
  readonly secrets: SecretIntake;
  readonly facts: Facts;
  /** Whether a command of nanogent itself has this name. */
  readonly isCommand: (name: string) => boolean;
  /** Adds a prompt and tells the chat what becomes of it. */
  readonly enqueue: (draft: Pick<Job, "parts" | "files">, whenBusy?: WhenBusy) => Promise<void>;
  /** Takes the message with the command out of the chat; it showed the value of that secret, which is stored. */
  readonly erase: (secret?: string) => void;
  /** Whether an earlier life of the bridge has stored the value of that secret from this very message. */
  readonly isStored: (secret: string) => boolean;
  /** Sends a file to where it was asked for. False when it could not be delivered. */
  readonly sendFile: (file: OutgoingFile) => Promise<boolean>;
}

/** What does not change while the bridge runs. */
export interface Facts {
  readonly version: string;
  readonly folder: string;
  readonly now: () => number;
  /** Looks at everything that the bot needs to work. Takes a while. */
  readonly examine: () => Promise<readonly Finding[]>;
  /** Which files may leave the project, by the settings of the moment. */
  readonly fileRules: () => FileRules;
  /** Takes secrets out of what agents have said. */
  readonly redact: (text: string) => string;
  /** The environment for programs that a command runs. */
  readonly env: NodeJS.ProcessEnv;
  readonly undo: Undo;
  /** Other machines that terminals can be opened on; loaded when they are first asked for. */
  readonly machines: () => Promise<Machines>;
  readonly terminals: Terminals;
}

/** An answer of any length; the buttons go under its last message. `undefined` says nothing. */
export interface Answer {
  readonly text: RichText;
  readonly buttons?: Keyboard;
}

export type Reply = Answer | undefined;
