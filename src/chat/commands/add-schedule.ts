import { MOST_SCHEDULES } from "../../schedules/book.ts";
import type { Asked } from "../../schedules/read-timing.ts";
import { timingWords, whenWords } from "../../schedules/words.ts";
import { plain } from "../../text/entities.ts";
import type { CommandCall, Reply } from "./command.ts";

/** Those of the agent's own are prompts like any other. */
const NAME = /^\/(\w+)(?:@\w+)?(?=\s|$)/;

/** Makes the schedule that was asked for, in this chat and in the name of whoever asked. */
export async function addSchedule(asked: Asked, call: CommandCall): Promise<Reply> {
  if ("fault" in asked) return { text: plain(asked.fault) };
  const { person, place, messageId, schedules, updateId, facts, desk } = call;
  const name = NAME.exec(asked.prompt)?.[1];
  if (name !== undefined && call.isCommand(name)) {
    return {
      text: plain(
        `Only prompts can be planned, and /${name} is a command of nanogent. Send it by itself when you want it.`,
      ),
    };
  }
  const author = { id: person.id, name: person.name };
  const refusal = desk.shell.refusal({ place, author, parts: [{ messageId, text: asked.prompt }] });
  if (refusal !== undefined) return { text: plain(refusal) };
  const made = await schedules.add({ ...asked, author, place, messageId }, updateId);
  if (!made) {
    return {
      text: plain(`There are ${MOST_SCHEDULES} schedules already. Delete one in /schedules, then try again.`),
    };
  }
  const when = whenWords(made.next, facts.now());
  const first =
    made.timing.kind === "at" ? "It runs" : `It runs ${timingWords(made.timing)}, for the first time`;
  return { text: plain(`⏰ Noted. ${first} ${when}. /schedules lists it, and pauses or deletes it.`) };
}
