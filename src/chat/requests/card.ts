import { cut } from "../../text/cut.ts";
import type { RichText } from "../../text/entities.ts";

/** What a person is asked: how it looks, and what comes of a press or of a text. `T` is the answer. */
export interface Card<T> {
  readonly text: RichText;
  /** What the whole text is called when it is too long for messages. */
  readonly fileName: string;
  /** Rows of choices; what they are called may change with `press`. */
  buttons(): readonly (readonly Choice[])[];
  /** What comes of a press; undefined when there is no such choice. */
  press(choice: string): Step<T> | undefined;
  /** What comes of the text that a choice has asked for. */
  take(choice: string, text: string): Decision<T>;
  /** A typed yes or no; undefined when this is no such question. */
  typed(yes: boolean): Decision<T> | undefined;
}

export interface Choice {
  readonly text: string;
  /** 40 characters at most: it becomes part of a button's data. */
  readonly choice: string;
}

export interface Decision<T> {
  readonly kind: "decided";
  readonly answer: T;
  /** What it says under the question from then on, such as `✅ Allowed once`. Who and when come behind. */
  readonly verdict: string;
}

export type Step<T> =
  | Decision<T>
  /** The next message of the person who pressed is part of the answer. */
  | { readonly kind: "text"; readonly notice: string }
  /** The buttons have changed. */
  | { readonly kind: "changed"; readonly notice: string };

/** One line of the agent's words, short enough not to push the rest away. */
export function oneLine(text: string, longest = 200): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= longest ? line : `${cut(line, longest)}…`;
}
