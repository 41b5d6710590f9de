import type { Clock } from "../clock.ts";
import type { WhenBusy } from "../config-keys.ts";
import type { Desk } from "../jobs/desk.ts";
import type { Author, Job } from "../jobs/job.ts";
import type { Person } from "../jobs/person.ts";
import type { Log } from "../log.ts";
import type { ScheduleBook } from "../schedules/book.ts";
import type { Store } from "../store.ts";
import type { FileInfo, Message, Update } from "../telegram/types.ts";
import { plain } from "../text/entities.ts";
import type { Vault } from "../vault.ts";
import { within } from "../within.ts";
import type { Access } from "./access.ts";
import { answerCallbackQuery, type CallbackQueryOptions } from "./callback-query.ts";
import { findCommand } from "./commands/all.ts";
import type { Answer, Facts } from "./commands/command.ts";
import type { Doorkeeper } from "./doorkeeper.ts";
import { type EditsOptions, followEdit } from "./edits.ts";
import type { Erasures } from "./erasures.ts";
import type { Hearing } from "./hearing.ts";
import { type BotIdentity, type Incoming, placeOf, readIncoming } from "./incoming.ts";
import { Intake } from "./intake.ts";
import type { Messenger, Place } from "./messenger.ts";
import { PromptLine } from "./prompt-line.ts";
import { QueueNotices } from "./queue-notices.ts";
import { createRefusals } from "./refusals.ts";
import { reply } from "./reply.ts";
import { type Requests, typedDecision } from "./requests/requests.ts";
import { runCommand } from "./run-command.ts";
import type { SecretIntake } from "./secret-intake.ts";

export interface RouterOptions {
  readonly desk: Desk;
  readonly messenger: Messenger;
  readonly requests: Requests;
  readonly access: Access;
  readonly doorkeeper: Doorkeeper;
  readonly store: Store;
  readonly schedules: ScheduleBook;
  readonly vault: Vault;
  readonly secrets: SecretIntake;
  readonly erasures: Erasures;
  readonly clock: Clock;
  readonly log: Log;
  readonly facts: Facts;
  /** Asked on the first message; must not be waited for before. */
  readonly identity: () => Promise<BotIdentity>;
  /** Stores a file that came with a message. @returns its path relative to the project. @throws Error fit for the chat. */
  readonly saveFile: (file: FileInfo, messageId: number) => Promise<string>;
  /** Turns spoken messages into text, when that is set up. */
  readonly hearing: () => Hearing | undefined;
  /** Whether a message that was sent then comes so late that the chat is asked; milliseconds since the epoch. */
  readonly isStale: (sentAt: number) => boolean;
  /** What becomes of a prompt while another one runs, unless it says so itself. */
  readonly whenBusy: () => WhenBusy;
  /** Who somebody is here; undefined for nobody. */
  readonly personOf: (author: Author, place: Place) => Person | undefined;
  /** Asks the chat whether a prompt is still wanted. */
  readonly offer: (job: Job) => void;
  /** Somebody who may use the bot wrote in this chat, so it can be written to. */
  readonly onContact: (chatId: number) => void;
  /** A group became a supergroup. */
  readonly onMigration: (from: number, to: number) => void;
}

/** To bring the prompts before a command into the queue takes a few milliseconds. */
const PROMPTS_MS = 1_000;

/** Decides what an update is and who takes care of it: a command, a button, an answer, or a prompt for the queue. */
export class Router {
  readonly #options: RouterOptions;
  readonly #notices: QueueNotices;
  readonly #intake: Intake;
  readonly #line: PromptLine;
  readonly #queries: CallbackQueryOptions;
  readonly #edits: EditsOptions;
  readonly #handling = new Set<Promise<void>>();

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#notices = new QueueNotices(options.messenger, options.store, () => options.clock.now());
    const { facts } = options;
    this.#line = new PromptLine({ ...options, notices: this.#notices, folder: facts.folder });
    this.#intake = new Intake(options.clock, (prompt) => this.#line.add(prompt));
    this.#edits = { ...options, notices: this.#notices, intake: this.#intake, line: this.#line };
    const refusals = createRefusals(() => options.clock.monotonic());
    const now = (): number => options.clock.now();
    this.#queries = { ...options, undo: facts.undo, notices: this.#notices, now, refusals };
    options.desk.onLeave((job, how, by) => this.#notices[how](job, by));
  }

  /** Takes care of one update. Never rejects: a fault in one must not hold up the next. */
  handle(update: Update): Promise<void> {
    const handling = this.#handle(update).finally(() => this.#handling.delete(handling));
    this.#handling.add(handling);
    return handling;
  }

  /** Queues nothing from now on; what is held back is left to the next life. */
  stop(): void {
    this.#line.stop();
    this.#intake.flushAll();
  }

