import { cancel } from "./cancel.ts";
import type { Command } from "./command.ts";
import { diff } from "./diff.ts";
import { doctor } from "./doctor.ts";
import { get } from "./get.ts";
import { helpCommand } from "./help.ts";
import { ls } from "./ls.ts";
import { newSession } from "./new.ts";
import { pair } from "./pair.ts";
import { queue } from "./queue.ts";
import { retry } from "./retry.ts";
import { status } from "./status.ts";

/** Every command, in the order in which `/help` and the phone's menu show them. */
export const COMMANDS: readonly Command[] = [
  status,
  queue,
  cancel,
  newSession,
  retry,
  get,
  ls,
  diff,
  doctor,
  helpCommand(() => COMMANDS),
  pair,
];

export function findCommand(name: string): Command | undefined {
  return COMMANDS.find(({ names }) => names.includes(name.toLowerCase()));
}
