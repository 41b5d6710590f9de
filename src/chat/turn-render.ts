import type { Usage } from "../agents/agent.ts";
import { contextShare } from "../text/context-share.ts";
import { dollars } from "../text/dollars.ts";
import { amount, duration } from "../text/duration.ts";
import { concat, EMPTY, join, plain, type RichText, styled, wrap } from "../text/entities.ts";
import { markdown } from "../text/markdown.ts";
import { split } from "../text/split.ts";
import { byWhom } from "./by-whom.ts";
import type { FinalAnswer } from "./message-row.ts";
import { type Ending, hasFailed, type ToolLine, type TurnView } from "./turn-view.ts";

interface Limits {
  readonly length: number;
  readonly entities: number;
}

/** An answer that takes more messages than this is sent as a file, with its beginning in one message. */
const MOST_PARTS = 4;
/** Tool calls that are shown while the turn runs. */
const TOOLS_WHILE_RUNNING = 5;
const TAIL_SHOWN = 1_500;
/** A program's own words about its failure may be a page. */
const LONGEST_MESSAGE = 300;

/** What the messages of a running turn show at this moment, one part a message. */
export function renderRunning(view: TurnView, now: number, limits: Limits): RichText[] {
  const progress = renderProgress(view, now);
  const { whole } = view.text;
  if (whole !== undefined) {
    const parts = split(join([answer(view, whole, true), progress], "\n\n"), limits);
    if (parts.length <= MOST_PARTS) return parts;
  }
  // What is frozen stays, and the last message follows the end of the text.
  const frozen = split(answer(view, view.text.head, true), limits).slice(0, MOST_PARTS - 1);
  const tail = view
    .redact(view.text.tail)
    .slice(-TAIL_SHOWN)
    .replace(/^[^\n]*\n/, "");
  const soFar = styled("italic", `… (${amount(view.text.length)} characters so far)`);
  const end = view.output === "raw" ? answer(view, tail, true) : plain(tail.trimEnd());
  return [...frozen, split(join([soFar, end, progress], "\n\n"), limits)[0] ?? soFar];
}

/** The latest tool calls, and a line that tells that time passes. */
export function renderProgress(view: TurnView, now: number): RichText {
  const tools = toolLines(view.tools.slice(-TOOLS_WHILE_RUNNING), hiddenWhileRunning(view));
  return join([tools, noteLines(view), statusLine(view, now)], "\n");
}

/** How an ended turn stays in the chat: in messages, or as its beginning and a file. */
export function renderFinal(view: TurnView, ending: Ending, limits: Limits): FinalAnswer {
  const { whole } = view.text;
  const end = join([endLines(view, ending), noteLines(view)], "\n");
  const inMessages =
    whole === undefined ? beginningAndEnd(view) : [answer(view, whole, false), toolLog(view)];
  const parts = split(join([...inMessages, end], "\n\n"), limits);
  if (whole !== undefined && parts.length <= MOST_PARTS) return { parts };
  const { bytes, complete } = view.text.bytes();
  const note = styled(
    "italic",
    complete
      ? "The whole answer is in the file below."
      : "The file below holds only the beginning of the answer: the rest is more than can be sent, or could not be written to the disk.",
  );
  const room = limits.length - end.text.length - note.text.length - 8;
  const first =
    split(answer(view, view.text.head, false), { length: room, entities: limits.entities - 10 })[0] ?? EMPTY;
  const calls = view.tools.length === 0 ? "" : `\n\n---\n\n${toolLines(view.tools, view.hiddenTools).text}\n`;
  return {
    parts: [join([first, note, end], "\n\n")],
    file: {
      name: view.output === "raw" ? "output.txt" : "answer.md",
      bytes: Buffer.concat([bytes, Buffer.from(calls)]),
      instead: parts,
    },
  };
}

/** What messages can hold of an answer without measure, and where all of it is. */
function beginningAndEnd(view: TurnView): RichText[] {
  const what = view.text.complete ? "all of them are" : "the first 47 MB of them are";
  const missing = styled(
    "italic",
    `… (${amount(view.text.length)} characters; ${what} in ${view.text.path})`,
  );
  return [answer(view, view.text.head, false), missing, plain(view.redact(view.text.tail.trimEnd()))];
}

function answer(view: TurnView, text: string, growing: boolean): RichText {
  const clean = view.redact(text);
  return view.output === "markdown" ? markdown(clean, { growing }) : styled("pre", clean.trimEnd());
}

function hiddenWhileRunning(view: TurnView): number {
  return view.hiddenTools + Math.max(0, view.tools.length - TOOLS_WHILE_RUNNING);
}

function toolLines(tools: readonly ToolLine[], hidden: number): RichText {
  const earlier = hidden > 0 ? [plain(`… ${hidden} earlier`)] : [];
  return join([...earlier, ...tools.map(toolLine)], "\n");
}

