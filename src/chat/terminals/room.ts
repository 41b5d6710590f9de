import type { Person } from "../../jobs/person.ts";
import { readClaudeCommand } from "../../terminal/claude/command.ts";
import { BackendError } from "../../terminal/pty.ts";
import { type KnownSession, TerminalRegistry } from "../../terminal/registry.ts";
import type { SessionRecord } from "../../terminal/state-file.ts";
import { concat, plain } from "../../text/entities.ts";
import { within } from "../../within.ts";
import type { Answer, Reply } from "../commands/command.ts";
import type { Incoming } from "../incoming.ts";
import type { Place } from "../messenger.ts";
import { Again } from "./again.ts";
import { Cards } from "./cards.ts";
import type { ClaudeRoom } from "./claude-room.ts";
import { Finder } from "./finder.ts";
import { readOpening } from "./opening.ts";
import { Questions } from "./questions.ts";
import { Quiet } from "./quiet.ts";
import { pressScreen } from "./screen-presses.ts";
import { Screens } from "./screens.ts";
import type { TerminalPress, TerminalsOptions } from "./terminals.ts";
import { endView, endWords, heading, listView, sessionButtons } from "./views.ts";
import { watchWords } from "./watch-words.ts";
import { readWatch, Watches } from "./watches.ts";

/** A tmux that does not answer must not keep terminals from being ended. */
const NOTED_MS = 1_000;
const FOR_OWNERS = "Terminals are for owners of this bot only.";

/** The terminals of a project, as the chat sees them. Finds those of an earlier life again first. */
export async function openRoom(options: TerminalsOptions): Promise<TerminalRoom> {
  const room = new TerminalRoom(options);
  await room.registry.restore();
  await room.resume();
  room.configure();
  return room;
}

export class TerminalRoom {
  readonly registry: TerminalRegistry;
  readonly cards: Cards;
  readonly #options: TerminalsOptions;
  readonly #screens: Screens;
  readonly #watches: Watches;
  readonly #quiet: Quiet;
  readonly #questions: Questions;
  readonly #finder: Finder;
  readonly #again: Again;
  #claude: Promise<ClaudeRoom> | undefined;
  /** Of an earlier life; Claude's room does not know them yet. */
  readonly #foundAgain: KnownSession[] = [];
  #hasResumed = false;
  /** Those that somebody closes, and where: there it is known. */
  readonly #closing = new Map<string, readonly Place[]>();

