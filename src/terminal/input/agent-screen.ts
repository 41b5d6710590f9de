import type { Look } from "./look.ts";

/** What an agent's own screen tells of it. */
export interface AgentSign {
  readonly isWorking: boolean;
  readonly evidence: string;
}

/** `✻ Brewing… (3s · esc to interrupt)`, `• Working (1s • esc to interrupt)`, `⠇ Thinking... (esc to cancel, 0s)`. */
const WORKING = /\besc to interrupt\b|\(esc to cancel, \d+\w*\)/i;
/** Claude Code and Codex turn a dot in the title while they work. */
const TURNING = /^[\u2801-\u28ff] /;
const TITLES: readonly { readonly title: RegExp; readonly isWorking: boolean; readonly agent: string }[] = [
  { title: /^✳ /, isWorking: false, agent: "Claude Code" },
  { title: /^✦ +Working/, isWorking: true, agent: "Gemini" },
  { title: /^◇ +Ready/, isWorking: false, agent: "Gemini" },
];
const RULE = /^[\s]*[─━]{8}/;
/** An agent says there, among the last rows with text, what it does. */
const LAST_ROWS = 12;

/** Whether an agent works or waits for its next prompt; undefined for any other program. */
export function agentSign({ rows, cursor }: Look, title: string): AgentSign | undefined {
  if (TURNING.test(title)) return { isWorking: true, evidence: `Its title turns: “${title.trim()}”.` };
  const told = TITLES.find((each) => each.title.test(title));
  if (told)
    return { isWorking: told.isWorking, evidence: `The title of ${told.agent} is “${title.trim()}”.` };
  const end = rows.findLastIndex((row) => row.trim() !== "") + 1;
  const [working] = WORKING.exec(rows.slice(Math.max(0, end - LAST_ROWS), end).join("\n")) ?? [];
  if (working !== undefined) return { isWorking: true, evidence: `The screen says “${working}”.` };
  const isComposer = RULE.test(rows[cursor.row - 1] ?? "") && /^❯/.test(rows[cursor.row] ?? "");
  if (isComposer) return { isWorking: false, evidence: "The cursor is in the input of Claude Code." };
  return undefined;
}
