/** What has become of an input. Never claims what was not seen. */
export type Outcome = Confirmed | Unconfirmed;

export interface Confirmed {
  readonly confirmed: true;
  /**
   * `echo`: the text is on the screen, where it is typed. `left-the-input`: after Enter it is there no more. `hook`: the
   * agent itself has said that it was told so.
   */
  readonly how: "echo" | "left-the-input" | "hook";
}

export interface Unconfirmed {
  readonly confirmed: false;
  readonly code: UnconfirmedCode;
  /** A sentence for people, and what to do. */
  readonly reason: string;
  readonly hint: string;
  /** What the program has got all the same, so that nobody types it twice. */
  readonly typed: "nothing" | "text" | "text-and-enter";
}

export type UnconfirmedCode =
  /** The program has ended. */
  | "ended"
  /** A dialog is on the screen, for which the text was not meant. */
  | "dialog"
  /** Lines can only be typed there with Enter behind each. */
  | "takes-no-lines"
  /** The text does not appear. */
  | "not-shown"
  /** It still stands there after Enter. */
  | "not-taken"
  /** The program does not read, or too much waits. */
  | "not-read"
  /** The caller has given it up. */
  | "aborted";

const HINTS: Readonly<Record<UnconfirmedCode, string>> = {
  ended: "Open a new one.",
  dialog: "Answer that first, or force it.",
  "takes-no-lines": "Give one line, or submit it.",
  "not-shown": "Look at the screen; a program that hides what is typed needs it forced.",
  "not-taken": "Look at the screen, and press Enter there.",
  "not-read": "Look at the screen: the program may hang.",
  aborted: "Look at the screen before it is typed again.",
};

/** @param reason A sentence for people. */
export function unconfirmed(code: UnconfirmedCode, typed: Unconfirmed["typed"], reason: string): Unconfirmed {
  const isHalfDone = code === "dialog" && typed !== "nothing";
  const hint = isHalfDone ? "Answer that, and look at the screen before it is typed again." : HINTS[code];
  return { confirmed: false, code, reason, hint, typed };
}
