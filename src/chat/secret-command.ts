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

/** The arguments, when the text is this command. */
export function secretArguments(text: string): string | undefined {
  const match = COMMAND.exec(text.trim());
  return match ? (match[1] ?? "").trim() : undefined;
}

export function readSecretCommand(args: string): SecretCommand {
  const [, verb = "", name = "", value = ""] = /^(\S*)\s*(\S*)\s*([\s\S]*)$/.exec(args) ?? [];
  if (/^(list)?$/i.test(verb) && name === "") return { kind: "list" };
  if (!/^(set|remove)$/i.test(verb) || name === "") return { kind: "unclear" };
  const fault = nameFault(name);
  if (verb.toLowerCase() === "remove")
    return value === "" && fault === undefined ? { kind: "remove", name } : { kind: "unclear" };
  if (fault !== undefined) {
    // What does not look like a name may be the value itself.
    const shown = /^[A-Z_]+$/.test(name) ? name : COVERED;
    return { kind: "bad-name", fault, covered: value === "" ? shown : `${shown} ${COVERED}` };
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
      return `/secret set ${command.name}`;
    case "set":
      return `/secret set ${command.name} ${COVERED}`;
    case "bad-name":
      return `/secret set ${command.covered}`;
    case "unclear":
      return `/secret ${COVERED}`;
  }
}
