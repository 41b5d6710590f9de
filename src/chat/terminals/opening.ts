import { SESSION_NAME } from "../../session-name.ts";
import { readWhere } from "../../terminal/backends.ts";
import { BackendError } from "../../terminal/pty.ts";
import type { OpenRequest } from "../../terminal/registry.ts";

/**
 * Reads `[@NAME] [host|ssh:NAME|docker:NAME|kubectl:POD] [command]`.
 * @throws BackendError for a name that cannot be one.
 */
export function readOpening(words: string): OpenRequest {
  const [, name, rest = ""] = /^(?:@(\S+)\s*)?([\s\S]*)$/.exec(words.trim()) ?? [];
  if (name !== undefined && !SESSION_NAME.test(name))
    throw new BackendError("A name has letters, digits, “.”, “_” and “-”, 64 at most.");
  const [, first = "", behind = ""] = /^(\S*)\s*([\s\S]*)$/.exec(rest) ?? [];
  const where = readWhere(first);
  const command = where ? behind : rest;
  return {
    ...(name === undefined ? {} : { name }),
    ...(where ? { where } : {}),
    ...(command === "" ? {} : { command }),
  };
}
