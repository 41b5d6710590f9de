import type { JobDraft } from "../../jobs/job.ts";
import { plain } from "../../text/entities.ts";
import type { Command, CommandCall } from "./command.ts";

export const steer: Command = {
  names: ["steer"],
  usage: "text",
  summary: "Tell the running turn something at once",
  detail:
    "The agent reads it before its next step and goes on with its work. When nothing runs here, or the agent cannot take it, it is an ordinary prompt.",
  async run(call) {
    if (call.args === "") return { text: plain("Say what: /steer use tabs, not spaces") };
    await call.enqueue(draftOf(call), "steer");
    return undefined;
  },
};

export const now: Command = {
  names: ["now"],
  usage: "text",
  summary: "Stop what runs here and run this instead",
  detail: "What the agent has said so far stays, and so does its session: the new prompt goes on from there.",
  async run(call) {
    if (call.args === "") return { text: plain("Say what: /now run the tests first") };
    await call.enqueue(draftOf(call), "interrupt");
    return undefined;
  },
};

function draftOf({ args, messageId, quote }: CommandCall): Pick<JobDraft, "parts" | "files"> {
  return { parts: [{ messageId, text: args, ...(quote === undefined ? {} : { quote }) }], files: [] };
}
