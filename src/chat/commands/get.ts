import { openOutgoing, RefusedFileError } from "../../files/outgoing-file.ts";
import { readOutgoing } from "../../files/read-outgoing.ts";
import { plain } from "../../text/entities.ts";
import type { Command } from "./command.ts";
import { pathArgument } from "./path-argument.ts";

export const get: Command = {
  names: ["get"],
  usage: "PATH",
  summary: "Send a file of the project",
  detail:
    "Any file in the project up to 50 MB, but for keys, passwords, the state of git and nanogent, and what NANOGENT_DENY_FILES names. Pictures are shown as such. /ls shows what there is.",
  async run({ args, facts, sendFile }) {
    if (args === "") return { text: plain("Which file? /get PATH sends it; /ls shows what there is.") };
    const path = pathArgument(args);
    const rules = facts.fileRules();
    try {
      const content = await readOutgoing(await openOutgoing(path, rules), rules.secrets);
      if (await sendFile(content)) return undefined;
      return { text: plain(`${path} could not be sent.`) };
    } catch (error) {
      if (!(error instanceof RefusedFileError)) throw error;
      return { text: plain(error.message) };
    }
  },
};
