import { existsSync } from "node:fs";
import type { Failure, FailureCode } from "../agent.ts";
import { asList, asNumber, asText, type JsonObject } from "../json.ts";
import type { ProcessExit } from "../process/process.ts";

interface Rule {
  readonly code: FailureCode;
  /** HTTP status codes of the model's service (https://docs.claude.com/en/api/errors). */
  readonly statuses?: readonly number[];
  readonly words: RegExp;
  readonly message: string;
  readonly hint?: string;
}

/** How to log Claude Code in. */
export const LOGIN_HINT =
  "Run `claude` in a terminal on that machine and type `/login`, or set a valid ANTHROPIC_API_KEY.";

// In order: the first one that fits by its words or status. The words are those of the program, seen by running it.
const RULES: readonly Rule[] = [
  {
    code: "no-session",
    words: /no conversation found with session id|requires a valid session id/i,
    message: "The session to go on with does not exist any more.",
    hint: "Start a fresh one.",
  },
  {
    code: "context",
    words: /prompt is too long|(context|conversation) (limit|window|is too long)|too long for the context/i,
    message: "The conversation is longer than the model takes.",
    hint: "Send `/compact` to shorten it, or start a fresh one.",
  },
  {
    code: "auth",
    statuses: [401, 403],
    words:
      /run \/login|not logged in|invalid api key|fix external api key|oauth token (has )?(expired|revoked)/i,
    message: "Claude Code is not logged in, or its key was refused.",
    hint: LOGIN_HINT,
  },
  {
    code: "rate-limit",
    statuses: [429],
    words: /rate.?limit|limit reached|hit your .*limit|reached your .*limit|credit balance/i,
    message: "The account's limit is used up for now",
  },
  {
    code: "overloaded",
    statuses: [503, 529],
    words: /overloaded|at capacity|no capacity/i,
    message: "The model's service is overloaded.",
    hint: "Try again in a few minutes.",
  },
  {
    code: "network",
    words:
      /unable to connect|connection (error|refused|reset|closed)|request timed out|fetch failed|socket hang up|E(CONN|NOTFOUND|AI_AGAIN|TIMEDOUT)/i,
    message: "Claude Code could not reach the model.",
    hint: "Check the machine's network and proxy settings.",
  },
  {
    code: "config",
    statuses: [404],
    words: /issue with the selected model/i,
    message: "The model does not exist, or the account may not use it.",
    hint: "Choose another model.",
  },
];

/** What went wrong, from a `result` with `is_error`. */
export function resultFailure(result: JsonObject, stderr: string): Failure {
  const said = [result.result, ...asList(result.errors)].map((text) => asText(text) ?? "").filter(Boolean);
  const text = said.join("\n");
  const status = asNumber(result.api_error_status);
  const raw = [text, stderr].filter(Boolean).join("\n");
  const rule =
    RULES.find(({ words }) => words.test(text)) ??
    RULES.find(({ statuses }) => status !== undefined && statuses?.includes(status));
  if (!rule) return { code: "error", message: otherMessage(result, text), ...(raw && { raw }) };
  const message = rule.code === "rate-limit" ? `${rule.message}${resetTime(text)}.` : rule.message;
  return { code: rule.code, message, ...(rule.hint && { hint: rule.hint }), ...(raw && { raw }) };
}

function otherMessage(result: JsonObject, text: string): string {
  if (result.subtype === "error_max_turns")
    return "Claude Code stopped at its limit of steps for one prompt.";
  // What follows a brace is the service's own answer.
  const first = text.split(/[\n{]/, 1)[0]?.trim();
  if (first) return first;
  return `Claude Code reported an error (${asText(result.subtype) ?? "unknown"}).`;
}

/** "; it resets …" from "limit reached|1735689600" (seconds since 1970) or "… · resets 3pm (Europe/Berlin)". */
function resetTime(text: string): string {
  const epoch = /\|(\d{10})\b/.exec(text)?.[1];
  if (epoch) return `; it resets at ${new Date(Number(epoch) * 1_000).toISOString().slice(0, 16)}Z`;
  const words = /\bresets? ([^·|\n]+)/i.exec(text)?.[1]?.trim().replace(/\.$/, "");
  return words ? `; it resets ${words}` : "";
}

/** The program ended without a `result`. */
export function crashFailure({ code, signal }: ProcessExit, stderr: string): Failure {
  const how = signal ? `killed by ${signal}` : `exit code ${code}`;
  const detail = [how, stderr].filter(Boolean).join("\n");
  if (
    /unknown option.*--permission-prompt-tool|permission.prompt.tool.*(not found|unknown|invalid)/i.test(
      stderr,
    )
  ) {
    const message =
      "This Claude Code cannot ask in the chat: it does not know `--permission-prompt-tool stdio`.";
    return {
      code: "config",
      message,
      hint: "Update it with `npm install -g @anthropic-ai/claude-code`.",
      detail,
    };
  }
  if (/unknown option|cannot be used with root/i.test(stderr)) {
    const message = "Claude Code refused the options that it was started with.";
    return { code: "config", message, hint: "Look at the options in nanogent's configuration.", detail };
  }
  return { code: "crashed", message: `Claude Code ended without a result (${how}).`, detail };
}

/** The program could not be started. */
export function startFailure(error: NodeJS.ErrnoException, binary: string, cwd: string): Failure {
  // A missing folder is reported with the same code as a missing program.
  if (!existsSync(cwd)) return { code: "config", message: `The folder ${cwd} does not exist.` };
  const detail = error.message;
  if (error.code === "ENOENT" || error.code === "ENOTDIR") {
    return {
      code: "missing",
      message: `Claude Code was not found as "${binary}".`,
      hint: INSTALL_HINT,
      detail,
    };
  }
  if (error.code === "EACCES") {
    return { code: "missing", message: `"${binary}" cannot be executed.`, hint: INSTALL_HINT, detail };
  }
  return { code: "error", message: "Claude Code could not be started.", detail };
}

const INSTALL_HINT =
  "Install it with `npm install -g @anthropic-ai/claude-code`, or set NANOGENT_CLAUDE to the path of the program.";

/** Claude Code refuses to skip permissions as root, with a line on stderr that says nothing of the way out. */
export function rootFailure(): Failure {
  return {
    code: "config",
    message: "Claude Code does not skip permissions when it runs as root.",
    hint: "Start nanogent as another user, or set NANOGENT_PERMISSIONS=ask. If this machine is a sandbox that may break, start nanogent with IS_SANDBOX=1 in its environment (a line in `.env` does not count).",
  };
}
