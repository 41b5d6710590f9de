import { byteSize } from "../../files/byte-size.ts";
import { type ListedFile, listFolder } from "../../files/listing.ts";
import { RefusedFileError } from "../../files/outgoing-file.ts";
import { clean } from "../../text/clean.ts";
import { concat, plain, type RichText, styled } from "../../text/entities.ts";
import type { Command } from "./command.ts";
import { pathArgument } from "./path-argument.ts";

/** A longer list is no help on a phone. */
const MOST_SHOWN = 200;

export const ls: Command = {
  names: ["ls"],
  usage: "[FOLDER]",
  summary: "List the files of the project",
  detail: "Names and sizes, folders first. What /get would not send is left out.",
  async run({ args, facts }) {
    try {
      return { text: shown(await listFolder(pathArgument(args), facts.fileRules())) };
    } catch (error) {
      if (!(error instanceof RefusedFileError)) throw error;
      return { text: plain(error.message) };
    }
  },
};

function shown(files: readonly ListedFile[]): RichText {
  if (files.length === 0) return plain("There is nothing to show in it.");
  const rows = files
    .slice(0, MOST_SHOWN)
    // A name may hold anything, also a line end.
    .map(({ name, folder, size }) => {
      const line = clean(name).replaceAll("\n", " ");
      return `${(folder ? "" : byteSize(size)).padStart(6)}  ${line}${folder ? "/" : ""}`;
    });
  const more = files.length > MOST_SHOWN ? `\n… and ${files.length - MOST_SHOWN} more` : "";
  return concat(styled("pre", rows.join("\n")), more);
}
