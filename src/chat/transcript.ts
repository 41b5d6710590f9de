import type { TranscriptEntry } from "../agents/sessions.ts";

/** What is older than that many bytes is left out: a chat takes files of 50 MB. */
const MOST_BYTES = 20 << 20;

export interface Transcript {
  add(entry: TranscriptEntry): void;
  /** All of it as Markdown; undefined when there is nothing to be read. */
  markdown(): string | undefined;
}

/**
 * Writes down what was said and done in a session: prompts and answers as they were, each tool as one line.
 * @param agent what the answers are headed with.
 */
export function createTranscript(
  title: string,
  agent: string,
  redact: (text: string) => string,
  mostBytes = MOST_BYTES,
): Transcript {
  const pieces: string[] = [];
  let first = 0;
  let bytes = 0;
  let speaker = "";
  const write = (text: string): void => {
    pieces.push(text);
    bytes += Buffer.byteLength(text);
    for (; bytes > mostBytes && first < pieces.length - 1; first += 1) {
      bytes -= Buffer.byteLength(pieces[first] ?? "");
      pieces[first] = "";
    }
  };
  /** Several pieces of one speaker are under one heading. */
  const head = (next: string): void => {
    if (speaker !== next) write(`\n## ${next}\n`);
    speaker = next;
  };
  let wasTool = false;
  return {
    add(entry) {
      const isTool = entry.kind === "tool";
      if (isTool) {
        head(agent);
        // As code, so that nothing in it is Markdown.
        const summary = redact(entry.summary).replaceAll("`", "'").trim();
        write(`${wasTool ? "" : "\n"}- 🔧 ${redact(entry.name)}${summary === "" ? "" : ` \`${summary}\``}\n`);
      } else if (entry.text.trim() !== "") {
        head(entry.kind === "prompt" ? "Prompt" : agent);
        write(`\n${redact(entry.text).trim()}\n`);
        // The next prompt has a heading of its own, also right after this one.
        if (entry.kind === "prompt") speaker = "";
      }
      wasTool = isTool;
    },
    markdown() {
      if (pieces.length === 0) return undefined;
      const left = first > 0 ? "\n(The beginning is left out: it would be too long.)\n" : "";
      return `# ${redact(title)}\n${left}${pieces.slice(first).join("")}`;
    },
  };
}
