import { type Changes, gitChanges } from "../../files/git-diff.ts";
import { RefusedFileError } from "../../files/outgoing-file.ts";
import { clean } from "../../text/clean.ts";
import { concat, plain, type RichText, styled } from "../../text/entities.ts";
import type { Command } from "./command.ts";
import { pathArgument } from "./path-argument.ts";

/** What fits into one message, with some words below it. */
const LONGEST_SHOWN = 3_000;
const MOST_NAMES = 30;

export const diff: Command = {
  names: ["diff"],
  usage: "[PATH]",
  summary: "What has changed since the last commit",
  detail:
    "The output of git diff HEAD, as a file when it is long, and the names of files that git does not know yet. What /get would not send is left out.",
  async run({ args, facts, sendFile }) {
    try {
      const changes = await gitChanges(pathArgument(args), facts.fileRules(), facts.env);
      const { diff, untracked } = changes;
      if (diff === "" && untracked.length === 0)
        return { text: plain("Nothing has changed since the last commit.") };
      const text = clean(diff).trimEnd();
      if (text.length <= LONGEST_SHOWN) return { text: shown(text, changes) };
      const sent = await sendFile({
        name: "changes.diff",
        bytes: Buffer.from(diff),
        caption: summaryOf(changes),
      });
      if (!sent)
        return { text: plain("The changes are too long for a message, and the file could not be sent.") };
      return untracked.length > 0 ? { text: newFiles(untracked) } : undefined;
    } catch (error) {
      if (!(error instanceof RefusedFileError)) throw error;
      return { text: plain(error.message) };
    }
  },
};

function shown(text: string, { untracked }: Changes): RichText {
  const pieces = [
    ...(text === "" ? [] : [styled("pre", text, { language: "diff" })]),
    ...(untracked.length === 0 ? [] : [newFiles(untracked)]),
  ];
  return concat(...pieces.flatMap((piece, index) => (index === 0 ? [piece] : ["\n", piece])));
}

function newFiles(names: readonly string[]): RichText {
  const lines = names.slice(0, MOST_NAMES).map((name) => `+ ${clean(name).replaceAll("\n", " ")}`);
  const more = names.length > MOST_NAMES ? [`… and ${names.length - MOST_NAMES} more`] : [];
  return plain(["Not yet in git:", ...lines, ...more].join("\n"));
}

function summaryOf({ diff }: Changes): string {
  const count = diff.match(/^diff --git /gm)?.length ?? 0;
  return `${count} ${count === 1 ? "file has" : "files have"} changed.`;
}
