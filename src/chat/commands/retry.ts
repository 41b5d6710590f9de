import { type Job, promptOf } from "../../jobs/job.ts";
import { mayStop } from "../../jobs/person.ts";
import { plain } from "../../text/entities.ts";
import type { Command } from "./command.ts";

export const retry: Command = {
  names: ["retry"],
  afterPrompts: true,
  summary: "Send the last prompt again",
  async run({ desk, enqueue, person, messageId }) {
    const last = desk.lastJob;
    if (!last) return { text: plain("There is no prompt to repeat yet.") };
    if (!mayStop(person, last)) {
      return { text: plain("The last prompt came from somebody else. Send your own.") };
    }
    // From here on it is this message's prompt: the old one may be in another chat.
    await enqueue({
      parts: [{ messageId, text: promptOf({ parts: last.parts, files: [] }), ...quoteOf(last) }],
      files: last.files,
    });
    return undefined;
  },
};

function quoteOf({ parts }: Job): { quote?: string } {
  const quotes = parts.flatMap(({ quote }) => (quote === undefined ? [] : [quote]));
  return quotes.length === 0 ? {} : { quote: quotes.join("\n\n") };
}
