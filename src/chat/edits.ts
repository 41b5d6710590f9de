import type { Desk } from "../jobs/desk.ts";
import { isMadeOf } from "../jobs/job.ts";
import type { Store } from "../store.ts";
import { plain } from "../text/entities.ts";
import { editedPrompt } from "./edited-prompt.ts";
import type { Incoming } from "./incoming.ts";
import type { Intake } from "./intake.ts";
import type { Messenger } from "./messenger.ts";
import type { PromptLine } from "./prompt-line.ts";
import type { QueueNotices } from "./queue-notices.ts";
import { reply } from "./reply.ts";

export interface EditsOptions {
  readonly intake: Intake;
  readonly line: PromptLine;
  readonly desk: Desk;
  readonly notices: QueueNotices;
  readonly messenger: Messenger;
  readonly store: Store;
}

/** Follows an edited message to wherever its prompt is by now, and says so where it is not the prompt's own notice that does. */
export function followEdit(incoming: Incoming, options: EditsOptions): void {
  const { intake, line, desk, notices, messenger } = options;
  const say = (text: string): void => reply(messenger, incoming.place, { text: plain(text) });
  const text = editedPrompt(incoming);
  if (text === undefined) {
    staysPrompt(incoming, options);
    return;
  }
  if (intake.edit(incoming) || line.edit(incoming)) return;
  const { chatId } = incoming.place;
  const result = desk.edit(chatId, incoming.messageId, text);
  if (result === "late")
    say("That prompt runs already, so the change comes too late. /cancel, then send it anew.");
  if (result === "other") {
    say(
      "An edit does not make a prompt of a command, nor a command of a prompt. /queue removes it; then send it anew.",
    );
  }
  if (typeof result === "object") notices.changed(result);
  if (result === undefined && desk.cases.edit(chatId, incoming.messageId, text))
    say("Changed. If it is run, it is run like that.");
}

/** Nothing is said about a message that is no prompt, or one that is over. */
function staysPrompt(incoming: Incoming, { intake, line, messenger, store }: EditsOptions): void {
  const { place, messageId, command } = incoming;
  const isOpen = store.openJobs.some(({ job }) => isMadeOf(job, place.chatId, messageId));
  if (!isOpen && !intake.holds(incoming) && !line.holds(incoming)) return;
  const stays = `A prompt cannot be changed into a command; it stays as it was. Send /${command?.name} as a new message.`;
  reply(messenger, place, { text: plain(stays) });
}
