import type { KnownSession, TerminalRegistry } from "../../terminal/registry.ts";
import type { SessionCard } from "../../terminal/state-file.ts";
import type { BotIdentity } from "../incoming.ts";
import type { Content, MessageRef, Messenger, Place } from "../messenger.ts";
import { linkOf, type OpenTarget, openTarget } from "./page-way.ts";
import { cardView } from "./views.ts";

export interface CardsOptions {
  readonly messenger: Messenger;
  /** Where a phone finds a terminal; undefined as long as it cannot reach the page. */
  readonly addressOf: (id: string) => string | undefined;
  /** What to do to get to the page; undefined where there is none, and where phones reach it. */
  readonly wayToPage: (id: string) => string | undefined;
  readonly bot: () => Promise<BotIdentity>;
}

/**
 * The messages about sessions that open them on the page: one of each, the last. They follow when the page's address
 * changes, comes or goes, also after a restart.
 */
export class Cards {
  readonly #options: CardsOptions;
  readonly #registry: Pick<TerminalRegistry, "open" | "setCard">;
  /** The session whose card tells how to get to the page, as long as phones cannot: once is enough. */
  #explaining: string | undefined;

  constructor(registry: Pick<TerminalRegistry, "open" | "setCard">, options: CardsOptions) {
    this.#registry = registry;
    this.#options = options;
  }

  /**
   * Sends the card of a session, which takes the place of an earlier one. The first one tells how to get to the page, and
   * so does one that was asked for. Never rejects.
   */
  async send(known: KnownSession, place: Place, { isAsked = false } = {}): Promise<void> {
    const { messenger, bot, wayToPage } = this.#options;
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
    await this.#bring(known, me);
  }

  /** The page is somewhere else now, or nowhere. */
  async follow(): Promise<void> {
    const me = await this.#options.bot();
    for (const known of this.#registry.open) void this.#bring(known, me);
  }

  /** A message shows something else from now on. */
  replaced(message: MessageRef): void {
    for (const { session, record } of this.#registry.open)
      if (isSame(record.card, message)) this.#registry.setCard(session.id, undefined);
  }

  /** Changes the card of a session as often as its button leads to where it should not. */
  async #bring(known: KnownSession, bot: BotIdentity): Promise<void> {
    const { messenger } = this.#options;
    for (;;) {
      const { card } = known.record;
      if (!card || known.session.exit) return;
      const wanted = (): OpenTarget | undefined => this.#target(known, card.chatId, bot);
      if (linkOf(wanted()) === card.link) return;
      let shown: string | undefined;
      const content = (): Content => {
        const target = wanted();
        shown = linkOf(target);
        return this.#content(known, card, target);
      };
      const result = await messenger.edit(card, content, { final: true });
      // A later change is on its way, or the chat takes nothing at the moment.
      if (result === "dropped" || !isSame(known.record.card, card)) return;
      if (result === "gone") return this.#registry.setCard(known.session.id, undefined);
      this.#remember(known, card, shown);
    }
  }

  #target({ session: { id } }: KnownSession, chatId: number, bot: BotIdentity): OpenTarget | undefined {
    return openTarget({ id, chatId, address: this.#options.addressOf(id), bot });
  }

  #content(known: KnownSession, place: Place, target: OpenTarget | undefined): Content {
    const { id } = known.session;
    const way = target || this.#explaining !== id ? undefined : this.#options.wayToPage(id);
    return cardView(known, { place, target, way });
  }

  #remember({ session }: KnownSession, place: Omit<SessionCard, "link">, link: string | undefined): void {
    const { chatId, threadId, messageId } = place;
    this.#registry.setCard(session.id, {
      ...{ chatId, messageId },
      ...(threadId === undefined ? {} : { threadId }),
      ...(link === undefined ? {} : { link }),
    });
  }
}

function isSame(card: SessionCard | undefined, { chatId, messageId }: MessageRef): boolean {
  return card?.chatId === chatId && card.messageId === messageId;
}
