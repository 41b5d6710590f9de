import type { ChoiceName } from "../../jobs/conversations.ts";
import { concat, plain, type RichText, styled } from "../../text/entities.ts";
import type { Keyboard } from "../messenger.ts";
import type { Answer } from "./command.ts";

/** One thing that can be chosen by a button or by its name. */
export interface Option {
  readonly value: string;
  readonly label: string;
  readonly description?: string | undefined;
}

/** A button's data holds 64 bytes, of which the name of the choice takes some. */
const LONGEST_VALUE = 44;

/** A list to choose from, with a button for each; the one that counts is marked. */
export function choiceList(
  title: RichText,
  name: ChoiceName,
  options: readonly Option[],
  current: string | undefined,
): Answer {
  const lines = options.map(({ label, description }) =>
    concat("\n• ", styled("bold", label), description ? `: ${description}` : ""),
  );
  const buttons: Keyboard = options
    .filter(({ value }) => Buffer.byteLength(value) <= LONGEST_VALUE)
    .map(({ value, label }) => [
      { text: value === current ? `● ${label}` : label, data: `choose:${name}:${value}` },
    ]);
  return { text: concat(title, "\n", ...lines), buttons };
}

/** What was typed, as one of the options: by its value or its label, whatever the case. */
export function optionNamed(options: readonly Option[], typed: string): Option | undefined {
  const word = typed.trim().toLowerCase();
  return options.find(({ value, label }) => value.toLowerCase() === word || label.toLowerCase() === word);
}

export function noSuchOption(typed: string, options: readonly Option[]): Answer {
  const names = options.map(({ value }) => value).join(", ");
  return { text: plain(`“${typed.slice(0, 40)}” is none of them. There is: ${names}.`) };
}
