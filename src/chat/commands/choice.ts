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

/** In bytes (https://core.telegram.org/bots/api#inlinekeyboardbutton). What is longer is chosen by its name. */
const LONGEST_DATA = 64;

/**
 * A list to choose from, with a button for each; the one that counts is marked.
 * @param name what is chosen, and behind an @ the agent that alone offers it.
 */
export function choiceList(
  title: RichText,
  name: ChoiceName | `${ChoiceName}@${string}`,
  options: readonly Option[],
  current: string | undefined,
): Answer {
  const lines = options.map(({ label, description }) =>
    concat("\n• ", styled("bold", label), description ? `: ${description}` : ""),
  );
  const buttons: Keyboard = options
    .map(({ value, label }) => ({
      text: value === current ? `● ${label}` : label,
      data: `choose:${name}:${value}`,
    }))
    .filter(({ data }) => Buffer.byteLength(data) <= LONGEST_DATA)
    .map((button) => [button]);
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
