import { findCommand } from "./commands/all.ts";
import { now, steer } from "./commands/steer.ts";
import type { Incoming } from "./incoming.ts";

/** What an edited message says as a prompt; undefined when it is a command, which no prompt can become. */
export function editedPrompt({ command, files, text }: Incoming): string | undefined {
  const known = command && files.length === 0 ? findCommand(command.name) : undefined;
  if (!command || !known) return text;
  // These carry a prompt, and may have brought the one that is changed.
  return known === steer || known === now ? command.args || undefined : undefined;
}
