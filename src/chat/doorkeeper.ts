import { readFileSync } from "node:fs";
import { readEnvFile, withEnvValue, writeFilePrivately } from "../env-file.ts";
import type { Log } from "../log.ts";
import type { Access } from "./access.ts";
import type { Incoming } from "./incoming.ts";
import type { Pairing } from "./pairing.ts";
import { createRefusals } from "./refusals.ts";

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
        return pair(message, pairing, options);
      if (!refusals.due(message.author.id)) return undefined;
      options.log.info("stranger refused", { user: message.author.id });
      return access.unpaired
        ? `This bot has no owner yet. If it is yours, send /pair and the code from its console. Your id is ${message.author.id}.`
        : `You may not use this bot. Your id is ${message.author.id}; its owner can add it to TELEGRAM_ALLOWED_USER_IDS.`;
    },
  };
}

function pair({ author, place, command }: Incoming, pairing: Pairing, options: DoorkeeperOptions): string {
  const { access, envPath, log, announce } = options;
  switch (pairing.attempt(place.chatId, command?.args ?? "")) {
    case "wrong":
      return "That is not the code. Look at the console where nanogent runs.";
    case "locked":
      announce(
        `Pairing is locked for an hour: too many wrong codes, the last ones from chat ${place.chatId}. Restart nanogent for a new code.`,
      );
      return "Too many wrong codes. Pairing is locked for an hour; restarting nanogent gives a new code.";
    case "closed":
      return "This bot is paired already.";
    case "paired":
      access.allowUser(author.id);
      announce(`Paired with ${author.name} (id ${author.id}).`);
      try {
        addUserToEnv(envPath, author.id);
        return `Welcome, ${author.name}. You are the owner of this bot now. Send a prompt, or /help.`;
      } catch (error) {
        log.error("pairing not saved", { error });
        return `Welcome, ${author.name}. This holds until the next start only, since .env could not be written: put TELEGRAM_ALLOWED_USER_IDS=${author.id} into it.`;
      }
  }
}

function addUserToEnv(path: string, id: number): void {
  const key = "TELEGRAM_ALLOWED_USER_IDS";
  const before = readEnvFile(path).entries.get(key)?.value ?? "";
  writeFilePrivately(path, withEnvValue(textOf(path), key, before === "" ? String(id) : `${before},${id}`));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
