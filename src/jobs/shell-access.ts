import type { Role } from "../chat/access.ts";
import type { Place } from "../chat/messenger.ts";
import type { ShellUse } from "../config-keys.ts";

/** Why somebody may not run commands of a shell there, as a sentence for the chat; undefined when he may. */
export function shellFault(use: ShellUse, role: Role | undefined, { chatId }: Place): string | undefined {
  if (use === "off") return "Shell commands are off here (NANOGENT_SHELL=off).";
  if (role !== "owner") return "Shell commands are for owners of this bot only.";
  if (chatId < 0 && use !== "groups")
    return "Shell commands are off in groups. NANOGENT_SHELL=groups allows them to owners.";
  return undefined;
}
