import { SESSION_NAME } from "../../session-name.ts";
import { readWhere } from "../../terminal/backends.ts";
import { BackendError } from "../../terminal/pty.ts";
import type { OpenRequest } from "../../terminal/registry.ts";

const EXAMPLES: Readonly<Record<string, string>> = { ssh: "web", docker: "db", kubectl: "web-1" };

/**
 * Reads `[@NAME] [host|ssh:NAME|docker:NAME|kubectl:POD] [command]`.
 * @throws BackendError for a name that cannot be one, and for a place without its name.
 */
export function readOpening(words: string): OpenRequest {
  const [, name, rest = ""] = /^(?:@(\S*)\s*)?([\s\S]*)$/.exec(words.trim()) ?? [];
  if (name !== undefined && !SESSION_NAME.test(name))
    throw new BackendError("A name has letters, digits, “.”, “_” and “-”, 64 at most.");
  const [, first = "", behind = ""] = /^(\S*)\s*([\s\S]*)$/.exec(rest) ?? [];
  const where = readWhere(first);
  // A place without its name is no command either.
  const [, kind] = /^(ssh|docker|kubectl):$/.exec(first) ?? [];
  if (kind !== undefined)
    throw new BackendError(`Which one? Write its name behind the colon, such as ${kind}:${EXAMPLES[kind]}.`);
  const command = where ? behind : rest;
  return {
    ...(name === undefined ? {} : { name }),
    ...(where ? { where } : {}),
    ...(command === "" ? {} : { command }),
  };
}
