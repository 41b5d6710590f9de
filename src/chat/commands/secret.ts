import { SHORTEST_SECRET } from "../../secrets.ts";
import { plain } from "../../text/entities.ts";
import { COVERED, readSecretCommand } from "../secret-command.ts";
import { LONGEST_VALUE } from "../secret-intake.ts";
import type { Command, CommandCall, Reply } from "./command.ts";

const USAGE = "Use /secret set NAME, /secret list or /secret remove NAME.";

export const secret: Command = {
  names: ["secret"],
  usage: "[set NAME | list | remove NAME]",
  summary: "Give the agent a password or key that nobody gets to see",
  detail:
    "/secret set GITHUB_TOKEN asks for the value, and your next message is it: it is taken out of the chat, kept in .nanogent/secrets.json only, and blotted out of everything that the agent says. The agent has it as an environment variable of that name. In private chats only.",
  ownersOnly: true,
  run(call) {
    const command = readSecretCommand(call.args);
    if (call.place.chatId < 0) {
      if (command.kind !== "list") call.erase();
      return said("Secrets are for private chats only: here others would read along. Write to me directly.");
    }
    switch (command.kind) {
      case "list":
        return said(list(call));
      case "remove":
        return said(
          call.vault.remove(command.name)
            ? `${command.name} is removed. What runs already still has it.`
            : `There is no secret ${command.name}. /secret list shows all.`,
        );
      case "ask":
        return ask(command.name, call);
      case "set":
        return set(command.name, call);
      case "bad-name":
      case "unclear":
        // Whatever was covered may have been a value.
        if (call.args.includes(COVERED)) call.erase();
        return said(command.kind === "unclear" ? USAGE : command.fault);
    }
  },
};

function list({ vault: { names } }: CommandCall): string {
  if (names.length === 0) return "There are no secrets. /secret set NAME adds one.";
  return `${names.join("\n")}\n\nValues are not shown. /secret remove NAME removes one.`;
}

async function ask(name: string, { secrets, place, messageId }: CommandCall): Promise<Reply> {
  const isAwaited = await secrets.ask(place.chatId, messageId, name);
  if (!isAwaited) return undefined;
  return said(
    `🔑 Your next message is the value of ${name}, whatever it says. I take it out of this chat at once. /cancel if you do not want to.`,
  );
}

async function set(name: string, call: CommandCall): Promise<Reply> {
  const { secrets, vault, place, messageId } = call;
  const given = secrets.take(place.chatId, messageId);
  if (given === undefined) {
    if (call.isStored(name)) return undefined;
    call.erase();
    await secrets.askAgain(place.chatId, name);
    return said(
      `🔑 The bridge went down before the value of ${name} was stored. Send it again: your next message is the value. /cancel if you do not want to.`,
    );
  }
  const refuse = (why: string): Reply => {
    call.erase();
    return said(why);
  };
  if (given.tooLong) {
    return refuse(
      `That is too long for a message, which the phone may have cut: ${LONGEST_VALUE} characters are the most, and nothing was stored. Put it into a file at the desk, and its path into a prompt.`,
    );
  }
  if (given.value.includes("\0")) return refuse("That cannot be the value of an environment variable.");
  try {
    vault.set(name, given.value);
  } catch (error) {
    call.erase();
    throw error;
  }
  call.erase(name);
  const short =
    given.value.length < SHORTEST_SECRET
      ? ` It is shorter than ${SHORTEST_SECRET} characters, so it is not blotted out of what the agent says: that would tear holes into ordinary words.`
      : "";
  const safer = given.oneLine
    ? ` Next time send /secret set ${name} alone, and the value when I ask for it: that is safer, since a slip in the command cannot put it anywhere else.`
    : "";
  return said(`🔑 ${name} is stored. The agent has it from the next job on.${short}${safer}`);
}

function said(text: string): Reply {
  return { text: plain(text) };
}
