import { mayStop } from "../../jobs/person.ts";
import { NOT_YOURS, type Press, type PressOptions } from "./press.ts";

/** ⏹ Stop, under an answer that is being written. */
export function stop(id: string, { person }: Press, { desk }: PressOptions): string {
  switch (desk.cancel(person, desk.run(id))) {
    case "stopping":
      return "Stopping …";
    case "not-yours":
      return NOT_YOURS;
    case "not-running":
      return "It is not running any more.";
  }
}

/** The answer to the question about a job that shows no sign of life. */
export function keepWaiting(id: string, { person }: Press, { desk }: PressOptions): string {
  const run = desk.run(id);
  if (!run) return "It is not running any more.";
  if (!mayStop(person, run.job)) return NOT_YOURS;
  run.keepWaiting();
  return "Waiting on.";
}
