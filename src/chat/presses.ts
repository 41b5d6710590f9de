import { goOn } from "./go-on.ts";
import { choose } from "./presses/choose.ts";
import { type Press, type PressHandler, type PressOptions, split } from "./presses/press.ts";
import { keepWaiting, stop } from "./presses/running.ts";
import { reschedule } from "./presses/schedules.ts";
import { chooseSession, turnPage } from "./presses/sessions.ts";
import { settle } from "./presses/settle.ts";
import { undo } from "./presses/undo.ts";
import { interrupt, remove, steer } from "./presses/waiting.ts";

/** What each kind of button does, by its name. */
const HANDLERS: Readonly<Record<string, PressHandler>> = {
  stop,
  wait: keepWaiting,
  remove,
  steer,
  now: interrupt,
  ask: (key, { person }, { requests }) => requests.press(...split(key), person),
  choose,
  resume: settle("resume"),
  again: settle("again"),
  run: settle("run"),
  drop: settle("drop"),
  "go-on": (_, { person }, { desk, messenger, now }) => goOn(person, desk, messenger, now()),
  undo: undo("undo"),
  "undo-keep": undo("keep"),
  "sched-on": reschedule("resume"),
  "sched-off": reschedule("pause"),
  "sched-del": reschedule("remove"),
  sessions: turnPage,
  session: chooseSession,
};

/** The server takes no more with a button. */
const LONGEST_DATA = 64;

/** Does what the button says. @returns a short notice for whoever pressed it. */
export async function handlePress(press: Press, options: PressOptions): Promise<string> {
  const [action, key] = split(press.data);
  const handler = Object.hasOwn(HANDLERS, action) ? HANDLERS[action] : undefined;
  if (handler) return handler(key, press, options);
  if (action.startsWith("term-")) return options.facts.terminals.press({ ...press, action, key });
  options.log.warn("press not understood", { data: press.data.slice(0, LONGEST_DATA) });
  return "This button belongs to an older version and does nothing any more.";
}
