import type { Person } from "../../jobs/person.ts";
import { BackendError } from "../../terminal/pty.ts";
import { type KnownSession, TerminalRegistry } from "../../terminal/registry.ts";
import { concat, plain } from "../../text/entities.ts";
import type { Answer } from "../commands/command.ts";
import type { Incoming } from "../incoming.ts";
import { type MessageRef, type Place, samePlace } from "../messenger.ts";
import { openAgain } from "./again.ts";
import { Finder } from "./finder.ts";
import { keyBytes } from "./keys.ts";
import { readOpening } from "./opening.ts";
import { Questions } from "./questions.ts";
import { Quiet } from "./quiet.ts";
import { screenOf, screenRows } from "./screen-text.ts";
import type { TerminalPress, TerminalsOptions } from "./terminals.ts";
import {
  closeView,
  exitWords,
  heading,
  idInMessage,
  listView,
  openedView,
  screenView,
  sessionButtons,
} from "./views.ts";
import { readWatch, Watches } from "./watches.ts";

const FOR_OWNERS = "Terminals are for owners of this bot only.";

/** The terminals of a project, as the chat sees them. Finds those of an earlier life again first. */
export async function openRoom(options: TerminalsOptions): Promise<TerminalRoom> {
  const room = new TerminalRoom(options);
  await room.registry.restore();
  void room.registry.closeRefused();
  return room;
}

export class TerminalRoom {
  readonly registry: TerminalRegistry;
  readonly #options: TerminalsOptions;
  readonly #watches: Watches;
  readonly #quiet: Quiet;
  readonly #questions: Questions;
  readonly #finder: Finder;
  /** Whoever has closed one knows that it has ended. */
  readonly #closing = new Set<string>();

  constructor(options: TerminalsOptions) {
    this.#options = options;
    this.#quiet = new Quiet(options.clock);
    this.#watches = new Watches(options.clock, (known, place, words) => this.#tell(known, place, words));
    this.#questions = new Questions(options.clock, (place, question) => this.#say(place, question));
    this.registry = new TerminalRegistry({
      ...options,
      onEnd: (known) => this.#ended(known),
      onBell: (known) => this.#watches.bell(known),
    });
    this.#finder = new Finder(this.registry);
  }

