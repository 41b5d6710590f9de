import type { Clock } from "../clock.ts";
import type { WhenBusy } from "../config-keys.ts";
import type { Desk, Person } from "../jobs/desk.ts";
import { type Author, isMadeOf, type Job } from "../jobs/job.ts";
import type { Log } from "../log.ts";
import type { ScheduleBook } from "../schedules/book.ts";
import type { Store } from "../store.ts";
import type { CallbackQuery, FileInfo, Message, Update } from "../telegram/types.ts";
import { plain } from "../text/entities.ts";
import type { Vault } from "../vault.ts";
import { within } from "../within.ts";
import type { Access } from "./access.ts";
import { findCommand } from "./commands/all.ts";
import type { Answer, Command, Facts } from "./commands/command.ts";
import type { Doorkeeper } from "./doorkeeper.ts";
import { editedPrompt } from "./edited-prompt.ts";
import type { Hearing } from "./hearing.ts";
import { type BotIdentity, type Incoming, nameOf, placeOf, readIncoming } from "./incoming.ts";
import { Intake } from "./intake.ts";
import type { Messenger, Place } from "./messenger.ts";
import { handlePress } from "./presses.ts";
import { PromptLine } from "./prompt-line.ts";
import { QueueNotices } from "./queue-notices.ts";
import { createRefusals, type Refusals } from "./refusals.ts";
import { reply } from "./reply.ts";
import { type Requests, typedDecision } from "./requests/requests.ts";
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
  /** Strangers who press buttons must not fill the log. */
  readonly #refusals: Refusals;
  readonly #handling = new Set<Promise<void>>();

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#notices = new QueueNotices(options.messenger, options.store, () => options.clock.now());
    this.#refusals = createRefusals(() => options.clock.monotonic());
    const { facts } = options;
    this.#line = new PromptLine({ ...options, notices: this.#notices, folder: facts.folder });
    this.#intake = new Intake(options.clock, (prompt) => this.#line.add(prompt));
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
      await this.#press(update.callback_query);
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
    if (update.edited_message) return this.#edited(incoming);
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
      await this.#command(command, incoming, person);
      return undefined;
    }
    const isText = incoming.files.length === 0 && incoming.text.trim() !== "";
    if (isText && (await this.#options.facts.terminals.typed(incoming, person))) return undefined;
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

  async #command(command: Command, incoming: Incoming, person: Person): Promise<void> {
    const { desk, facts, schedules, vault, secrets, messenger } = this.#options;
    const { place, author, messageId, updateId, sentAt, quote, answers, inForum = false } = incoming;
    if (command.ownersOnly && person.role !== "owner") {
      this.#reply(incoming.place, { text: plain(`/${command.names[0]} is for owners of this bot only.`) });
      return;
    }
    const enqueue = (draft: Pick<Job, "parts" | "files">, whenBusy?: WhenBusy): Promise<void> =>
      this.#line.enqueue({ ...draft, place, author, updates: [updateId], sentAt }, { person, whenBusy });
    const answer = await command.run({
      args: incoming.command?.args ?? "",
      person,
      place,
      messageId,
      updateId,
      quote,
      answers,
      inForum,
      desk,
      schedules,
      vault,
      secrets,
      facts,
      enqueue,
      erase: () => void messenger.remove({ chatId: place.chatId, messageId }),
      sendFile: async (file) =>
        (await this.#options.messenger.sendFile(incoming.place, file, { prompt: true, important: true })) !==
        undefined,
    });
    if (answer) this.#reply(incoming.place, answer);
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

  #edited(incoming: Incoming): undefined {
    const text = editedPrompt(incoming);
    if (text === undefined) return this.#notACommand(incoming);
    if (this.#intake.edit(incoming) || this.#line.edit(incoming)) return;
    const { chatId } = incoming.place;
    const result = this.#options.desk.edit(chatId, incoming.messageId, text);
    if (result === "late") {
      this.#reply(incoming.place, {
        text: plain("That prompt runs already, so the change comes too late. /cancel, then send it anew."),
      });
    }
    if (result === "other") {
      this.#reply(incoming.place, {
        text: plain(
          "An edit does not make a prompt of a command, nor a command of a prompt. /queue removes it; then send it anew.",
        ),
      });
    }
    if (typeof result === "object") this.#notices.changed(result);
    if (result === undefined && this.#options.desk.cases.edit(chatId, incoming.messageId, text)) {
      this.#reply(incoming.place, { text: plain("Changed. If it is run, it is run like that.") });
    }
  }

  /** Nothing is said about a message that is no prompt, or one that is over. */
  #notACommand(incoming: Incoming): undefined {
    const { place, messageId, command } = incoming;
    const isOpen = this.#options.store.openJobs.some(({ job }) => isMadeOf(job, place.chatId, messageId));
    if (!isOpen && !this.#intake.holds(incoming) && !this.#line.holds(incoming)) return;
    this.#reply(place, {
      text: plain(
        `A prompt cannot be changed into a command; it stays as it was. Send /${command?.name} as a new message.`,
      ),
    });
  }

  async #press(query: CallbackQuery): Promise<void> {
    const { access, messenger, desk, schedules, requests, clock, log, facts } = this.#options;
    const { message, from, data } = query;
    const role = message && access.roleOf(from, message.chat);
    if (!role || data === undefined) {
      if (this.#refusals.due(from.id)) log.info("press refused", { user: from.id });
      return messenger.acknowledge(query.id, "You may not use this bot.");
    }
    const place = placeOf(message);
    const notice = await handlePress(
      {
        data,
        person: { id: from.id, name: nameOf(from), role },
        message: { chatId: place.chatId, messageId: message.message_id },
        place,
      },
      {
        desk,
        schedules,
        undo: facts.undo,
        messenger,
        requests,
        log,
        facts,
        now: () => clock.now(),
      },
    );
    messenger.acknowledge(query.id, notice);
  }

  #reply(place: Place, answer: Answer): void {
    reply(this.#options.messenger, place, answer);
  }
}

/** Telegram also sends messages about the chat itself (a new member, a pinned message); those need no answer. */
function isEmptyKind(message: Message): boolean {
  return ["sticker", "location", "contact", "poll", "dice", "venue", "story"].some((kind) => kind in message);
}
