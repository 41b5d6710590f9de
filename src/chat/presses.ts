import { type Desk, mayStop, type Person } from "../jobs/desk.ts";
import { titleOf } from "../jobs/job.ts";
import type { Remedy } from "../jobs/open-cases.ts";
import { showEnd } from "../jobs/reactions.ts";
import type { Log } from "../log.ts";
import type { ScheduleBook } from "../schedules/book.ts";
import { join, plain, styled } from "../text/entities.ts";
import type { Undo } from "../undo/undo.ts";
import { byWhom } from "./by-whom.ts";
import { setAgent } from "./commands/agent.ts";
import type { Answer, Facts } from "./commands/command.ts";
import { setMode } from "./commands/mode.ts";
import { setModel } from "./commands/model.ts";
import { queueView } from "./commands/queue.ts";
import { setSandbox } from "./commands/sandbox.ts";
import { schedulesView } from "./commands/schedules.ts";
import { sessionsView, switchTo } from "./commands/sessions.ts";
import { hurriedNotice } from "./commands/steer.ts";
import { undoTurn } from "./commands/undo.ts";
import { goOn } from "./go-on.ts";
import type { MessageRef, Messenger, Place } from "./messenger.ts";
import type { Requests } from "./requests/requests.ts";

export interface PressOptions {
  readonly desk: Desk;
  readonly schedules: ScheduleBook;
  readonly undo: Undo;
  readonly messenger: Messenger;
  readonly requests: Requests;
  readonly log: Log;
  readonly facts: Facts;
  readonly now: () => number;
}

/** A button press by somebody who may use the bot. `message` is where the button stands. */
export interface Press {
  readonly data: string;
  readonly person: Person;
  readonly message: MessageRef | undefined;
  /** Where that message is. */
  readonly place: Place;
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
    case "ask":
      return options.requests.press(...split(key), press.person);
    case "choose":
      return choose(...split(key), press, options);
    case "steer":
      return hurriedNotice(await options.desk.steer(key, press.person), "It joins the running turn.");
    case "now":
      return hurriedNotice(options.desk.hurry(key, press.person), "Stopping what runs; this is next.");
    case "resume":
    case "again":
    case "run":
    case "drop":
      return settle(key, action, press, options);
    case "go-on":
      return goOn(press.person, options.desk, options.messenger);
    case "undo":
    case "undo-keep":
      return undo(key, action, press, options);
    case "sched-on":
    case "sched-off":
    case "sched-del":
      return reschedule(key, action, press, options);
    case "sessions":
      return turnPage(key, press, options);
    case "session":
      return chooseSession(...split(key), press, options);
    default:
      if (action.startsWith("term-")) return options.facts.terminals.press({ ...press, action, key });
      options.log.warn("press not understood", { data: press.data.slice(0, LONGEST_DATA) });
      return "This button belongs to an older version and does nothing any more.";
  }
}

function split(data: string): [string, string] {
  const colon = data.indexOf(":");
  return colon < 0 ? [data, ""] : [data.slice(0, colon), data.slice(colon + 1)];
}

function stop(id: string, { person }: Press, { desk }: PressOptions): string {
  switch (desk.cancel(person, desk.run(id))) {
    case "stopping":
      return "Stopping …";
    case "not-yours":
      return NOT_YOURS;
    case "not-running":
      return "It is not running any more.";
  }
}

function keepWaiting(id: string, { person }: Press, { desk }: PressOptions): string {
  const run = desk.run(id);
  if (!run) return "It is not running any more.";
  if (!mayStop(person, run.job)) return NOT_YOURS;
  run.keepWaiting();
  return "Waiting on.";
}

/** A prompt's own notice tells what became of it; a list of them is shown anew. */
function remove(key: string, { person, message }: Press, { desk, messenger, now }: PressOptions): string {
  const [id, where] = split(key);
  const removed = desk.remove(id, person);
  if (removed === "not-yours") return NOT_YOURS;
  if (message && where === "list") show(messenger, message, queueView(desk, now()));
  if (!removed) return "It does not wait any more.";
  return "Removed.";
}

