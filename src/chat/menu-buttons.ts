import { readFileSync } from "node:fs";
import { writeFilePrivately } from "../env-file.ts";
import type { Log } from "../log.ts";
import type { Messenger } from "./messenger.ts";

export interface MenuButtonsOptions {
  readonly messenger: Pick<Messenger, "setMenuButton">;
  /** Where the chats that have such a button are remembered. */
  readonly path: string;
  /** The private chats of owners, as they are now. */
  readonly owners: () => readonly number[];
  readonly log: Log;
}

const TEXT = "Terminals";
/** There are never so many owners: a file that says so is not our own. */
const MOST_REMEMBERED = 1_000;

/** The button beside the input line that opens the page: in the private chats of owners, and in no others. */
export class MenuButtons {
  readonly #options: MenuButtonsOptions;
  /** The chats that have one, also of an earlier life -> where it leads to, as far as that is known. */
  readonly #buttons: Map<number, string | undefined>;
  readonly #met = new Set<number>();
  #address: URL | undefined;
  #line: Promise<void> = Promise.resolve();

  constructor(options: MenuButtonsOptions) {
    this.#options = options;
    this.#buttons = new Map(readChats(options).map((chat) => [chat, undefined]));
  }

  /**
   * Has them lead to where the page is now, for those who are owners now; without an address there are none. What fails
   * is tried again at the next change. Never rejects.
   */
  follow(address: URL | undefined): Promise<void> {
    this.#address = address;
    this.#line = this.#line.then(() => this.#bring());
    return this.#line;
  }

  /** An owner writes in this chat, which Telegram may not have known as one with the bot before. */
  met(chat: number): void {
    if (this.#met.has(chat) || !this.#options.owners().includes(chat)) return;
    this.#met.add(chat);
    void this.follow(this.#address);
  }

  async #bring(): Promise<void> {
    const address = this.#address?.href;
    const wanted = new Set(address === undefined ? [] : this.#options.owners());
    const left = [...this.#buttons.keys()].filter((chat) => !wanted.has(chat));
    const set = [...wanted].map((chat) => this.#set(chat, String(address)));
    await Promise.all([...set, ...left.map((chat) => this.#reset(chat))]);
  }

  async #set(chat: number, address: string): Promise<void> {
    if (this.#buttons.get(chat) === address) return;
    const isNew = !this.#buttons.has(chat);
    this.#buttons.set(chat, undefined);
    // Before the call: whatever comes, the next life knows what to take away.
    if (isNew) this.#save();
    const result = await this.#options.messenger.setMenuButton?.(chat, { text: TEXT, app: address });
    if (result === "ok") this.#buttons.set(chat, address);
  }

  async #reset(chat: number): Promise<void> {
    const result = await this.#options.messenger.setMenuButton?.(chat, undefined);
    if (result === "dropped") return;
    this.#buttons.delete(chat);
    this.#save();
  }

  #save(): void {
    const { path, log } = this.#options;
    try {
      writeFilePrivately(path, `${JSON.stringify([...this.#buttons.keys()])}\n`);
    } catch (error) {
      log.error("menu buttons not saved", { error });
    }
  }
}

function readChats({ path, log }: MenuButtonsOptions): number[] {
  try {
    const read: unknown = JSON.parse(readFileSync(path, "utf8"));
    const chats: readonly unknown[] = Array.isArray(read) ? read.slice(0, MOST_REMEMBERED) : [];
    return chats.filter((chat): chat is number => Number.isSafeInteger(chat) && Number(chat) > 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") log.warn("menu buttons not read", { path });
    return [];
  }
}
