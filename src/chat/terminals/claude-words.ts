import { asList, asObject, asText, type JsonObject } from "../../agents/json.ts";
import { toolDetail } from "../../agents/tool-detail.ts";
import { toolSummary } from "../../agents/tool-summary.ts";
import type { HookEvent } from "../../terminal/claude/hook-event.ts";
import type { KnownSession } from "../../terminal/registry.ts";
import { clean } from "../../text/clean.ts";
import { cut } from "../../text/cut.ts";
import { concat, type RichText, styled } from "../../text/entities.ts";
import { markdown } from "../../text/markdown.ts";
import { heading } from "./views.ts";

type Redact = (text: string) => string;
type Event<Kind extends HookEvent["kind"]> = HookEvent & { readonly kind: Kind };

const LONGEST_DETAIL = 1_500;
const LONGEST_ANSWER = 500;
const LONGEST_NAME = 100;
const LONGEST_NOTE = 300;

/** What Claude Code asks is answered by yes or no, rather than by a choice of its own. */
export function isYesOrNo(tool: string): boolean {
  return tool !== "AskUserQuestion" && tool !== "ExitPlanMode";
}

/** That it waits for a permission, and for which. */
export function permissionWords(
  known: KnownSession,
  { tool, input }: Event<"permission">,
  redact: Redact,
): RichText {
  const head = concat(heading(known), "\n");
  if (tool === "AskUserQuestion") return concat(head, "❓ Claude asks:\n\n", questionWords(input, redact));
  if (tool === "ExitPlanMode") return concat(head, "📋 Claude has a plan, and waits for your word on it.");
  const { detail, language } = toolDetail(tool, input);
  const shown = clean(redact(detail));
  const isLong = shown.length > LONGEST_DETAIL;
  return concat(
    ...[head, "🔐 Claude wants to use ", styled("bold", shortName(tool, redact))],
    ":\n\n",
    styled("pre", isLong ? `${cut(shown, LONGEST_DETAIL)}…` : shown, language ? { language } : {}),
    isLong ? "\n\nThis is its beginning." : "",
  );
}

/** What became of it, in one line. */
export function verdictWords(
  known: KnownSession,
  { tool, input }: Event<"permission">,
  verdict: string,
  { folder, redact }: { readonly folder: string; readonly redact: Redact },
): RichText {
  const fields = Object.entries(input).map(([name, value]) => [
    name,
    typeof value === "string" ? redact(value) : value,
  ]);
  const summary = clean(toolSummary(Object.fromEntries(fields), folder));
  return concat(
    ...[heading(known), "\n", `${verdict}: ${shortName(tool, redact)} `],
    styled("code", summary),
  );
}

/** That it has done what it was asked for, with the beginning of what it says. */
export function finishedWords(
  known: KnownSession,
  { text, inBackground }: Event<"finished">,
  redact: Redact,
): RichText {
  const said = redact(text).trim();
  const beginning = said.length > LONGEST_ANSWER ? `${cut(said, LONGEST_ANSWER)}…` : said;
  const left = inBackground === 0 ? "" : ` ${inBackground} running in the background.`;
  return concat(
    ...[heading(known), `\n✅ Claude has finished.${left}`],
    said === "" ? "" : concat("\n\n", markdown(beginning)),
  );
}

export function waitingWords(known: KnownSession, { words }: Event<"waiting">, redact: Redact): RichText {
  const told =
    words === undefined ? "💤 Claude waits for you." : `🔔 ${cut(clean(redact(words)), LONGEST_NOTE)}`;
  return concat(heading(known), `\n${told}`);
}

function questionWords(input: JsonObject, redact: Redact): string {
  const questions = asList(input.questions).map((each) => {
    const { question, options } = asObject(each);
    const labels = asList(options).flatMap((option) => asText(asObject(option).label) ?? []);
    return [asText(question) ?? "", ...labels.map((label) => `• ${label}`)].join("\n");
  });
  return cut(clean(redact(questions.join("\n\n"))), LONGEST_DETAIL);
}

/** What is cut first may end in a part of a secret, which nobody knows any more. */
function shortName(tool: string, redact: Redact): string {
  return cut(clean(redact(tool)), LONGEST_NAME);
}