  /** Opens a terminal for `[@NAME] [host|ssh:NAME|docker:NAME] [command]`, in a topic of its own where the chat has topics. */
  async open(words: string, place: Place, inForum: boolean): Promise<Answer> {
    let known: KnownSession;
    try {
      const confirm = this.#questions.askIn(place);
      known = await this.registry.openSession({ ...readOpening(words), place, confirm });
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      return { text: plain([error.message, error.hint].filter(Boolean).join(" ")) };
    }
    const { session } = known;
    const { messenger } = this.#options;
    const topic = inForum
      ? await messenger.openTopic?.(place.chatId, `${session.id} ${session.label}`)
      : undefined;
    const own = topic === undefined ? undefined : { chatId: place.chatId, threadId: topic };
    this.registry.place(session.id, own ? { ...own, ownTopic: true } : place);
    const answer = openedView(known, own !== undefined, this.#addressFor(session.id, own ?? place));
    if (!own) return answer;
    void messenger.send(own, answer, { prompt: true });
    return { text: concat(heading(known), " has a topic of its own.") };
  }

  list(): Promise<Answer> {
    return listView(this.registry.all, this.#options.clock.now(), this.#options.redact);
  }

  /** The screen of a session; without a word, of the one that is meant here. */
  async screen(key: string, place: Place): Promise<Answer> {
    const known = key === "" ? this.#finder.meantIn(place) : this.registry.find(key);
    return known ? this.#view(known, false) : { text: plain(this.#finder.missing(key)) };
  }

  /** Types text without Enter. */
  async type(
    text: string,
    incoming: { readonly place: Place; readonly answers?: string },
  ): Promise<Answer | undefined> {
    const known = this.#addressed(incoming) ?? this.#finder.meantIn(incoming.place);
    if (!known) return { text: plain(this.#finder.missing("")) };
    return this.#typeInto(known, text, false, incoming.place);
  }

  watch(key: string, words: string, place: Place): Answer {
    const known = this.registry.find(key);
    if (!known || known.session.exit) return { text: plain(this.#finder.missing(key)) };
    if (words === "off") {
      const count = this.#watches.clear(known.session.id);
      return { text: plain(count === 0 ? "Nobody waits for anything there." : "Nothing is told any more.") };
    }
    const what = readWatch(words);
    if (typeof what === "string") return { text: plain(what) };
    const added = what.every((each) => this.#watches.add(known, place, each));
    return {
      text: added
        ? concat("👁 You are told once. ", heading(known))
        : plain(`Enough is waited for in ${known.session.id}: /watch ${known.session.id} off.`),
    };
  }

  isOwnTopic(place: Place): boolean {
    return this.#finder.ofTopic(place) !== undefined;
  }

  /** Whether a message is to be typed into a terminal, or is for one that has ended. */
  isMeant(incoming: Incoming): boolean {
    return this.#finder.isMeant(incoming);
  }

  /** Types a message that replies to a session's, begins with its `@name`, or stands in its topic. False for any other. */
  async typed(incoming: Incoming, person: Person): Promise<boolean> {
    const { place } = incoming;
    const named = this.#finder.named(incoming.text);
    const known = named?.known ?? this.#addressed(incoming);
    if (!known) return false;
    if (person.role !== "owner") {
      this.#say(place, { text: plain(FOR_OWNERS) });
      return true;
    }
    const text = named?.text ?? incoming.text;
    const enter = !text.endsWith("\\");
    const answer = await this.#typeInto(known, enter ? text : text.slice(0, -1), enter, place);
    if (answer) this.#say(place, answer);
    return true;
  }

  /** @returns a short notice for whoever pressed. */
  async press({ action, key, person, place, message }: TerminalPress): Promise<string> {
    if (person.role !== "owner") return FOR_OWNERS;
    if (action === "term-yes" || action === "term-no")
      return this.#questions.decide(key, action === "term-yes");
    const [id = "", name = ""] = key.split(":");
    if (action === "term-again")
      return openAgain(id, place, {
        registry: this.registry,
        confirm: this.#questions.askIn(place),
        say: (where, answer) => this.#say(where, answer),
        addressFor: (of, where) => this.#addressFor(of, where),
      });
    const known = this.registry.all.find(({ session }) => session.id === id);
    if (!known) return this.#finder.missing(id);
    const { session } = known;
    switch (action) {
      case "term-screen":
        this.#say(place, await this.#view(known, false));
        return "Here it is.";
      case "term-refresh":
      case "term-keys":
        this.#show(message, await this.#view(known, action === "term-keys"));
        return session.exit ? `${id}: ${exitWords(session.exit)}` : "Up to date.";
      case "term-picture":
        return this.#sendPicture(known, place);
      case "term-key":
        return this.#pressKey(known, name, message);
      case "term-close":
        if (!session.exit) this.#show(message, closeView(known));
        return session.exit ? `${id}: ${exitWords(session.exit)}` : "Really?";
      case "term-end":
        await this.close(id);
        this.#show(message, await this.#view(known, false));
        return "Closed.";
      default:
        return "This button belongs to another version and does nothing here.";
    }
  }

  stop(): Promise<void> {
    return this.registry.stop();
  }

  /** Ends a terminal. Resolves when its program is gone. */
  async close(id: string): Promise<void> {
    this.#closing.add(id);
    await this.registry.all.find(({ session }) => session.id === id)?.session.close();
  }

  /** Telegram takes a page in private chats only. */
  #addressFor(id: string, { chatId }: Place): string | undefined {
    return chatId > 0 ? this.#options.addressOf(id) : undefined;
  }

  async #sendPicture(known: KnownSession, place: Place): Promise<string> {
    const { redact, messenger } = this.#options;
    const { session } = known;
    const plainRows = (await screenRows(session, (text) => text)).join("\n");
    // A picture cannot be blotted.
    if (redact(plainRows) !== plainRows) return "It shows a secret. As text that is blotted out.";
    const { drawScreen } = await import("../../terminal/picture/draw-screen.ts");
    const { terminal } = await screenOf(session);
    const bytes = drawScreen(terminal);
    const caption = heading(known).text;
    void messenger.sendFile(
      place,
      { name: `${session.id}.png`, bytes, picture: true, caption },
      { prompt: true },
    );
    return "Here it is.";
  }

  async #pressKey(known: KnownSession, name: string, message: MessageRef | undefined): Promise<string> {
    const { session } = known;
    if (session.exit) return `${session.id}: ${exitWords(session.exit)}`;
    const bytes = keyBytes(name, session.screen.terminal);
    if (bytes === undefined) return "There is no such key.";
    await session.write(Buffer.from(bytes));
    // The press itself is answered at once.
    void this.#quiet.after(session).then(async () => this.#show(message, await this.#view(known, true)));
    return "";
  }

  async #typeInto(
    known: KnownSession,
    text: string,
    enter: boolean,
    place: Place,
  ): Promise<Answer | undefined> {
    const { session } = known;
    if (session.exit) return { text: concat(heading(known), `\n${exitWords(session.exit)}`) };
    // What follows is shown when it is there; the next message need not wait for that.
    const written = session.type(text, { enter });
    void written
      .then(() => this.#quiet.after(session))
      .then(async (isLast) => {
        if (isLast && !session.exit) this.#say(place, await this.#view(known, false));
      })
      .catch((error) => this.#say(place, { text: plain(String(error.message)) }));
    return undefined;
  }

  #view(known: KnownSession, keys: boolean): Promise<Answer> {
    const { messenger, redact } = this.#options;
    return screenView(known, { keys, longest: Math.min(messenger.limits.length, 4_000), redact });
  }

  /** As the finder has it; one that has ended is said so. */
  #addressed(message: { readonly place: Place; readonly answers?: string }): KnownSession | undefined {
    const found = this.#finder.addressed(message);
    if (found !== "ended") return found;
    this.#say(message.place, { text: plain(this.#finder.missing(idInMessage(message.answers ?? "") ?? "")) });
    return undefined;
  }

  /** Resolves when it has been told. */
  async #ended(known: KnownSession): Promise<void> {
    const { session, record } = known;
    const watching = this.#watches.ended(session.id);
    if (this.#closing.delete(session.id) || !session.exit) return;
    const { place } = record;
    const places = [
      ...(place ? [place] : []),
      ...watching.filter((each) => !place || !samePlace(each, place)),
    ];
    const words = `⏹ ${exitWords(session.exit)}`;
    await Promise.all(places.map((each) => this.#tell(known, each, words)));
  }

  #tell(known: KnownSession, place: Place, words: string): Promise<unknown> {
    const content = { text: concat(heading(known), `\n${words}`), buttons: sessionButtons(known) };
    return this.#options.messenger.send(place, content, { important: true });
  }

  #say(place: Place, answer: Answer): void {
    void this.#options.messenger.send(place, answer, { prompt: true });
  }

  #show(message: MessageRef | undefined, answer: Answer): void {
    if (message) void this.#options.messenger.edit(message, () => answer, { final: true });
  }
}
