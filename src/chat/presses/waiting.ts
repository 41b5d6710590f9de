import type { Hurried } from "../../jobs/hurry.ts";
import { queueView } from "../commands/queue.ts";
import { NOT_YOURS, type Press, type PressOptions, show, split } from "./press.ts";

/** A prompt's own notice tells what became of it; a list of them is shown anew. */
export function remove(
  key: string,
  { person, message }: Press,
  { desk, messenger, now }: PressOptions,
): string {
  const [id, where] = split(key);
  const removed = desk.remove(id, person);
  if (removed === "not-yours") return NOT_YOURS;
  if (message && where === "list") show(messenger, message, queueView(desk, now()));
  if (!removed) return "It does not wait any more.";
  return "Removed.";
}

export async function steer(id: string, { person }: Press, { desk }: PressOptions): Promise<string> {
  return hurriedNotice(await desk.steer(id, person), "It joins the running turn.");
}

export function interrupt(id: string, { person }: Press, { desk }: PressOptions): string {
  return hurriedNotice(desk.hurry(id, person), "Stopping what runs; this is next.");
}

function hurriedNotice(result: Hurried, done: string): string {
  switch (result) {
    case "done":
      return done;
    case "not-yours":
      return "Only the authors of both prompts and owners may do that.";
    case "not-running":
      return "It does not wait any more, or nothing runs here.";
    case "not-taken":
      return "The agent cannot take it now. It stays in the queue.";
    case "over-budget":
      return "Today's budget is reached: what runs goes on, and this waits.";
  }
}
