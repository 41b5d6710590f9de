import type { Author } from "../jobs/job.ts";
import type { Log } from "../log.ts";
import type { Access } from "./access.ts";
import { addUserToEnv } from "./allowlist.ts";
import type { Incoming } from "./incoming.ts";
import type { Pairing } from "./pairing.ts";
import { createRefusals, type Refusals } from "./refusals.ts";

export interface DoorkeeperOptions {
  readonly access: Access;
  /** Only while nobody is allowed yet. */
  readonly pairing: Pairing | undefined;
  readonly envPath: string;
  readonly log: Log;
  /** Milliseconds that never jump. */
  readonly now: () => number;
  /** For the person at the console. */
  readonly announce: (line: string) => void;
}

/** Speaks with those who are not allowed in: pairs the first one, refuses the others shortly and seldom. */
export interface Doorkeeper {
  /** What to reply to somebody without a role; undefined for silence. */
  meet(message: Incoming): string | undefined;
}

export function createDoorkeeper(options: DoorkeeperOptions): Doorkeeper {
  const refusals = createRefusals(options.now);
  return {
    meet(message) {
      if (message.inGroup) return undefined;
      const { access, pairing } = options;
      if (message.command?.name.toLowerCase() === "pair" && pairing && access.unpaired)
        return pair(message, pairing, options, refusals);
      if (!refusals.due(message.author.id)) return undefined;
      options.log.info("stranger refused", { user: message.author.id });
      return access.unpaired && pairing
        ? `This bot has no owner yet. If it is yours, send /pair and the code from its console. Your id is ${message.author.id}.`
        : `You may not use this bot. Your id is ${message.author.id}; its owner can add it to TELEGRAM_ALLOWED_USER_IDS.`;
    },
  };
}

function pair(
  { author, place, command }: Incoming,
  pairing: Pairing,
  { access, envPath, log, announce }: DoorkeeperOptions,
  refusals: Refusals,
): string | undefined {
  const locked = "Too many wrong codes. Pairing is locked for an hour; restarting nanogent gives a new code.";
  switch (pairing.attempt(place.chatId, command?.args ?? "")) {
    case "wrong":
      return "That is not the code. Look at the console where nanogent runs.";
    case "locking":
      announce(
        `Pairing is locked for an hour: too many wrong codes, the last one from chat ${place.chatId}. Restart nanogent for a new code.`,
      );
      return locked;
    case "locked":
      return refusals.due(author.id) ? locked : undefined;
    case "closed":
      return "This bot is paired already.";
    case "paired":
      access.allowUser(author.id);
      announce(`Paired with ${author.name} (id ${author.id}).`);
      return welcome(author, envPath, access, log);
  }
}

function welcome({ id, name }: Author, envPath: string, access: Access, log: Log): string {
  const role = access.roleOf({ id, is_bot: false, first_name: name }, { id, type: "private" });
  const rights = role === "owner" ? "You are the owner of this bot now" : "You may use this bot now";
  try {
    addUserToEnv(envPath, id);
    return `Welcome, ${name}. ${rights}. Send a prompt, or /help.`;
  } catch (error) {
    log.error("pairing not saved", { error });
    return `Welcome, ${name}. ${rights}, but only until the next start, since .env could not be written: put TELEGRAM_ALLOWED_USER_IDS=${id} into it.`;
  }
}
