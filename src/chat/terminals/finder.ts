import type { KnownSession, TerminalRegistry } from "../../terminal/registry.ts";
import { type Place, samePlace } from "../messenger.ts";
import { idInMessage, nameIn } from "./in-message.ts";

/** What a message is, as far as terminals go. */
export interface ForTerminal {
  readonly text: string;
  readonly place: Place;
  /** The bot's own message that it replies to. */
  readonly answers?: string;
}

/** The session that a message is for, and what is to be typed there; or why it can be typed nowhere. */
export type Meant = { readonly known: KnownSession; readonly text: string } | { readonly refusal: string };

/** Finds the session that a message of a chat is about. */
export class Finder {
  readonly #registry: TerminalRegistry;

  constructor(registry: TerminalRegistry) {
    this.#registry = registry;
  }

  /** By its id or its name, with or without the `@`; also one that has ended a short while ago. */
  find(key: string): KnownSession | undefined {
    const name = key.replace(/^@/, "");
    return this.#registry.find(name);
  }

  /**
   * Whom a message is for that begins with an `@name`, replies to a session's message, or stands in its topic. What is
   * for one that has ended is for nobody else: it was written as something to be typed there.
   */
  meant(message: ForTerminal): Meant | undefined {
    const { name = "", behind = "" } = nameIn(message.text) ?? {};
    const open = this.#registry.open.find(({ session }) => session.name === name || session.id === name);
    if (open && behind !== "") return { known: open, text: behind };
    const addressed = this.addressed(message);
    if (addressed && "known" in addressed) return addressed;
    if (open) return { refusal: `Write behind it what is to be typed: @${name} text` };
    return (this.#isSessions(name) ? this.#absent(name, behind) : undefined) ?? addressed;
  }

  /** Whom a message is for by what it replies to, else by its topic. */
  addressed(message: ForTerminal): Meant | undefined {
    const { text, place, answers } = message;
    const id = idInMessage(answers);
    if (id !== undefined) return this.#absent(id, text);
    const known = this.#openIn(place);
    if (known) return { known, text };
    // What replies to something else there is about that.
    const over = answers === undefined ? this.#endedIn(place) : undefined;
    return over === undefined ? undefined : this.#absent(over, text);
  }

  /** Whether a topic was made for a session, also for one that has ended. */
  hasTopic(place: Place): boolean {
    return this.#openIn(place) !== undefined || this.#endedIn(place) !== undefined;
  }

  /** The one of this topic, else the one that was used here last, else the one that was used last. */
  meantIn(place: Place): KnownSession | undefined {
    const used = this.#registry.open.toSorted((a, b) => b.session.lastInput - a.session.lastInput);
    const here = used.find(({ record }) => record.place && samePlace(record.place, place));
    return this.#openIn(place) ?? here ?? used[0];
  }

  /** Says that there is none, and what to do. @param key What was asked for; empty: any. */
  missing(key: string): string {
    if (key === "") return "No terminal is open. /term opens one.";
    const name = key.replace(/^@/, "");
    if (this.#isLeft(name)) return `${name} cannot be reached as long as tmux does not answer.`;
    if (this.find(name)?.session.exit || this.#registry.wasGiven(name) || this.#hasEnded(name))
      return `${name} has ended. /term opens another one.`;
    return `There is no terminal ${name}. /terms lists those that are open.`;
  }

  #absent(key: string, text: string): Meant {
    const known = this.find(key);
    return known ? { known, text } : { refusal: this.missing(key) };
  }

  /** Whether something can only be the name of a session, be it one that is gone. */
  #isSessions(name: string): boolean {
    return (
      /^term-\d+$/.test(name) || this.find(name) !== undefined || this.#hasEnded(name) || this.#isLeft(name)
    );
  }

  /** Whether it is one of an earlier life that is still looked for. */
  #isLeft(key: string): boolean {
    return this.#registry.left.some(({ id, name }) => id === key || name === key);
  }

  #hasEnded(name: string): boolean {
    return this.#registry.ended.some((record) => record.name === name);
  }

  #openIn(place: Place): KnownSession | undefined {
    return this.#registry.open.find(({ record }) => isTopicOf(record, place));
  }

  #endedIn(place: Place): string | undefined {
    return this.#registry.ended.findLast((record) => isTopicOf(record, place))?.id;
  }
}

function isTopicOf({ place: own }: { place?: Place & { ownTopic?: true } }, place: Place): boolean {
  return own?.ownTopic === true && samePlace(own, place);
}
