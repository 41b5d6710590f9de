import type { Write } from "../input-queue.ts";
import type { HeldSession } from "../terminal-session.ts";
import { dialogOn, dialogWords } from "./dialogs.ts";
import { ENTER, keystrokes, typeable } from "./keystrokes.ts";
import { type Look, Looking, lookAt, lookWhenDrawn } from "./look.ts";
import { type Outcome, type Unconfirmed, type UnconfirmedCode, unconfirmed } from "./outcome.ts";
import type { HookSource } from "./status.ts";
import { TypedText } from "./typed-text.ts";

export interface Injection {
  /** What would press a key is left out, and so are line ends behind it. */
  readonly text: string;
  /**
   * `no`: it is to stand in the input. `yes`: with Enter, when it is shown and nothing else is asked. `force`: with Enter
   * whatever the screen shows.
   */
  readonly submit: "no" | "yes" | "force";
  /** How often Enter is pressed again while the text stays where it was: 2 unless told, 10 at most. */
  readonly retries?: number;
  /** Gives it up; what is typed stays. */
  readonly signal?: AbortSignal;
  readonly hooks?: HookSource;
}

const RETRIES = { usual: 2, most: 10 };
/** The text is to be on the screen by then, and after the last Enter to be gone. */
const PATIENCE_MS = 5_000;
const FORCED_PATIENCE_MS = 1_000;
/** Between two Enters. */
const TAKEN_MS = 1_000;
/** What shows that long is no half-drawn screen. */
const STEADY_MS = 20;
/** A program has started when it shows something and is quiet for so long, or shows nothing at all for so long. */
const READY_MS = 400;
const SILENT_MS = 3_000;
/** Others who type wait no longer. */
const HOLD_MS = 1_000;
const MOST_WAITING = 200;

const queues = new WeakMap<HeldSession, { last: Promise<unknown>; waiting: number }>();

/**
 * Types a text into a terminal, text and Enter as one, one such call after the other, and says whether it has arrived.
 * Others who type are held up for a second at most. Never rejects.
 */
export function inject(session: HeldSession, injection: Injection): Promise<Outcome> {
  const queue = queues.get(session) ?? { last: Promise.resolve(), waiting: 0 };
  queues.set(session, queue);
  if (queue.waiting >= MOST_WAITING)
    return Promise.resolve(
      unconfirmed("not-read", "nothing", `${queue.waiting} inputs wait in ${session.id}.`),
    );
  queue.waiting += 1;
  const outcome = queue.last.then(() => new Injecting(session, injection).run());
  queue.last = outcome.finally(() => {
    queue.waiting -= 1;
  });
  return outcome;
}

/** One input on its way. */
class Injecting {
  readonly #session: HeldSession;
  readonly #submit: Injection["submit"];
  readonly #retries: number;
  readonly #hooks: HookSource | undefined;
  readonly #given: string;
  readonly #typed: string;
  readonly #text: TypedText;
  readonly #looking: Looking;
  #handed: Unconfirmed["typed"] = "nothing";
  #isTold = false;

  constructor(session: HeldSession, { text, submit, retries = RETRIES.usual, signal, hooks }: Injection) {
    this.#session = session;
    this.#submit = submit;
    this.#retries = Math.max(0, Math.min(RETRIES.most, Math.floor(retries)));
    this.#hooks = hooks;
    this.#given = text;
    this.#typed = typeable(text).replace(/\n+$/, "");
    this.#text = new TypedText(this.#typed);
    this.#looking = new Looking(session, signal);
  }