  constructor(options: TerminalsOptions) {
    this.#options = options;
    this.#quiet = new Quiet(options.clock);
    this.#screens = new Screens({ ...options, replaced: (message) => this.cards.replaced(message) });
    this.#watches = new Watches({
      ...{ clock: options.clock, mayTell: options.mayTell },
      tell: (known, place, words) => this.#tell(known, place, words),
      save: (id, watches) => this.registry.watched(id, watches),
    });
    this.#questions = new Questions(options.clock, (place, question) => this.#say(place, question));
    this.registry = new TerminalRegistry({
      ...options,
      claude: async (id, words) => {
        const command = readClaudeCommand(words, options.claudeProgram());
        return command && (await this.#claudeRoom()).launch(id, command);
      },
      onEnd: (known) => this.#ended(known),
      onBell: (known) => this.#watches.bell(known),
      onFound: (known) => this.#found(known),
      onMissing: (records) => this.#missing(records),
    });
    this.#finder = new Finder(this.registry);
    this.cards = new Cards(this.registry, options);
    this.#again = new Again({
      ...{ registry: this.registry, clock: options.clock, log: options.log, mayTell: options.mayTell },
      confirmIn: (place) => this.#questions.askIn(place),
      say: (place, answer) => this.#say(place, answer),
      showCard: (known, place) => void this.cards.send(known, place),
    });
  }

  /** Opens a terminal for `[@NAME] [host|ssh:NAME|docker:NAME] [command]`, in a topic of its own where the chat has topics. */
  async open(words: string, place: Place, inForum: boolean): Promise<Reply> {
    let known: KnownSession;
    try {
      const confirm = this.#questions.askIn(place);
      known = await this.registry.openSession({ ...readOpening(words), place, confirm });
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      return { text: plain(error.words) };
    }
    const { session } = known;
    const { messenger } = this.#options;
    const topic = inForum
      ? await messenger.openTopic?.(place.chatId, `${session.id} ${session.label}`)
      : undefined;
    const own = topic === undefined ? undefined : { chatId: place.chatId, threadId: topic };
    this.registry.place(session.id, own ? { ...own, ownTopic: true } : place);
    void this.cards.send(known, own ?? place);
    return own && { text: concat(heading(known), " has a topic of its own.") };
  }

  /** Shows the card of one that is open, by its id. False when there is none. */
  showCard(id: string, place: Place): boolean {
    const known = this.registry.open.find(({ session }) => session.id === id);
    if (known) void this.cards.send(known, place, { isAsked: true });
    return known !== undefined;
  }

  list(): Promise<Answer> {
    const { clock, redact, wayToPage } = this.#options;
    return listView(this.registry.all, clock.now(), redact, wayToPage());
  }

  /** Shows the screen of a session; without a word, of the one that is meant here. */
  async screen(key: string, place: Place, { asText }: { asText: boolean }): Promise<Answer | undefined> {
    const known = key === "" ? this.#finder.meantIn(place) : this.#finder.find(key);
    if (!known) return { text: plain(this.#finder.missing(key)) };
    if (asText) return this.#screens.text(known);
    await this.#screens.send(known, place);
    return undefined;
  }

  /** Types text without Enter. */
  async type(
    text: string,
    incoming: { readonly place: Place; readonly answers?: string },
  ): Promise<Answer | undefined> {
    const addressed = this.#finder.addressed({ ...incoming, text });
    if (addressed && "refusal" in addressed) return { text: plain(addressed.refusal) };
    const known = addressed?.known ?? this.#finder.meantIn(incoming.place);
    if (!known) return { text: plain(this.#finder.missing("")) };
    return this.#typeInto(known, text, false, incoming.place);
  }

  async watch(key: string, words: string, place: Place): Promise<Answer> {
    const known = this.#finder.find(key);
    if (!known || known.session.exit) return { text: plain(this.#finder.missing(key)) };
    if (words === "off") {
      const count = this.#watches.clear(known);
      return { text: plain(count === 0 ? "Nobody waits for anything there." : "Nothing is told any more.") };
    }
    const what = readWatch(words);
    if (typeof what === "string") return { text: plain(what) };
    const added = await this.#watches.add(known, place, what);
    return {
      text: added
        ? concat(`👁 You are told once when ${watchWords(what)}. `, heading(known))
        : plain(`Enough is waited for in ${known.session.id}: /watch ${known.session.id} off.`),
    };
  }

  isOwnTopic(place: Place): boolean {
    return this.#finder.hasTopic(place);
  }

  /** Whether a message is to be typed into a terminal, or is for one that has ended. */
  isMeant(incoming: Incoming): boolean {
    return this.#finder.meant(incoming) !== undefined;
  }

  /** Types a message that replies to a session's, begins with its `@name`, or stands in its topic. False for any other. */
  async typed(incoming: Incoming, person: Person): Promise<boolean> {
    const { place } = incoming;
    const meant = this.#finder.meant(incoming);
    if (!meant) return false;
    if (person.role !== "owner") {
      this.#say(place, { text: plain(FOR_OWNERS) });
      return true;
    }
    if ("refusal" in meant) {
      this.#say(place, { text: plain(meant.refusal) });
      return true;
    }
    const { known, text } = meant;
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
    if (action === "term-again") return this.#again.open(id, place);
    const known = this.registry.all.find(({ session }) => session.id === id);
    if (!known) return this.#finder.missing(id);
    const at = { message, place };
    if (action === "term-end") {
      await this.close(id, place);
      await this.#screens.show(known, at);
      return "Closed.";
    }
    if (action === "term-allow" || action === "term-deny") {
      const claude = await this.#claudeRoom();
      return claude.press(known, { request: name, allow: action === "term-allow", person, message });
    }
    const notice = await pressScreen({ ...at, action, known, name }, this.#screens, this.#quiet);
    return notice ?? "This button belongs to another version and does nothing here.";
  }

  /** Takes over other settings: what they do not allow is closed, and where nobody may be told any more nothing follows. */
  configure(): void {
    this.#watches.forgetRefused(this.registry.open);
    this.cards.forgetRefused();
    this.#screens.live.forgetRefused();
    void this.registry.closeRefused();
  }

  /** What an earlier life of the bridge was told of, and was waiting for, goes on. Never rejects. */
  async resume(): Promise<void> {
    this.#hasResumed = true;
    for (const known of this.#foundAgain) this.#resumeWatches(known);
    await this.#resumeClaude();
  }

  async stop(): Promise<void> {
    this.#screens.live.stop();
    await (await this.#claude)?.stop();
    await within(this.#watches.stop(), NOTED_MS);
    await this.registry.stop();
  }

  /** Ends a terminal. Resolves when its program is gone. @param place Where that is asked for, in the chat. */
  async close(id: string, place?: Place): Promise<void> {
    const open = this.registry.open.find(({ session }) => session.id === id);
    if (!open) return;
    this.#closing.set(id, place ? [place] : []);
    await open.session.close();
  }

  #found(known: KnownSession): void {
    this.#foundAgain.push(known);
    if (!this.#hasResumed) return;
    this.#resumeWatches(known);
    void this.#resumeClaude();
  }

  #resumeWatches(known: KnownSession): void {
    this.#watches.resume(known).catch((error) => this.#options.log.warn("watches not resumed", { error }));
  }

  /** Not before the last one is found, or lost: what the hooks of all others need is removed then. */
  async #resumeClaude(): Promise<void> {
    if (!this.#hasResumed || this.registry.left.some(({ claude }) => claude)) return;
    const found = this.#foundAgain.splice(0).filter(({ session, record }) => record.claude && !session.exit);
    if (found.length > 0) await (await this.#claudeRoom()).resume(found);
  }

  /** Says once that sessions may go on although they cannot be reached. */
  #missing(records: readonly SessionRecord[]): void {
    for (const { id, place } of records) {
      const words = `⏳ ${id} cannot be reached: tmux does not answer. It is tried again until it does.`;
      if (place) void this.#options.messenger.send(place, { text: plain(words) }, { important: true });
    }
  }

  #claudeRoom(): Promise<ClaudeRoom> {
    this.#claude ??= import("./claude-room.ts").then(
      ({ ClaudeRoom }) =>
        new ClaudeRoom({
          ...this.#options,
          registry: this.registry,
          places: ({ record: { place } }) =>
            place && this.#options.mayTell(place) ? [place] : this.#options.ownPlaces(),
        }),
    );
    return this.#claude;
  }

  async #typeInto(
    known: KnownSession,
    text: string,
    enter: boolean,
    place: Place,
  ): Promise<Answer | undefined> {
    const { session } = known;
    if (session.exit) return endView(known, session.exit);
    // What follows is shown when it is there; the next message need not wait for that.
    const written = session.type(text, { enter });
    void written
      .then(() => this.#quiet.after(session))
      .then(async (isLast) => {
        // Text can be searched, and comes at once; a picture is a press away.
        if (isLast && !session.exit) await this.#screens.sendText(known, place);
      })
      .catch((error) => this.#say(place, { text: plain(String(error.message)) }));
    return undefined;
  }

  /** Resolves when it has been told. */
  async #ended(known: KnownSession): Promise<void> {
    const { session, record } = known;
    if (record.claude)
      this.#claudeRoom()
        .then((claude) => claude.ended(known))
        .catch((error) => this.#options.log.warn("notices of Claude not ended", { error }));
    void this.#resumeClaude();
    this.#screens.live.ended(known);
    if (!session.exit) return;
    void this.cards.ended(known);
    const words = endWords(session.exit);
    const closedIn = this.#closing.get(session.id);
    this.#closing.delete(session.id);
    if (closedIn) return this.#watches.ended(known, words, closedIn);
    const own = record.place ? [record.place] : [];
    const telling = own.map((place) => this.#tell(known, place, words));
    await Promise.all([...telling, this.#watches.ended(known, words, own)]);
  }

  async #tell(known: KnownSession, place: Place, words: string): Promise<void> {
    const { messenger, mayTell } = this.#options;
    // It may have to wait for its turn.
    const wanted = (): boolean => mayTell(place);
    if (!wanted()) return;
    const content = { text: concat(heading(known), `\n${words}`), buttons: sessionButtons(known) };
    await messenger.send(place, content, { important: true, wanted });
  }

  #say(place: Place, answer: Answer): void {
    void this.#options.messenger.send(place, answer, { prompt: true });
  }
}