/** A list to choose from becomes what was chosen. */
async function choose(
  name: string,
  value: string,
  { person, place, message }: Press,
  { desk, messenger, now }: PressOptions,
): Promise<string> {
  if (person.role !== "owner") return "Only owners may choose that.";
  const [what = "", madeFor] = name.split("@");
  const agent = desk.conversations.agent(place).name;
  if (madeFor !== undefined && madeFor !== agent)
    return `This list belongs to ${madeFor}, and ${agent} answers here now. /${what} lists what it has.`;
  // A list of an older version does not tell whose models it has.
  const known = madeFor !== undefined || (what !== "model" && what !== "effort");
  const said = known ? await choiceMade(what, value, desk, place) : undefined;
  if (said === undefined) return "There is no such choice any more.";
  const verdict = styled("italic", `Chosen${byWhom(person.name, now())}`);
  if (message) show(messenger, message, { text: join([plain(said), verdict], "\n\n") });
  return said;
}

async function choiceMade(
  name: string,
  value: string,
  desk: Desk,
  place: Place,
): Promise<string | undefined> {
  switch (name) {
    case "mode":
      return setMode(desk, place, value);
    case "model":
    case "effort":
      return setModel(desk, place, name, value);
    case "agent":
      return setAgent(desk, place, value);
    case "sandbox":
      return setSandbox(desk, place, value);
    default:
      return undefined;
  }
}

const SCHEDULE_VERDICTS = {
  "sched-on": "Resumed",
  "sched-off": "Paused",
  "sched-del": "Deleted",
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
  if (!changed) return "It is over, or was deleted already. /schedules shows what there is.";
  const verdict = SCHEDULE_VERDICTS[how];
  if (message) {
    const { text, buttons = [] } = schedulesView(schedules, now(), position);
    const title = titleOf({ parts: [{ messageId: 0, text: changed.prompt }], files: [] }, 30);
    const line = styled("italic", `“${title}”: ${verdict.toLowerCase()}${byWhom(person.name, now())}`);
    show(messenger, message, { text: join([text, line], "\n\n"), buttons });
  }
  return `${verdict}.`;
}

async function turnPage(page: string, { place, message }: Press, options: PressOptions): Promise<string> {
  const { desk, messenger, facts } = options;
  const view = await sessionsView(desk, place, facts, Number(page));
  if (message) show(messenger, message, view);
  return "Here it is.";
}

/** `key` names the agent whose session it is, and the session. */
async function chooseSession(
  page: string,
  key: string,
  { place, message }: Press,
  { desk, messenger, facts }: PressOptions,
): Promise<string> {
  const said = await switchTo(...split(key), desk, place, facts);
  if (message) show(messenger, message, await sessionsView(desk, place, facts, Number(page)));
  return said;
}

async function undo(
  id: string,
  how: "undo" | "undo-keep",
  { person, place, message }: Press,
  options: PressOptions,
): Promise<string> {
  if (person.role !== "owner") return "Only owners may undo what a turn has done.";
  const said =
    how === "undo-keep"
      ? `Left as it is${byWhom(person.name, options.now())}.`
      : await undoTurn(id, place, person.name, options.desk, options.undo);
  if (message) show(options.messenger, message, { text: plain(said) });
  return said.split("\n", 1)[0] ?? "";
}

/** What whoever pressed reads, and what stays under the question. */
const VERDICTS: Readonly<Record<Remedy, { readonly notice: string; readonly done: string }>> = {
  resume: { notice: "Resumes.", done: "▶ Resumed" },
  again: { notice: "Runs again.", done: "🔁 Run again" },
  run: { notice: "Runs.", done: "▶ Run" },
  drop: { notice: "Dropped.", done: "✖ Dropped" },
};

async function settle(
  id: string,
  how: Remedy,
  { person, message }: Press,
  options: PressOptions,
): Promise<string> {
  const { desk, messenger, now } = options;
  const open = desk.cases.undecided(id);
  if (!open) return "This has been decided already.";
  if (!mayStop(person, open.job)) return NOT_YOURS;
  const agent = desk.conversations.agent(open.job.place).name;
  if (how === "resume" && open.agent !== agent)
    return `That was a session of ${open.agent}, and ${agent} answers now. Run it again, or drop it.`;
  await desk.cases.settle(open, how);
  if (open.overBudget) desk.budget.offerUntold(open.job.place);
  if (how === "drop") showEnd(open.job, "dropped", messenger);
  const { notice, done } = VERDICTS[how];
  const verdict = styled("italic", `${done}${byWhom(person.name, now())}`);
  if (message)
    show(messenger, message, { text: join([open.last ?? plain(titleOf(open.job)), verdict], "\n\n") });
  return notice;
}

function show(messenger: Messenger, message: MessageRef, answer: Answer): void {
  void messenger.edit(message, () => answer, { final: true });
}
