import { readFileSync } from "node:fs";
import type { Incoming } from "../incoming.ts";
import { type Place, samePlace } from "../messenger.ts";
import { idInMessage, nameIn } from "./in-message.ts";

/**
 * What an earlier life of the bridge has left of terminals, as far as it takes to tell what is meant for them while they
 * are being found again. They read the file themselves: this must cost nothing.
 */
export class ListedSessions {
  readonly #names: readonly unknown[];
  readonly #topics: readonly Place[];
  /** Whether there are any that may go on. What is written to one that has ended is for nobody else either. */
  readonly any: boolean;

  /** @param path Of the file with their state; one that cannot be read has none. */
  constructor(path: string) {
    const { sessions, ended } = readLeft(path);
    this.any = sessions.length > 0;
    const all = [...sessions, ...ended];
    this.#names = all.map(({ name }) => name);
    this.#topics = all.flatMap(({ place }) => (place?.ownTopic ? [place] : []));
  }

  /** Whether a place is the topic of one of them. */
  hasTopic(place: Place): boolean {
    return this.#topics.some((topic) => samePlace(topic, place));
  }

  /** Whether a message may be for one of them. */
  mayMean({ text, answers, place }: Incoming): boolean {
    const name = nameIn(text)?.name;
    return (
      (name !== undefined && this.#names.includes(name)) ||
      idInMessage(answers) !== undefined ||
      this.hasTopic(place)
    );
  }
}

interface Left {
  readonly name?: unknown;
  readonly place?: Place & { readonly ownTopic?: unknown };
}

function readLeft(path: string): { readonly sessions: readonly Left[]; readonly ended: readonly Left[] } {
  const listOf = (value: unknown): readonly Left[] =>
    Array.isArray(value) ? value.filter((each) => each !== null) : [];
  try {
    const { sessions, ended } = JSON.parse(readFileSync(path, "utf8"));
    return { sessions: listOf(sessions), ended: listOf(ended) };
  } catch {
    return { sessions: [], ended: [] };
  }
}