  async run(): Promise<Outcome> {
    const forget = this.#hooks?.onPrompt?.(this.#session.id, (prompt) => {
      this.#isTold ||= this.#handed === "text-and-enter" && isSame(prompt, this.#typed);
      this.#looking.poke();
    });
    try {
      return await this.#run();
    } catch (error) {
      return this.#session.exit ? this.#over() : this.#no("not-read", String((error as Error).message));
    } finally {
      forget?.();
      this.#looking.close();
    }
  }

  async #run(): Promise<Outcome> {
    await this.#ready();
    const first = await lookWhenDrawn(this.#session);
    if (this.#looking.isOver) return this.#over();
    const held = this.#refusal(first);
    if (held) return held;
    if (this.#submit === "no") return this.#session.holdInput(HOLD_MS, (write) => this.#type(write, first));
    const step = await this.#session.holdInput(HOLD_MS, async (write) => {
      const shown = await this.#type(write, first);
      if (!shown.confirmed && (this.#submit !== "force" || this.#looking.isOver)) return shown;
      const before = await this.#enter(write);
      return "confirmed" in before ? before : { before, isShown: shown.confirmed };
    });
    return "confirmed" in step ? step : this.#confirm(step.before, step.isShown);
  }

  /** A program that is just starting would have its input shown by the terminal, and might throw it away. */
  async #ready(): Promise<void> {
    const { lastInput, lastOutput, createdAt, position } = this.#session;
    const isNew = lastInput === createdAt && !(position > 0 && Date.now() - lastOutput > READY_MS);
    if (isNew) await this.#looking.quiet(READY_MS, SILENT_MS);
  }

  /** Why it is not typed at all. */
  #refusal(look: Look): Unconfirmed | undefined {
    if (this.#typed === "" && (this.#given !== "" || this.#submit === "no"))
      return this.#no("not-shown", "There is nothing in it that can be typed.");
    if (this.#submit === "force") return undefined;
    const dialog = dialogOn(look);
    if (dialog) return this.#no("dialog", `${dialogWords(dialog)}, and the text was not meant for that.`);
    if (this.#submit === "no" && this.#typed.includes("\n") && !this.#takesPastes)
      return this.#no("takes-no-lines", "The program takes no pasted lines: each one would be entered.");
    return undefined;
  }

  get #takesPastes(): boolean {
    return this.#session.screen.terminal.modes.bracketedPasteMode;
  }

  /** @returns `echo` when the text stands where it is typed. */
  async #type(write: Write, first: Look): Promise<Outcome> {
    if (this.#typed === "") return { confirmed: true, how: "echo" };
    await this.#write(write, keystrokes(this.#typed, this.#takesPastes), "text");
    const { fits, look } = await this.#looking.until(
      (now) => now.position > first.position && hasMoved(first, now) && this.#text.isAt(now),
      {
        ms: this.#submit === "force" ? FORCED_PATIENCE_MS : PATIENCE_MS,
        steadyMs: this.#submit === "no" ? 0 : STEADY_MS,
      },
    );
    if (fits) return { confirmed: true, how: "echo" };
    if (this.#looking.isOver) return this.#over();
    const dialog = dialogOn(look);
    return dialog
      ? this.#no("dialog", `${dialogWords(dialog)} since the text was typed.`)
      : this.#no("not-shown", "The text was typed, but the program does not show it.");
  }

  /** @returns what the screen was right before it. */
  async #enter(write: Write): Promise<Look | Unconfirmed> {
    const look = await lookAt(this.#session);
    if (this.#looking.isOver) return this.#over();
    const dialog = this.#submit === "force" ? undefined : dialogOn(look);
    if (dialog) return this.#no("dialog", `${dialogWords(dialog)} since the text was typed.`);
    await this.#write(write, ENTER, "text-and-enter");
    return look;
  }

  async #confirm(before: Look, isShown: boolean): Promise<Outcome> {
    const hasLeft = (look: Look): boolean => this.#isTold || this.#hasLeft(before, look);
    for (let tries = 0; ; tries++) {
      const isLast = tries >= this.#retries;
      const ms = isLast ? PATIENCE_MS : TAKEN_MS;
      const { look, fits } = await this.#looking.until(hasLeft, { ms, steadyMs: STEADY_MS });
      if (this.#isTold) return { confirmed: true, how: "hook" };
      if (fits && isShown) return { confirmed: true, how: "left-the-input" };
      if (this.#looking.isOver) return this.#over();
      const dialog = dialogOn(look);
      if (dialog)
        return this.#no("dialog", `${dialogWords(dialog)}, and what became of the text cannot be seen.`);
      if (!isShown) return this.#no("not-shown", "The program does not show what is typed.");
      if (isLast) return this.#no("not-taken", "Enter was pressed, but the text still stands in the input.");
      const again = await this.#enter((bytes) => this.#session.write(bytes));
      if ("confirmed" in again) return again;
    }
  }

  /** The program has answered Enter, and the text is not where it was typed. */
  #hasLeft(before: Look, look: Look): boolean {
    if (look.position <= before.position) return false;
    if (this.#text.isBlank ? !hasMoved(before, look) : this.#text.isAt(look)) return false;
    // Enter may only have chosen what was offered behind an `@`, or gone to the next line behind a backslash.
    const [had, has] = [before, look].map((each) => this.#text.composed(each));
    if (had && has && (has.startsWith(had) || had.startsWith(has))) return false;
    // A dialog may only hide it, unless the agent shows that it was told so.
    return !dialogOn(look) || this.#text.timesTold(look) >= Math.max(1, this.#text.timesTold(before));
  }

  /** A program that does not read must not keep the next input waiting for ever. */
  async #write(write: Write, bytes: Buffer, what: "text" | "text-and-enter"): Promise<void> {
    this.#handed = what;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error("The program does not read what is typed.")), PATIENCE_MS);
    });
    const written = write(bytes);
    written.catch(() => {});
    await Promise.race([written, late]).finally(() => clearTimeout(timer));
  }

  #over(): Unconfirmed {
    return this.#session.exit
      ? this.#no("ended", `${this.#session.id} has ended.`)
      : this.#no("aborted", "It was given up before it was confirmed.");
  }

  #no(code: UnconfirmedCode, reason: string): Unconfirmed {
    return unconfirmed(code, this.#handed, reason);
  }
}

function hasMoved(before: Look, now: Look): boolean {
  return (
    now.line !== before.line ||
    now.cursor.row !== before.cursor.row ||
    now.cursor.column !== before.cursor.column
  );
}

function isSame(prompt: string, typed: string): boolean {
  const plain = (text: string): string => typeable(text).replace(/\s+/g, " ").trim();
  return plain(prompt) === plain(typed);
}
