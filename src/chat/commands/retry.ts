import { plain } from "../../text/entities.ts";
import type { Command } from "./command.ts";

export const retry: Command = {
  names: ["retry"],
  summary: "Send the last prompt again",
  async run({ desk, enqueue, person }) {
    const last = desk.lastJob;
    if (!last) return { text: plain("There is no prompt to repeat yet.") };
    if (person.role !== "owner" && last.author.id !== person.id) {
      return { text: plain("The last prompt came from somebody else. Send your own.") };
    }
    await enqueue({ parts: last.parts, files: last.files });
    return undefined;
  },
};
