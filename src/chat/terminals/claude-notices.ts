import type { NoticeKind, NoticeRecord } from "../../terminal/claude/record.ts";
import type { KnownSession, TerminalRegistry } from "../../terminal/registry.ts";
import { plain, type RichText } from "../../text/entities.ts";
import type { Keyboard, MessageRef, Messenger, Place } from "../messenger.ts";

export interface ClaudeNoticesOptions {
  readonly messenger: Messenger;
  readonly registry: TerminalRegistry;
  /** Where a session is talked about. */
  readonly places: (known: KnownSession) => readonly Place[];
}

/** Something that was said of a session, and stands as long as it is so. */
export interface Notice {
  readonly kind: NoticeKind;
  /** Of the hook that waits; empty for those that only tell. */
  readonly request: string;
  readonly messages: MessageRef[];
  isOver: boolean;
  onOver?: () => void;
  /** Undefined as long as the hook has not come again to this life of the bridge. `by` is a person's name. */
  decide?: (allow: boolean, by: string) => void;
}

/** What the chat is told of the Claude Code in terminals. Each notice is taken away when it is not so any more. */
export class ClaudeNotices {
  readonly #options: ClaudeNoticesOptions;
  readonly #all = new Map<string, Notice[]>();
  /** The requests of those that have ended in this life, and their sessions. */
  readonly #over = new Map<string, string>();

  constructor(options: ClaudeNoticesOptions) {
    this.#options = options;
  }

  /** Those that stand, also from an earlier life of the bridge. */
  of({ session: { id }, record }: KnownSession): readonly Notice[] {
    return this.#all.get(id) ?? this.#keep(id, (record.claude?.notices ?? []).map(restored));
  }

  /** Says it where the session is talked about, so that the phone rings. */
  post(
    known: KnownSession,
    kind: NoticeKind,
    text: RichText,
    { request, canDecide } = { request: "", canDecide: false },
  ): Notice {
    const notice: Notice = { kind, request, messages: [], isOver: false };
    this.#keep(known.session.id, [...this.of(known), notice]);
    const { messenger, places } = this.#options;
    for (const place of places(known)) {
      const content = { text, buttons: buttonsOf(known, notice, canDecide) };
      const wanted = (): boolean => !notice.isOver;
      void messenger.send(place, content, { important: true, wanted }).then((message) => {
        if (!message) return;
        if (notice.isOver) return this.#remove(message);
        notice.messages.push(message);
        this.#save(known);
      });
    }
    return notice;
  }

  /** It is not so any more: what was said goes away, or says what became of it. */
  end(known: KnownSession, notice: Notice, verdict?: RichText): void {
    if (notice.isOver) return;
    notice.isOver = true;
    notice.onOver?.();
    const { id } = known.session;
    if (notice.request !== "") this.#over.set(notice.request, id);
    this.#keep(
      id,
      this.of(known).filter((each) => each !== notice),
    );
    this.#save(known);
    for (const message of notice.messages) {
      if (verdict) void this.#options.messenger.edit(message, () => ({ text: verdict }), { final: true });
      else this.#remove(message);
    }
  }

  /** Takes one away that is not known any more. */
  discard(message: MessageRef | undefined): void {
    if (message) this.#remove(message);
  }

  /** Whether what a hook asks has been decided, or was answered elsewhere. */
  isOver(request: string): boolean {
    return this.#over.has(request);
  }

  /** A session has ended: its hooks come no more. */
  forget(id: string): void {
    this.#all.delete(id);
    for (const [request, session] of this.#over) if (session === id) this.#over.delete(request);
  }

  #keep(id: string, notices: Notice[]): readonly Notice[] {
    this.#all.set(id, notices);
    return notices;
  }

  #save(known: KnownSession): void {
    const { claude } = known.record;
    if (!claude) return;
    const notices = this.of(known).map(({ kind, request, messages }) => ({ kind, request, messages }));
    this.#options.registry.noteClaude(known.session.id, { ...claude, notices });
  }

  #remove(message: MessageRef): void {
    const { messenger } = this.#options;
    void messenger.remove(message).then((result) => {
      // Telegram takes none away that is older than two days.
      if (result !== "refused") return;
      void messenger.edit(message, () => ({ text: plain("No longer needed.") }), { final: true });
    });
  }
}

/** *Open* is left to the session's card, which follows the page's address: these stand for days, as they were sent. */
function buttonsOf({ session: { id } }: KnownSession, { request }: Notice, canDecide: boolean): Keyboard {
  return [
    ...(canDecide
      ? [
          [
            { text: "✅ Allow", data: `term-allow:${id}:${request}` },
            { text: "⛔ Deny", data: `term-deny:${id}:${request}` },
          ],
        ]
      : []),
    [{ text: "🖥 Screen", data: `term-screen:${id}` }],
  ];
}

function restored({ kind, request, messages }: NoticeRecord): Notice {
  return { kind, request, messages: [...messages], isOver: false };
}
