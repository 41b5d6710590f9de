import { type Clock, sleep } from "../../clock.ts";
import type { HeldSession } from "../../terminal/terminal-session.ts";

/** So long after a key most programs have drawn what comes of it. */
const FIRST_MS = 250;
/** One that goes on printing is not waited for any longer. */
const LONGEST_MS = 2_000;
const STEP_MS = 100;

/** Tells when it is worth looking at a terminal in which somebody has just typed. */
export class Quiet {
  readonly #clock: Clock;
  readonly #asked = new WeakMap<HeldSession, object>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Resolves when the program has answered, or takes too long.
   * @returns whether nobody has asked again meanwhile: of six quick lines the last one's picture is enough.
   */
  async after(session: HeldSession): Promise<boolean> {
    const asked = {};
    this.#asked.set(session, asked);
    const end = this.#clock.monotonic() + LONGEST_MS;
    let position = session.position;
    await sleep(this.#clock, FIRST_MS);
    while (session.position !== position && !session.exit && this.#clock.monotonic() < end) {
      ({ position } = session);
      await sleep(this.#clock, STEP_MS);
    }
    return this.#asked.get(session) === asked;
  }
}
