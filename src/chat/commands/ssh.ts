import type { AddedHost } from "../../terminal/backends/added-hosts.ts";
import { plain } from "../../text/entities.ts";
import { COVERED, keyArguments, machineOf, readSecretCommand } from "../secret-command.ts";
import { LONGEST_VALUE } from "../secret-intake.ts";
import type { Command, CommandCall, Reply } from "./command.ts";

const USAGE = "Use /ssh list, /ssh add NAME user@host, /ssh key NAME or /ssh remove NAME.";

export const ssh: Command = {
  names: ["ssh"],
  usage: "[list | add NAME user@host[:port] | key NAME | remove NAME]",
  summary: "Other machines that terminals can be opened on",
  detail:
    "Machines of ~/.ssh/config are there already, with its keys and those of your agent. /ssh add web root@example.org adds one. /ssh key web asks for its private key, and your next message is it: it is taken out of the chat, and kept encrypted. /ssh remove web takes all of it away. In private chats only.",
  ownersOnly: true,
  async run(call) {
    const secret = keyArguments(`/ssh ${call.args}`);
    if (call.place.chatId < 0) {
      if (secret !== undefined) call.erase();
      return said("Machines are for private chats only: here others would read along. Write to me directly.");
    }
    try {
      return await inTurn(call, async () =>
        secret === undefined ? said(await change(call)) : await key(secret, call),
      );
    } catch (error) {
      const { BackendError } = await import("../../terminal/pty.ts");
      if (error instanceof BackendError) return said(`${error.message} ${error.hint ?? ""}`.trim());
      throw error;
    }
  },
};

/** Of each bridge, what was asked for last. */
const last = new WeakMap<CommandCall["facts"], Promise<unknown>>();

/** A key may be sent together with the machine that it is for. */
function inTurn<T>({ facts }: CommandCall, run: () => Promise<T>): Promise<T> {
  const turn = (last.get(facts) ?? Promise.resolve()).then(run);
  last.set(
    facts,
    turn.catch(() => {}),
  );
  return turn;
}

async function change(call: CommandCall): Promise<string> {
  const [verb = "list", ...words] = call.args.split(/\s+/).filter(Boolean);
  const [name = "", address = ""] = words;
  switch (`${verb.toLowerCase()} ${words.length}`) {
    case "list 0":
      return list(call);
    case "add 2":
      return add(name, address, call);
    case "remove 1":
      return remove(name, call);
    default:
      return USAGE;
  }
}

async function list({ facts }: CommandCall): Promise<string> {
  const all = (await facts.machines()).list();
  if (all.length === 0) return "There are no machines. /ssh add NAME user@host adds one.";
  const lines = all.map(({ name, address, hasKey }) => {
    return `${name}: ${address ?? "of ~/.ssh/config"}${hasKey ? " 🔑" : ""}`;
  });
  return lines.join("\n");
}

async function add(name: string, text: string, { facts }: CommandCall): Promise<string> {
  const { parseAddress } = await import("../../terminal/backends/added-hosts.ts");
  const address: AddedHost | undefined = parseAddress(text);
  if (!address)
    return "That is no address. Write it as user@host or user@host:port, such as root@example.org:2222.";
  const machines = await facts.machines();
  const isNew = !machines.has(name);
  machines.add(name, address);
  return isNew
    ? `${name} is added. Your own keys for SSH are tried there; /ssh key ${name} gives it one of its own.`
    : `${name} has this address now.`;
}

async function remove(name: string, { facts }: CommandCall): Promise<string> {
  return (await facts.machines()).remove(name)
    ? `${name} is removed. What runs there already goes on.`
    : `There is no machine ${name} that was added here. /ssh list shows all.`;
}

async function key(args: string, call: CommandCall): Promise<Reply> {
  const command = readSecretCommand(args);
  const machine = command.kind === "ask" || command.kind === "set" ? machineOf(command.name) : undefined;
  if (machine !== undefined && command.kind === "ask") return ask(command.name, machine, call);
  if (machine !== undefined && command.kind === "set") return take(command.name, machine, call);
  // Whatever was covered may have been a key.
  if (call.args.includes(COVERED)) call.erase();
  return said(USAGE);
}

async function ask(secret: string, machine: string, call: CommandCall): Promise<Reply> {
  const { secrets, place, messageId, facts } = call;
  if (!(await facts.machines()).has(machine)) {
    await secrets.askNoMore(place.chatId, secret);
    return said(unknown(machine));
  }
  if (!(await secrets.ask(place.chatId, messageId, secret))) return undefined;
  return said(
    `🔑 Your next message is the private key for ${machine}, all lines of it, without a passphrase. I take it out of this chat at once. /cancel if you do not want to.`,
  );
}

async function take(secret: string, machine: string, call: CommandCall): Promise<Reply> {
  const { secrets, place, messageId, facts } = call;
  const given = secrets.take(place.chatId, messageId);
  call.erase();
  if (!(await facts.machines()).has(machine)) return said(`${unknown(machine)} Nothing was stored.`);
  if (given === undefined) {
    await secrets.askAgain(place.chatId, secret);
    return said(
      `🔑 The bridge went down before the key for ${machine} was stored. Send it again: your next message is the key. /cancel if you do not want to.`,
    );
  }
  if (given.tooLong)
    return said(
      `That is too long for a message, which the phone may have cut: ${LONGEST_VALUE} characters are the most, and nothing was stored. A key of the kind ed25519 is short.`,
    );
  const fingerprint = await (await facts.machines()).giveKey(machine, given.value);
  return said(`🔑 The key for ${machine} is stored, encrypted (${fingerprint}).`);
}

function unknown(machine: string): string {
  return `There is no machine ${machine}. /ssh add ${machine} user@host adds it; then give it its key.`;
}

function said(text: string): Reply {
  return { text: plain(text) };
}