function toolLine({ name, summary, nested, state, error }: ToolLine): RichText {
  const mark = state === "failed" ? "❌" : "🔧";
  const cause = state === "failed" && error ? ` (${error})` : "";
  return plain(`${nested ? "   ↳ " : ""}${mark} ${`${name} ${summary}`.trim()}${cause}`);
}

function toolLog(view: TurnView): RichText {
  return wrap(toolLines(view.tools, view.hiddenTools), "expandable_blockquote");
}

function noteLines({ notes, redact }: TurnView): RichText {
  return notes.length === 0 ? EMPTY : styled("italic", redact(notes.join("\n")));
}

function statusLine(view: TurnView, now: number): RichText {
  const tool = view.tools.findLast(({ state }) => state === "running");
  const doing = view.waitingForAnswer ? "waiting for your answer" : (view.held ?? tool?.name ?? "working");
  return styled("italic", `⏳ ${elapsed(now - view.startedAt)} · ${doing}`);
}

// Tenths of seconds in a line that changes every few seconds are noise.
function elapsed(ms: number): string {
  return duration(Math.max(10_000, ms)) === "10 s" ? `${Math.floor(ms / 1000)} s` : duration(ms);
}

function endLines(view: TurnView, ending: Ending): RichText {
  return join([refusals(view), endLine(view, ending)], "\n\n");
}

const MOST_REFUSALS = 5;

function refusals({ refused, redact }: TurnView): RichText {
  if (refused.length === 0) return EMPTY;
  const more = refused.length - MOST_REFUSALS;
  const lines = refused
    .slice(0, MOST_REFUSALS)
    .map((what) => `⛔ Refused without asking you: ${redact(what)}`);
  return plain([...lines, ...(more > 0 ? [`… and ${more} more`] : [])].join("\n"));
}

function endLine(view: TurnView, ending: Ending): RichText {
  switch (ending.kind) {
    case "done": {
      const mark = hasFailed(ending) ? "❌" : "✅";
      const empty =
        view.text.length === 0
          ? plain(view.output === "raw" ? "(no output)" : "(no text in the answer)")
          : EMPTY;
      return join([empty, plain(`${mark} ${footer(ending.usage)}`)], "\n\n");
    }
    case "cancelled": {
      const by = ending.by ? byWhom(ending.by, view.lastActivity) : "";
      return plain(
        ["⏹ Stopped", by, ...[footer(ending.usage ?? {})].filter(Boolean).map((text) => ` · ${text}`)].join(
          "",
        ),
      );
    }
    case "failed": {
      const { hint, detail } = ending.failure;
      const message = ending.failure.message.slice(0, LONGEST_MESSAGE);
      const more = unsaid(detail ?? "", message);
      const folded = more ? styled("expandable_blockquote", more.slice(-1_500)) : EMPTY;
      const used = footer(ending.usage ?? {});
      return join(
        [join([concat("❌ ", styled("bold", message)), plain(hint ?? "")], "\n"), folded, plain(used)],
        "\n",
      );
    }
  }
}

/** What the message has not said already, such as how a program has ended. */
function unsaid(detail: string, message: string): string {
  const [first = "", ...rest] = detail.split("\n");
  return first !== "" && message.includes(first) ? rest.join("\n").trim() : detail;
}

function footer(usage: Partial<Usage>): string {
  const { exitCode, folder, durationMs, turns, costUsd, inputTokens, outputTokens } = usage;
  const { contextTokens, contextWindow, leftBehind } = usage;
  return [
    exitCode === undefined ? undefined : `exit ${exitCode}`,
    folder === undefined ? undefined : `in ${folder}`,
    durationMs === undefined ? undefined : duration(durationMs),
    leftBehind === undefined ? undefined : leftBehindWords(leftBehind),
    // One goes without saying: on a phone the line is short.
    turns === undefined || turns === 1 ? undefined : `${turns} turns`,
    costUsd === undefined || costUsd === 0 ? undefined : dollars(costUsd),
    inputTokens === undefined ? undefined : `${amount(inputTokens)} in / ${amount(outputTokens ?? 0)} out`,
    contextTokens === undefined || contextWindow === undefined
      ? undefined
      : contextWords(contextShare({ contextTokens, contextWindow })),
  ]
    .filter((piece) => piece !== undefined)
    .join(" · ");
}

function leftBehindWords(count: number): string {
  return count === 1 ? "1 process left behind was ended" : `${count} processes left behind were ended`;
}

/** From so many percent on the agent has little room left. */
const NEARLY_FULL = 80;

function contextWords(share: number): string {
  return `context ${share} %${share >= NEARLY_FULL ? ": /new soon" : ""}`;
}
