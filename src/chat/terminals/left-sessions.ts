import { readFileSync } from "node:fs";
import type { Incoming } from "../incoming.ts";
import { type Place, samePlace } from "../messenger.ts";
import { idInMessage, nameBefore } from "./addressing.ts";

/**
 * What an earlier life of the bridge has left of terminals, as far as it takes to tell what is meant for them while they
 * are being found again. They read the file themselves: this must cost nothing.
 */
export class LeftSessions {
  readonly #names: readonly unknown[];
  readonly #topics: readonly Place[];
  /** Whether there are any. */
  readonly any: boolean;

  /** @param path Of the file with their state; one that cannot be read has none. */
  constructor(path: string) {
    const sessions = sessionsIn(path);
    this.any = sessions.length > 0;
    this.#names = sessions.map(({ name }) => name);
    this.#topics = sessions.flatMap(({ place }) => (place?.ownTopic ? [place] : []));
  }

  /** Whether a place is the topic of one of them. */
  hasTopic(place: Place): boolean {
    return this.#topics.some((topic) => samePlace(topic, place));
  }

  /** Whether a message may be for one of them. */
  mayMean({ text, answers, place }: Incoming): boolean {
    const name = nameBefore(text);
    return (
      (name !== undefined && this.#names.includes(name)) ||
      (answers !== undefined && idInMessage(answers) !== undefined) ||
      this.hasTopic(place)
    );
  }
}

interface Left {
  readonly name?: unknown;
  readonly place?: Place & { readonly ownTopic?: unknown };
}

function sessionsIn(path: string): readonly Left[] {
  try {
    const { sessions } = JSON.parse(readFileSync(path, "utf8"));
    return Array.isArray(sessions) ? sessions.filter((each) => each !== null) : [];
  } catch {
    return [];
  }
}
