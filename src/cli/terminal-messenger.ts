import { isUtf8 } from "node:buffer";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type {
  Content,
  EditResult,
  MessageRef,
  Messenger,
  OutgoingFile,
  Place,
  PressButton,
  RemoveResult,
  SendOptions,
} from "../chat/messenger.ts";
import { ansi } from "../text/ansi.ts";
import { concat, plain } from "../text/entities.ts";
import type { TerminalScreen } from "./terminal-screen.ts";

/** A button that can be pressed by its number. */
export interface Choice {
  readonly number: number;
  readonly button: PressButton;
  readonly message: MessageRef;
}

export interface TerminalMessengerOptions {
  readonly screen: TerminalScreen;
  /** Where files go that a phone would get. */
  readonly fileFolder: string;
  readonly redact: (text: string) => string;
}

/** Messages whose buttons can still be pressed; older ones have scrolled away. */
const MOST_CHOICES = 10;

/** A terminal that takes the place of Telegram: messages become lines, buttons become numbers. */
export class TerminalMessenger implements Messenger {
  readonly limits = { length: 1_000_000, entities: 100_000 };
  readonly tickMs = 1_000;
  readonly #options: TerminalMessengerOptions;
  readonly #choices = new Map<number, readonly Choice[]>();
  #lastId = 0;

  constructor(options: TerminalMessengerOptions) {
    this.#options = options;
  }

  /** Buttons that can be pressed now. */
  get choices(): readonly Choice[] {
    return [...this.#choices.values()].flat();
  }

  /** Messages typed at the terminal have ids of the same kind. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  async send(to: Place, content: Content | (() => Content), options: SendOptions = {}): Promise<MessageRef> {
    const message = { chatId: to.chatId, messageId: this.nextId() };
    this.#show(message, typeof content === "function" ? content() : content, options.provisional !== true);
    return message;
  }

  async edit(
    message: MessageRef,
    content: () => Content,
    { final }: { final: boolean },
  ): Promise<EditResult> {
    this.#show(message, content(), final);
    return "ok";
  }

  async remove(message: MessageRef): Promise<RemoveResult> {
    this.#choices.delete(message.messageId);
    this.#options.screen.remove(message.messageId);
    return "gone";
  }

  async sendFile(to: Place, file: OutgoingFile): Promise<MessageRef | undefined> {
    const path = join(this.#options.fileFolder, `${Date.now()}-${file.name}`);
    const bytes = Buffer.from(file.bytes);
    try {
      writeFileSync(path, isUtf8(bytes) ? this.#options.redact(bytes.toString("utf8")) : bytes, {
        mode: 0o600,
      });
    } catch {
      return undefined;
    }
    return this.send(to, { text: plain(`📄 ${path}`) });
  }

  typing(): void {}

  acknowledge(_queryId: string, notice?: string): void {
    if (notice) this.#options.screen.notice(notice);
  }

  isClosed(): boolean {
    return false;
  }

  async flush(): Promise<void> {}

  #show(message: MessageRef, { text, buttons = [] }: Content, final: boolean): void {
    const { screen, redact } = this.#options;
    const choices = this.#number(
      message,
      buttons.flat().filter((button) => "data" in button),
    );
    // There is no page in a terminal, but most of them open a link.
    const links = buttons.flat().filter((button) => "url" in button);
    const row = [
      ...choices.map(({ number, button }) => `[${number}] ${button.text}`),
      ...links.map(({ text: name, url }) => `${name}: ${url}`),
    ].join("   ");
    const clean = { text: redact(text.text), entities: text.entities };
    const whole = row === "" ? clean : concat(clean, "\n", redact(row));
    screen.show(message.messageId, ansi(whole, { columns: screen.columns, colors: screen.colors }), final);
  }

  /** A message keeps its numbers while its buttons stay the same; a new one gets the lowest that are free. */
  #number(message: MessageRef, buttons: readonly PressButton[]): readonly Choice[] {
    const known = this.#choices.get(message.messageId);
    this.#choices.delete(message.messageId);
    if (buttons.length === 0) return [];
    const taken = new Set(this.choices.map(({ number }) => number));
    let next = 0;
    const choices = buttons.map((button, index): Choice => {
      const before = known?.[index]?.number;
      if (before !== undefined && !taken.has(before)) return { number: before, button, message };
      do next += 1;
      while (taken.has(next) || known?.some(({ number }) => number === next));
      return { number: next, button, message };
    });
    this.#choices.set(message.messageId, choices);
    const oldest = this.#choices.size > MOST_CHOICES ? this.#choices.keys().next().value : undefined;
    if (oldest !== undefined) this.#choices.delete(oldest);
    return choices;
  }
}
