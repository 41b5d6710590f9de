import type { WhenBusy } from "../config-keys.ts";
import type { Job } from "../jobs/job.ts";
import type { Person } from "../jobs/person.ts";
import { plain } from "../text/entities.ts";
import { findCommand } from "./commands/all.ts";
import type { Command, CommandCall } from "./commands/command.ts";
import type { Erasures } from "./erasures.ts";
import type { Incoming } from "./incoming.ts";
import type { Messenger } from "./messenger.ts";
import type { PromptLine } from "./prompt-line.ts";
import { reply } from "./reply.ts";

type Parts = "desk" | "schedules" | "vault" | "secrets" | "facts";

export interface RunCommandOptions extends Pick<CommandCall, Parts> {
  readonly messenger: Messenger;
  readonly line: PromptLine;
  readonly erasures: Erasures;
}

/** Runs the command of a message for whoever sent it, and sends what it answers. */
export async function runCommand(
  command: Command,
  incoming: Incoming,
  person: Person,
  options: RunCommandOptions,
): Promise<void> {
  const { desk, schedules, vault, secrets, facts, messenger, line, erasures } = options;
  const { place, author, messageId, updateId, sentAt, quote, answers, inForum = false } = incoming;
  if (command.ownersOnly && person.role !== "owner") {
    reply(messenger, place, { text: plain(`/${command.names[0]} is for owners of this bot only.`) });
    return;
  }
  const enqueue = (draft: Pick<Job, "parts" | "files">, whenBusy?: WhenBusy): Promise<void> =>
    line.enqueue({ ...draft, place, author, updates: [updateId], sentAt }, { person, whenBusy });
  const answer = await command.run({
    name: incoming.command?.name.toLowerCase() ?? command.names[0],
    args: incoming.command?.args ?? "",
    person,
    place,
    messageId,
    updateId,
    quote,
    answers,
    inForum,
    desk,
    schedules,
    vault,
    secrets,
    facts,
    isCommand: (name) => findCommand(name) !== undefined,
    enqueue,
    erase: (secret) => erasures.erase(place, messageId, secret),
    isStored: (secret) => erasures.isStored(place, messageId, secret),
    sendFile: async (file) =>
      (await messenger.sendFile(place, file, { prompt: true, important: true })) !== undefined,
  });
  if (answer) reply(messenger, place, answer);
}
