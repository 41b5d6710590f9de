import { titleOf } from "../../jobs/job.ts";
import { join, styled } from "../../text/entities.ts";
import { byWhom } from "../by-whom.ts";
import { schedulesView } from "../commands/schedules.ts";
import { NOT_YOURS, type PressHandler, show } from "./press.ts";

const VERDICTS = { resume: "Resumed", pause: "Paused", remove: "Deleted" } as const;

/** What a button in the list of schedules does to one of them; the list is shown anew. */
export function reschedule(how: keyof typeof VERDICTS): PressHandler {
  return async (id, { person, message }, { schedules, messenger, now }) => {
    const position = schedules.all.findIndex((each) => each.id === id);
    const changed = await schedules[how](id, person);
    if (changed === "not-yours") return NOT_YOURS;
    if (!changed) return "It is over, or was deleted already. /schedules shows what there is.";
    const verdict = VERDICTS[how];
    if (message) {
      const { text, buttons = [] } = schedulesView(schedules, now(), position);
      const title = titleOf({ parts: [{ messageId: 0, text: changed.prompt }], files: [] }, 30);
      const line = styled("italic", `“${title}”: ${verdict.toLowerCase()}${byWhom(person.name, now())}`);
      show(messenger, message, { text: join([text, line], "\n\n"), buttons });
    }
    return `${verdict}.`;
  };
}
