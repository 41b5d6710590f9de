import type { KnownSession, TerminalRegistry } from "../../terminal/registry.ts";
import type { Incoming } from "../incoming.ts";
import { type Place, samePlace } from "../messenger.ts";
import { idInMessage, nameBefore } from "./addressing.ts";

/** Finds the session that a message of a chat is about. */
export class Finder {
  readonly #registry: TerminalRegistry;

  constructor(registry: TerminalRegistry) {
    this.#registry = registry;
  }

  /** Whether a message is to be typed into a terminal, or is for one that has ended. */
  isMeant({ text, answers, place }: Incoming): boolean {
    const name = nameBefore(text);
    if (name !== undefined && this.#openNamed(name)) return true;
    const id = answers === undefined ? undefined : idInMessage(answers);
    return id === undefined ? this.ofTopic(place) !== undefined : this.#registry.wasGiven(id);
  }

  /** The session whose `@name` a text begins with, and what stands behind it. */
  named(text: string): { readonly known: KnownSession; readonly text: string } | undefined {
    const [, name = "", behind = ""] = /^@([A-Za-z0-9._-]+)\s+(\S[\s\S]*)$/.exec(text.trim()) ?? [];
    const known = this.#openNamed(name);
    return known && { known, text: behind };
  }

  /** The session that a message replies to, or whose topic it stands in; `ended` when there was such a one. */
  addressed(message: {
    readonly place: Place;
    readonly answers?: string;
  }): KnownSession | "ended" | undefined {
    const id = message.answers === undefined ? undefined : idInMessage(message.answers);
    if (id === undefined) return this.ofTopic(message.place);
    return this.#registry.find(id) ?? (this.#registry.wasGiven(id) ? "ended" : undefined);
  }

  ofTopic(place: Place): KnownSession | undefined {
    return this.#registry.open.find(({ record }) => record.place?.ownTopic && samePlace(record.place, place));
  }

  /** The one of this topic, else the one that was used here last, else the one that was used last. */
  meantIn(place: Place): KnownSession | undefined {
    const used = this.#registry.open.toSorted((a, b) => b.session.lastInput - a.session.lastInput);
    const here = used.find(({ record }) => record.place && samePlace(record.place, place));
    return this.ofTopic(place) ?? here ?? used[0];
  }

  /** Says that there is none, and what to do. @param key What was asked for; empty: any. */
  missing(key: string): string {
    if (key === "") return "No terminal is open. /term opens one.";
    if (this.#registry.left.some(({ id, name }) => id === key || name === key))
      return `${key} cannot be reached as long as tmux does not answer.`;
    if (this.#registry.find(key)?.session.exit || this.#registry.wasGiven(key))
      return `${key} has ended. /term opens another one.`;
    return `There is no terminal ${key}. /terms lists those that are open.`;
  }

  #openNamed(name: string): KnownSession | undefined {
    return this.#registry.open.find(({ session }) => session.name === name);
  }
}
