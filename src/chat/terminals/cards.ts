import type { KnownSession, TerminalRegistry } from "../../terminal/registry.ts";
import type { SessionCard } from "../../terminal/state-file.ts";
import type { BotIdentity } from "../incoming.ts";
import type { Content, MessageRef, Messenger, Place } from "../messenger.ts";
import { linkOf, type OpenTarget, openTarget } from "./page-way.ts";
import { cardView, endView } from "./views.ts";

export interface CardsOptions {
  readonly messenger: Messenger;
  /** Whether a place may still be told of terminals. */
  readonly mayTell: (place: Place) => boolean;
  /** Where a phone finds a terminal; undefined as long as it cannot reach the page. */
  readonly addressOf: (id: string) => string | undefined;
  /** That is one that is set, and stays. */
  readonly hasFixedAddress: () => boolean;
  /** What to do to get to the page; undefined where there is none, and where phones reach it. */
  readonly wayToPage: (id: string) => string | undefined;
  readonly bot: () => Promise<BotIdentity>;
}

/** A session is looked at from a few chats: owners' private ones, and groups. */
const MOST_CARDS = 8;

/**
 * The messages about sessions that open them on the page: of each session the last one in each chat. They follow when
 * the page's address changes, comes or goes, also after a restart.
 */
export class Cards {
  readonly #options: CardsOptions;
  readonly #registry: Pick<TerminalRegistry, "open" | "setCards">;
  /** The session whose card tells how to get to the page, as long as phones cannot: once is enough. */
  #explaining: string | undefined;

  constructor(registry: Pick<TerminalRegistry, "open" | "setCards">, options: CardsOptions) {
    this.#registry = registry;
    this.#options = options;
  }

  /**
   * Sends the card of a session, which takes the place of an earlier one in that chat. The first one of a life tells how
   * to get to the page, and so does one that was asked for. Never rejects.
   */
  async send(known: KnownSession, place: Place, { isAsked = false } = {}): Promise<void> {
    const { messenger, mayTell, bot, wayToPage } = this.#options;
    if (!mayTell(place)) return;
    const me = await bot();
    const { id } = known.session;
    if (isAsked || (this.#explaining === undefined && wayToPage(id) !== undefined)) this.#explaining = id;
    let shown: string | undefined;
    const content = (): Content => {
      const target = this.#target(known, place.chatId, me);
      shown = linkOf(target);
      return this.#content(known, place, target);
    };
    const message = await messenger.send(place, content, { prompt: true });
    if (!message) return;
    this.#remember(known, { ...place, ...message }, shown);
    if (known.session.exit) return this.ended(known);
    await this.#bring(known, message.chatId, me);
  }

  /** The page is somewhere else now, or nowhere. */
  async follow(): Promise<void> {
    const me = await this.#options.bot();
    for (const known of this.#registry.open)
      for (const { chatId } of cardsOf(known)) void this.#bring(known, chatId, me);
  }

  /** A session has ended: its cards say so, and nothing is promised there any more. Never rejects. */
  async ended(known: KnownSession): Promise<void> {
    const { exit } = known.session;
    if (!exit) return;
    const { messenger } = this.#options;
    await Promise.all(
      cardsOf(known).map((card) => messenger.edit(card, () => endView(known, exit), { final: true })),
    );
  }

  /** A message shows something else from now on. */
  replaced(message: MessageRef): void {
    this.#keepOnly((card) => !isSame(card, message));
  }

  /** What stands where nobody may be told any more does not follow. */
  forgetRefused(): void {
    this.#keepOnly(this.#options.mayTell);
  }

  #keepOnly(isKept: (card: SessionCard) => boolean): void {
    for (const known of this.#registry.open) {
      const left = cardsOf(known).filter(isKept);
      if (left.length < cardsOf(known).length) this.#registry.setCards(known.session.id, left);
    }
  }

  /** Changes the card of a session in a chat as often as its button leads to where it should not. */
  async #bring(known: KnownSession, chatId: number, bot: BotIdentity): Promise<void> {
    const { messenger } = this.#options;
    for (;;) {
      const card = cardsOf(known).find((each) => each.chatId === chatId);
      if (!card || known.session.exit || !this.#options.mayTell(card)) return;
      const wanted = (): OpenTarget | undefined => this.#target(known, chatId, bot);
      if (linkOf(wanted()) === card.link) return;
      let shown: string | undefined;
      const content = (): Content => {
        const target = wanted();
        shown = linkOf(target);
        return this.#content(known, card, target);
      };
      const result = await messenger.edit(card, content, { final: true });
      // A later change is on its way, or the chat takes nothing at the moment.
      if (result === "dropped" || !cardsOf(known).some((each) => isSame(each, card))) return;
      if (result === "gone") return this.replaced(card);
      this.#remember(known, card, shown);
    }
  }

  #target({ session: { id } }: KnownSession, chatId: number, bot: BotIdentity): OpenTarget | undefined {
    const { addressOf, hasFixedAddress } = this.#options;
    return openTarget({ id, chatId, address: addressOf(id), isFixed: hasFixedAddress(), bot });
  }

  #content(known: KnownSession, place: Place, target: OpenTarget | undefined): Content {
    const { id } = known.session;
    const way = target || this.#explaining !== id ? undefined : this.#options.wayToPage(id);
    return cardView(known, { place, target, way });
  }

  #remember(known: KnownSession, place: Omit<SessionCard, "link">, link: string | undefined): void {
    const { chatId, threadId, messageId } = place;
    const card = {
      ...{ chatId, messageId },
      ...(threadId === undefined ? {} : { threadId }),
      ...(link === undefined ? {} : { link }),
    };
    const others = cardsOf(known).filter((each) => each.chatId !== chatId);
    this.#registry.setCards(known.session.id, [...others, card].slice(-MOST_CARDS));
  }
}

function cardsOf({ record }: KnownSession): readonly SessionCard[] {
  return record.cards ?? [];
}

function isSame(card: SessionCard, { chatId, messageId }: MessageRef): boolean {
  return card.chatId === chatId && card.messageId === messageId;
}
