import { type Desk, mayStop, type Person } from "../jobs/desk.ts";
import { titleOf } from "../jobs/job.ts";
import type { Remedy } from "../jobs/open-cases.ts";
import type { Log } from "../log.ts";
import type { ScheduleBook } from "../schedules/book.ts";
import { join, plain, styled } from "../text/entities.ts";
import type { Answer } from "./commands/command.ts";
import { queueView } from "./commands/queue.ts";
import { schedulesView } from "./commands/schedules.ts";
import type { MessageRef, Messenger } from "./messenger.ts";
import type { Permissions } from "./permissions.ts";
import type { QueueNotices } from "./queue-notices.ts";

export interface PressOptions {
  readonly desk: Desk;
  readonly schedules: ScheduleBook;
  readonly messenger: Messenger;
  readonly permissions: Permissions;
  readonly notices: QueueNotices;
  readonly log: Log;
  readonly now: () => number;
}

/** A button press by somebody who may use the bot. `message` is where the button stands. */
export interface Press {
  readonly data: string;
  readonly person: Person;
  readonly message: MessageRef | undefined;
}

/** The server takes no more with a button. */
const LONGEST_DATA = 64;
const NOT_YOURS = "Only its author and owners may do that.";

/** Does what the button says. @returns a short notice for whoever pressed it. */
export async function handlePress(press: Press, options: PressOptions): Promise<string> {
  const [action = "", key = ""] = split(press.data);
  switch (action) {
    case "stop":
      return stop(key, press, options);
    case "wait":
      return keepWaiting(key, press, options);
    case "remove":
      return remove(key, press, options);
    case "allow":
    case "deny":
      return decide(key, action === "allow", press, options);
    case "resume":
    case "again":
    case "run":
    case "drop":
      return settle(key, action, press, options);
    case "sched-on":
    case "sched-off":
    case "sched-del":
      return reschedule(key, action, press, options);
    default:
      options.log.warn("press not understood", { data: press.data.slice(0, LONGEST_DATA) });
      return "This button belongs to an older version and does nothing any more.";
  }
}

function split(data: string): [string, string] {
  const colon = data.indexOf(":");
  return colon < 0 ? [data, ""] : [data.slice(0, colon), data.slice(colon + 1)];
}

function stop(id: string, { person }: Press, { desk }: PressOptions): string {
  switch (desk.cancel(person, id)) {
    case "stopping":
      return "Stopping …";
    case "not-yours":
      return NOT_YOURS;
    case "not-running":
      return "It is not running any more.";
  }
}

function keepWaiting(id: string, { person }: Press, { desk }: PressOptions): string {
  if (desk.running?.job.id !== id) return "It is not running any more.";
  if (!mayStop(person, desk.running.job)) return NOT_YOURS;
  desk.running.keepWaiting();
  return "Waiting on.";
}

function remove(
  id: string,
  { person, message }: Press,
  { desk, messenger, notices, now }: PressOptions,
): string {
  const inList = message && !notices.isNotice(id, message);
  const removed = desk.remove(id, person);
  if (removed === "not-yours") return NOT_YOURS;
  if (inList) show(messenger, message, queueView(desk, now()));
  if (!removed) return "It does not wait any more.";
  return "Removed.";
}

function decide(key: string, allow: boolean, { person }: Press, { permissions }: PressOptions): string {
  switch (permissions.answer(key, allow, person)) {
    case "answered":
      return allow ? "Allowed." : "Denied.";
    case "not-yours":
      return NOT_YOURS;
    case "void":
      return "This request is no longer open: it was answered already, or its run has ended.";
  }
}

const SCHEDULE_VERDICTS = {
  "sched-on": "Resumed.",
  "sched-off": "Paused.",
  "sched-del": "Deleted.",
} as const;

async function reschedule(
  id: string,
  how: keyof typeof SCHEDULE_VERDICTS,
  { person, message }: Press,
  { schedules, messenger, now }: PressOptions,
): Promise<string> {
  const act = { "sched-on": "resume", "sched-off": "pause", "sched-del": "remove" } as const;
  const position = schedules.all.findIndex((each) => each.id === id);
  const changed = await schedules[act[how]](id, person);
  if (changed === "not-yours") return NOT_YOURS;
  if (message) show(messenger, message, schedulesView(schedules, now(), position));
  return changed ? SCHEDULE_VERDICTS[how] : "It is over, or was deleted already.";
}

const VERDICTS: Readonly<Record<Remedy, string>> = {
  resume: "Resumes.",
  again: "Runs again.",
  run: "Runs.",
  drop: "Dropped.",
};

async function settle(
  id: string,
  how: Remedy,
  { person, message }: Press,
  options: PressOptions,
): Promise<string> {
  const { desk, messenger } = options;
  const open = desk.cases.undecided(id);
  if (!open) return "This has been decided already.";
  if (!mayStop(person, open.job)) return NOT_YOURS;
  if (how === "resume" && open.agent !== desk.agent.name)
    return `That was a session of ${open.agent}, and ${desk.agent.name} answers now. Run it again, or drop it.`;
  await desk.cases.settle(open, how);
  const verdict = styled("italic", `${VERDICTS[how]} (${person.name})`);
  if (message)
    show(messenger, message, { text: join([open.last ?? plain(titleOf(open.job)), verdict], "\n\n") });
  return VERDICTS[how];
}

function show(messenger: Messenger, message: MessageRef, answer: Answer): void {
  void messenger.edit(message, () => answer, { final: true });
}
