import { nameFault } from "../secret-name.ts";

/** What `/secret …` asks for. What cannot be understood may be a value that slipped out of its place. */
export type SecretCommand =
  | { readonly kind: "list" }
  | { readonly kind: "remove" | "ask"; readonly name: string }
  | { readonly kind: "set"; readonly name: string; readonly value: string }
  | { readonly kind: "bad-name"; readonly fault: string; readonly covered: string }
  | { readonly kind: "unclear" };

/** Stands for what must not be written down. */
export const COVERED = "•••";

/** The name of the bot may stand on either side, as it does in groups. */
const COMMAND = /^(?:@\w+\s+)?\/secret(?:@\w+)?(?:\s+([\s\S]*))?$/i;

/** `/ssh key NAME` asks for a secret too: the key of a machine. */
const KEY_COMMAND = /^(?:@\w+\s+)?\/ssh(?:@\w+)?\s+key(?:\s+(\S*)([\s\S]*))?$/i;
/** A key in the wrong place is a key nonetheless. */
const SLIPPED_KEY = /^(?:@\w+\s+)?\/ssh(?:@\w+)?\s[\s\S]*PRIVATE KEY/i;
const MACHINE = "ssh:";
const MACHINE_NAME = /^ssh:[A-Za-z0-9][\w.-]{0,63}$/;

/** The arguments, when the text is this command. */
export function secretArguments(text: string): string | undefined {
  const match = COMMAND.exec(text.trim());
  return match ? (match[1] ?? "").trim() : keyArguments(text);
}

/** The same for the command that asks for the key of a machine. */
export function keyArguments(text: string): string | undefined {
  const match = KEY_COMMAND.exec(text.trim());
  if (match) return `set ${MACHINE}${match[1] ?? ""}${match[2] ?? ""}`;
  return SLIPPED_KEY.test(text.trim()) ? `set ${MACHINE} ${COVERED}` : undefined;
}

/** The machine that a secret is the key of; undefined for all other secrets. */
export function machineOf(secret: string): string | undefined {
  return secret.startsWith(MACHINE) ? secret.slice(MACHINE.length) : undefined;
}

/** How the value of a secret is called in the chat. */
export function valueTitle(secret: string): string {
  const machine = machineOf(secret);
  return machine === undefined ? `The value of ${secret}` : `The key for ${machine}`;
}

export function readSecretCommand(args: string): SecretCommand {
  const [, verb = "", name = "", value = ""] = /^(\S*)\s*(\S*)\s*([\s\S]*)$/.exec(args) ?? [];
  if (/^(list)?$/i.test(verb) && name === "") return { kind: "list" };
  if (!/^(set|remove)$/i.test(verb) || name === "") return { kind: "unclear" };
  const isMachine = MACHINE_NAME.test(name);
  if (isMachine && verb.toLowerCase() === "remove") return { kind: "unclear" };
  const fault = isMachine ? undefined : nameFault(name);
  if (verb.toLowerCase() === "remove")
    return value === "" && fault === undefined ? { kind: "remove", name } : { kind: "unclear" };
  if (fault !== undefined) {
    // What does not look like a name may be the value itself.
    const shown = /^[A-Z_]+$/.test(name) ? name : COVERED;
    const covered = value === "" ? shown : `${shown} ${COVERED}`;
    const isKey = machineOf(name) !== undefined;
    return { kind: "bad-name", fault, covered: isKey ? `/ssh key ${COVERED}` : `/secret set ${covered}` };
  }
  return value === "" ? { kind: "ask", name } : { kind: "set", name, value };
}

/** The command as it may be written down: without a value, and without what may be one. */
export function coveredText(command: SecretCommand): string {
  switch (command.kind) {
    case "list":
      return "/secret list";
    case "remove":
      return `/secret remove ${command.name}`;
    case "ask":
      return askFor(command.name);
    case "set":
      return `${askFor(command.name)} ${COVERED}`;
    case "bad-name":
      return command.covered;
    case "unclear":
      return `/secret ${COVERED}`;
  }
}

function askFor(secret: string): string {
  const machine = machineOf(secret);
  return machine === undefined ? `/secret set ${secret}` : `/ssh key ${machine}`;
}
