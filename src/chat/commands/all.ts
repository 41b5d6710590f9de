import { agent } from "./agent.ts";
import { at } from "./at.ts";
import { cancel } from "./cancel.ts";
import type { Command } from "./command.ts";
import { daily } from "./daily.ts";
import { diff } from "./diff.ts";
import { doctor } from "./doctor.ts";
import { every } from "./every.ts";
import { exportSession } from "./export.ts";
import { fork } from "./fork.ts";
import { get } from "./get.ts";
import { helpCommand } from "./help.ts";
import { ls } from "./ls.ts";
import { mode } from "./mode.ts";
import { effort, model } from "./model.ts";
import { newSession } from "./new.ts";
import { pair } from "./pair.ts";
import { queue } from "./queue.ts";
import { rename } from "./rename.ts";
import { resume } from "./resume.ts";
import { retry } from "./retry.ts";
import { sandbox } from "./sandbox.ts";
import { schedules } from "./schedules.ts";
import { secret } from "./secret.ts";
import { sessions } from "./sessions.ts";
import { ssh } from "./ssh.ts";
import { status } from "./status.ts";
import { now, steer } from "./steer.ts";
import { screen, term, terms, type, watch } from "./terminals.ts";
import { undo } from "./undo.ts";
import { usage } from "./usage.ts";

/** Every command, in the order in which `/help` and the phone's menu show them. */
export const COMMANDS: readonly Command[] = [
  status,
  usage,
  queue,
  cancel,
  steer,
  now,
  newSession,
  sessions,
  resume,
  fork,
  rename,
  exportSession,
  retry,
  get,
  ls,
  diff,
  undo,
  mode,
  model,
  effort,
  agent,
  sandbox,
  every,
  at,
  daily,
  schedules,
  term,
  terms,
  screen,
  type,
  watch,
  secret,
  ssh,
  doctor,
  helpCommand(() => COMMANDS),
  pair,
];

export function findCommand(name: string): Command | undefined {
  return COMMANDS.find(({ names }) => names.includes(name.toLowerCase()));
}