  /** Resolves when every update so far is dealt with or in the queue. */
  async settled(): Promise<void> {
    this.#intake.flushAll();
    while (this.#handling.size > 0) await Promise.all(this.#handling);
    await this.#line.settled();
  }

  async #handle(update: Update): Promise<void> {
    try {
      const kept = await this.#route(update);
      if (kept !== "kept") this.#options.store.note({ k: "handled", updates: [update.update_id] });
    } catch (error) {
      this.#failed(update, error);
    }
  }

  /** A command or a press that goes wrong is answered and done with: at the next start nobody would expect it. */
  #failed(update: Update, error: unknown): void {
    const { log, messenger, store } = this.#options;
    log.error("update not handled", { update: update.update_id, error });
    store.note({ k: "handled", updates: [update.update_id] });
    const notice = `That did not work: ${error instanceof Error ? error.message : String(error)}`;
    if (update.callback_query) messenger.acknowledge(update.callback_query.id, notice);
    else if (update.message) this.#reply(placeOf(update.message), { text: plain(notice) });
  }

  /** `kept`: it is not dealt with before a job on disk has it. */
  async #route(update: Update): Promise<"kept" | undefined> {
    if (update.callback_query) {
      await answerCallbackQuery(update.callback_query, this.#queries);
      return undefined;
    }
    const message = update.message ?? update.edited_message;
    if (message?.migrate_to_chat_id !== undefined) {
      this.#options.onMigration(message.chat.id, message.migrate_to_chat_id);
      return undefined;
    }
    if (!message?.from) return undefined;
    const { access, doorkeeper } = this.#options;
    // A message in the name of a chat has a stand-in as its sender.
    const role = message.sender_chat ? undefined : access.roleOf(message.from, message.chat);
    const incoming = readIncoming(update.update_id, message, message.from, await this.#options.identity());
    if (!role) {
      const words = update.message && doorkeeper.meet(incoming);
      // Whoever has just been paired is no stranger any more.
      const minor = access.roleOf(message.from, message.chat) === undefined;
      if (words) reply(this.#options.messenger, incoming.place, { text: plain(words) }, { minor });
      return undefined;
    }
    const person: Person = { ...incoming.author, role };
    this.#options.onContact(incoming.place.chatId);
    if (update.edited_message) {
      followEdit(incoming, this.#edits);
      return undefined;
    }
    if (!incoming.addressed && !this.#isExpected(incoming, person)) return undefined;
    return this.#message(incoming, person, message);
  }

  async #message(incoming: Incoming, person: Person, message: Message): Promise<"kept" | undefined> {
    const { requests } = this.#options;
    const command = incoming.command && findCommand(incoming.command.name);
    // In a group a bare /name may be meant for any bot there.
    const mayBeOthers = incoming.bareCommand && incoming.inGroup && !command;
    if (mayBeOthers && !this.#options.facts.terminals.expects(incoming)) return undefined;
    if (command && incoming.files.length === 0) {
      this.#intake.flush(incoming);
      // One whose files are still being loaded is not waited for: commands answer at once.
      if (command.afterPrompts) await within(this.#line.reached(incoming.place.chatId), PROMPTS_MS);
      await runCommand(command, incoming, person, { ...this.#options, line: this.#line });
      return undefined;
    }
    const isText = incoming.files.length === 0 && incoming.text.trim() !== "";
    // Waited for only where there is something to wait for: prompts must not be overtaken by what comes behind them.
    const typed = isText && this.#options.facts.terminals.typed(incoming, person);
    if (typed && (await typed)) return undefined;
    const isSpoken = !incoming.command && !(incoming.addressed && incoming.text.startsWith("!"));
    if (isText && isSpoken) {
      if (requests.takeText(incoming.place, incoming.text, person)) return undefined;
    }
    const decision = typedDecision(incoming.text);
    if (decision !== undefined && incoming.files.length === 0) {
      const answered = requests.answerTyped(incoming.place, decision, person);
      if (answered === "several") {
        this.#reply(incoming.place, {
          text: plain("More than one request is open. Use the buttons under the one you mean."),
        });
      }
      if (answered) return undefined;
    }
    if (incoming.text.trim() === "" && incoming.files.length === 0) {
      if (isEmptyKind(message))
        this.#reply(incoming.place, {
          text: plain("That kind of message cannot be given to the agent. Send text or a file."),
        });
      return undefined;
    }
    this.#intake.add(incoming);
    return "kept";
  }

  /** In a group only the beginning of something names the bot. */
  #isExpected(incoming: Incoming, person: Person): boolean {
    return (
      this.#intake.continues(incoming) ||
      this.#line.knows(incoming) ||
      this.#options.requests.expectsText(incoming.place, person) ||
      this.#options.facts.terminals.expects(incoming)
    );
  }

  #reply(place: Place, answer: Answer): void {
    reply(this.#options.messenger, place, answer);
  }
}

/** Telegram also sends messages about the chat itself (a new member, a pinned message); those need no answer. */
function isEmptyKind(message: Message): boolean {
  return ["sticker", "location", "contact", "poll", "dice", "venue", "story"].some((kind) => kind in message);
}
