import { plain } from "../../text/entities.ts";
import { UndoFault } from "../../undo/shadow.ts";
import { byWhom } from "../by-whom.ts";
import { undoTurn } from "../commands/undo.ts";
import { conversationOf } from "../messenger.ts";
import { type PressHandler, show } from "./press.ts";

/** What is done about the changes of a turn, which are shown with the button. */
export function undo(how: "undo" | "keep"): PressHandler {
  return async (id, { person, place, message }, { desk, undo, messenger, now }) => {
    if (person.role !== "owner") return "Only owners may undo what a turn has done.";
    try {
      if (how === "keep") await undo.checkLast(conversationOf(place), id);
      const said =
        how === "keep"
          ? `Left as it is${byWhom(person.name, now())}.`
          : await undoTurn(id, place, person.name, desk, undo);
      if (message) show(messenger, message, { text: plain(said) });
      return said.split("\n", 1)[0] ?? "";
    } catch (error) {
      if (!(error instanceof UndoFault)) throw error;
      // What the message shows stays: by now that may be what the first of two taps has undone.
      return error.message;
    }
  };
}
