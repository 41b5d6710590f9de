import type { Clock } from "../../clock.ts";
import type { Persist } from "../../config-keys.ts";
import type { Door } from "../../control/bridge-door.ts";
import type { Person } from "../../jobs/person.ts";
import type { Log } from "../../log.ts";
import type { Confirm } from "../../terminal/backends/elsewhere.ts";
import type { FileToPut } from "../../terminal/backends/put-elsewhere.ts";
import type { PutFile } from "../../terminal/backends/put-script.ts";
import { projectMark } from "../../terminal/mark.ts";
import type { Backend } from "../../terminal/pty.ts";
import { isServed, serverName } from "../../terminal/tmux-name.ts";
import type { WebSessions } from "../../web/needs.ts";
import type { BotIdentity, Incoming } from "../incoming.ts";
import type { MessageRef, Messenger, Place } from "../messenger.ts";
import { terminalsForPage } from "./for-page.ts";
import { saysTerminal } from "./in-message.ts";
import { ListedSessions } from "./listed-sessions.ts";
import type { TerminalRoom } from "./room.ts";

export interface TerminalsOptions {
  /** The project's folder, absolute. */
  readonly folder: string;
  readonly statePath: string;
  /** By which the hooks of programs in terminals speak to the bridge. */
  readonly door: Door;
  /** The folder with the state, absolute. */
  readonly state: string;
  /** The Claude Code that is set: a name or a path. */
  readonly claudeProgram: () => string;
  /** Where owners are told of terminals that were not opened in a chat. */
  readonly ownPlaces: () => readonly Place[];
  /** Whether an owner can still be there: what a terminal tells unasked goes nowhere else. */
  readonly mayTell: (place: Place) => boolean;
  readonly keptPath: string;
  readonly env: () => NodeJS.ProcessEnv;
  /** Values that must not reach a program's environment. */
  readonly hidden: () => readonly string[];
  readonly persist: () => Persist;
  readonly allowsHost: () => boolean;
  /** Opens terminals on other machines and in containers. @throws BackendError */
  readonly elsewhere: (where: string, confirm: Confirm) => Promise<Backend>;
  /** Where terminals can be opened besides this machine. */
  readonly hostsElsewhere: () => Promise<readonly string[]>;
  /** Puts a file to where a terminal is that is not on this machine. @throws BackendError */
  readonly putElsewhere: (where: string, file: FileToPut) => Promise<PutFile>;
  /** Where a phone finds a terminal; undefined as long as it cannot reach the page. */
  readonly addressOf: (id: string) => string | undefined;
  /** That is one that is set, and stays. */
  readonly hasFixedAddress: () => boolean;
  /** What to do to get to the page; undefined where there is none, and where phones reach it. */
  readonly wayToPage: (id?: string) => string | undefined;
  readonly bot: () => Promise<BotIdentity>;
  readonly messenger: Messenger;
  /** Takes secrets out of what a terminal shows. */
  readonly redact: (text: string) => string;
  readonly clock: Clock;
  readonly log: Log;
}

/** A press of a button whose action begins with `term-`. */
export interface TerminalPress {
  readonly action: string;
  readonly key: string;
  readonly person: Person;
  readonly place: Place;
  readonly message: MessageRef | undefined;
}

/** The way from the chat to the terminals. What they need is loaded when the first one is opened, or found again. */
export class Terminals {
  readonly #options: TerminalsOptions;
  #room: Promise<TerminalRoom> | undefined;
  #loaded: TerminalRoom | undefined;
  /** Those of an earlier life, as their list names them: it is asked until they are found again. */
  #listed: ListedSessions | undefined;
  #onLoaded = (_room: TerminalRoom): void => {};
  readonly #whenLoaded = new Promise<TerminalRoom>((resolve) => {
    this.#onLoaded = resolve;
  });

  constructor(options: TerminalsOptions) {
    this.#options = options;
  }

  /** Finds again what an earlier life of the bridge has left. Never rejects. */
  async start(): Promise<void> {
    const { statePath, env } = this.#options;
    const listed = new ListedSessions(statePath);
    this.#listed = listed;
    // The list may be gone, and what runs in tmux still there.
    if (!listed.any && !(await isServed(serverName(projectMark(statePath)), env()))) return;
    await this.room().catch((error) => this.#options.log.error("terminals not found again", { error }));
  }

  /** What there is of terminals, loaded at the first call. */
  room(): Promise<TerminalRoom> {
    this.#room ??= this.#load();
    return this.#room;
  }

  /** Whether a message is for a terminal although it does not name the bot. */
  expects(incoming: Incoming): boolean {
    if (this.#loaded) return this.#loaded.isOwnTopic(incoming.place);
    return this.#listed?.hasTopic(incoming.place) ?? false;
  }

  /**
   * Types a message into the terminal that it is meant for. False when it is not for one: at once, where that is known.
   * While those of an earlier life are being found again, only what may be for one of them waits for that.
   */
  typed(incoming: Incoming, person: Person): false | Promise<boolean> {
    if (this.#loaded) return this.#loaded.isMeant(incoming) && this.#loaded.typed(incoming, person);
    if (!this.#listed?.mayMean(incoming) && !saysTerminal(incoming)) return false;
    // What stands in the topic of one that is not found again, and does not name the bot, was not for the agent.
    const isExpected = !incoming.addressed && this.#listed?.hasTopic(incoming.place) === true;
    return this.room().then(async (room) => (await room.typed(incoming, person)) || isExpected);
  }

  /** The terminals, as the page wants them. */
  forPage(): WebSessions {
    const { folder, allowsHost, hostsElsewhere, putElsewhere } = this.#options;
    return terminalsForPage({
      folder,
      room: () => this.room(),
      loaded: () => this.#loaded,
      whenLoaded: this.#whenLoaded,
      hosts: async () => [...(allowsHost() ? ["host"] : []), ...(await hostsElsewhere())],
      put: putElsewhere,
    });
  }

  /** @returns a short notice for whoever pressed. */
  async press(press: TerminalPress): Promise<string> {
    return (await this.room()).press(press);
  }

  /** Takes over other settings: what they do not allow is closed, or is not told any more. */
  configure(): void {
    this.#loaded?.configure();
  }

  /** Writes the list again when it is gone. */
  rewrite(): void {
    this.#loaded?.registry.rewrite();
  }

  /** The page is somewhere else now, or nowhere: what leads there follows. Never rejects. */
  async followAddress(): Promise<void> {
    await (await this.#room?.catch(() => undefined))?.cards.follow();
  }

  /** Terminals in tmux go on; all others end. Never rejects. */
  async stop(): Promise<void> {
    await (await this.#room?.catch(() => undefined))?.stop();
  }

  async #load(): Promise<TerminalRoom> {
    const { openRoom } = await import("./room.ts");
    this.#loaded = await openRoom(this.#options);
    this.#onLoaded(this.#loaded);
    return this.#loaded;
  }
}
