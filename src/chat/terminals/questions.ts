import type { Clock } from "../../clock.ts";
import { plain } from "../../text/entities.ts";
import type { Answer } from "../commands/command.ts";
import type { Place } from "../messenger.ts";

/** A connection that waits for an answer is given up by the other side. */
const QUESTION_MS = 100_000;

/** Asks for a yes or no, in the chat from which a terminal is opened. */
export class Questions {
  readonly #clock: Clock;
  readonly #say: (place: Place, question: Answer) => void;
  /** Those that wait, by the key in their buttons. */
  readonly #asked = new Map<string, (yes: boolean) => void>();
  #last = 0;

  constructor(clock: Clock, say: (place: Place, question: Answer) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  /** No answer in time is a no. */
  askIn(place: Place): (question: string) => Promise<boolean> {
    return (question) =>
      new Promise((resolve) => {
        const key = String(++this.#last);
        const decide = (yes: boolean): void => {
          this.#asked.delete(key);
          cancel();
          resolve(yes);
        };
        const cancel = this.#clock.after(QUESTION_MS, () => decide(false));
        this.#asked.set(key, decide);
        const buttons = [
          [
            { text: "✅ Yes", data: `term-yes:${key}` },
            { text: "⛔ No", data: `term-no:${key}` },
          ],
        ];
        this.#say(place, { text: plain(question), buttons });
      });
  }

  /** @returns a short notice for whoever pressed. */
  decide(key: string, yes: boolean): string {
    const decide = this.#asked.get(key);
    decide?.(yes);
    return decide ? (yes ? "Yes." : "No.") : "This has been decided already.";
  }
}
