import type { Desk } from "../jobs/desk.ts";
import type { Log } from "../log.ts";
import type { ScheduleBook } from "../schedules/book.ts";
import type { Undo } from "../undo/undo.ts";
import type { Access } from "./access.ts";
import { moveChatInEnv } from "./allowlist.ts";

export interface MigrationOptions {
  readonly schedules: ScheduleBook;
  readonly desk: Desk;
  readonly undo: Undo;
  readonly access: Access;
  /** The project's `.env`. */
  readonly envPath: string;
  readonly log: Log;
  /** For the person at the console. */
  readonly announce: (line: string) => void;
}

/** A group became a supergroup, which has another id: all that is known of it goes on there. */
export function followMigration(from: number, to: number, options: MigrationOptions): void {
  const { schedules, desk, undo, access } = options;
  schedules.moveChat(from, to);
  desk.moveChat(from, to);
  undo.moveChat(from, to);
  if (access.moveChat(from, to)) rememberMove(from, to, options);
}

function rememberMove(from: number, to: number, { envPath, log, announce }: MigrationOptions): void {
  log.info("allowed group has a new id", { from, to });
  try {
    moveChatInEnv(envPath, from, to);
    announce(`The group ${from} has become the supergroup ${to}; .env has its new id.`);
  } catch (error) {
    log.error("new id of a group not saved", { error });
    announce(
      `The group ${from} has become the supergroup ${to}. Put that id into TELEGRAM_ALLOWED_CHAT_IDS.`,
    );
  }
}
