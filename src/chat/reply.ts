import { split } from "../text/split.ts";
import type { Answer } from "./commands/command.ts";
import type { Messenger, Place, SendOptions } from "./messenger.ts";

/** Sends an answer of any length, before everything else unless told otherwise. The buttons go under its last message. */
export function reply(
  messenger: Messenger,
  place: Place,
  { text, buttons }: Answer,
  options: SendOptions = { prompt: true },
): void {
  const parts = split(text, messenger.limits);
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    void messenger.send(place, { text: part, ...(last && buttons ? { buttons } : {}) }, options);
  }
}
