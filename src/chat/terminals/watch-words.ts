import type { WatchFor } from "../../terminal/session-watch.ts";
import { duration } from "../../text/duration.ts";

/** What somebody is told of when it happens, one or the other: `“passed” appears`. */
export function watchWords(all: readonly WatchFor[]): string {
  return all.map(wordsOf).join(" or ");
}

function wordsOf(what: WatchFor): string {
  switch (what.kind) {
    case "text":
      return `“${what.text}” appears`;
    case "silence":
      return `nothing comes for ${duration(what.ms)}`;
    case "bell":
      return "it rings the bell";
    case "exit":
      return "it ends";
  }
}
