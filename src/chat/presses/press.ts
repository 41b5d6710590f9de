import type { Desk } from "../../jobs/desk.ts";
import type { Person } from "../../jobs/person.ts";
import type { Log } from "../../log.ts";
import type { ScheduleBook } from "../../schedules/book.ts";
import type { Undo } from "../../undo/undo.ts";
import type { Answer, Facts } from "../commands/command.ts";
import type { MessageRef, Messenger, Place } from "../messenger.ts";
import type { Requests } from "../requests/requests.ts";

export interface PressOptions {
  readonly desk: Desk;
  readonly schedules: ScheduleBook;
  readonly undo: Undo;
  readonly messenger: Messenger;
  readonly requests: Requests;
  readonly log: Log;
  readonly facts: Facts;
  readonly now: () => number;
}

/** A button press by somebody who may use the bot. `message` is where the button stands. */
export interface Press {
  readonly data: string;
  readonly person: Person;
  readonly message: MessageRef | undefined;
  /** Where that message is. */
  readonly place: Place;
}

/** Does what one kind of button says. `key` is what follows its name. @returns a short notice for whoever pressed it. */
export type PressHandler = (key: string, press: Press, options: PressOptions) => string | Promise<string>;

export const NOT_YOURS = "Only its author and owners may do that.";

/** What is before the first colon, and what is behind it. */
export function split(data: string): [string, string] {
  const colon = data.indexOf(":");
  return colon < 0 ? [data, ""] : [data.slice(0, colon), data.slice(colon + 1)];
}

/** Shows something else in place of the message with the button. */
export function show(messenger: Messenger, message: MessageRef, answer: Answer): void {
  void messenger.edit(message, () => answer, { final: true });
}
