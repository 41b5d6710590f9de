import { existsSync } from "node:fs";
import type { Failure, FailureCode } from "../agent.ts";
import { asNumber, asObject, asText, type JsonObject } from "../json.ts";
import type { ProcessExit } from "../process/process.ts";
import type { RpcError } from "./app-server.ts";

interface Rule {
  readonly code: FailureCode;
  /** `CodexErrorInfo` of the protocol. */
  readonly kinds?: readonly string[];
  /** HTTP status codes of the model's service. */
  readonly statuses?: readonly number[];
  readonly words: RegExp;
  readonly message: string;
  readonly hint?: string;
}

/** How to log Codex in. */
export const LOGIN_HINT =
  "Run `codex login` in a terminal on that machine, or give it a valid key for its model provider.";

const INSTALL_HINT =
  "Install it with `npm install -g @openai/codex`, or set NANOGENT_CODEX to the path of the program.";

// In order: the first one that fits by its status, else by its kind, else by its words, as seen by running the program.
const RULES: readonly Rule[] = [
  {
    code: "no-session",
    words: /no rollout found for thread|invalid (session|thread) id|thread not found/i,
    message: "The session to go on with does not exist any more.",
    hint: "Start a fresh one.",
  },
  {
    code: "context",
    kinds: ["contextWindowExceeded"],
    words: /context window/i,
    message: "The conversation is longer than the model takes.",
    hint: "Start a fresh one.",
  },
  {
    code: "auth",
    kinds: ["unauthorized"],
    statuses: [401, 403],
    words: /not logged in|sign in again|refresh token|missing environment variable|api key/i,
    message: "Codex is not logged in, or its key was refused.",
    hint: LOGIN_HINT,
  },
  {
    code: "rate-limit",
    kinds: ["usageLimitExceeded", "rateLimitExceeded"],
    statuses: [429],
    words: /rate.?limit|usage limit|quota/i,
    message: "The account's limit is used up for now",
  },
  {
    code: "overloaded",
    kinds: ["serverOverloaded", "internalServerError", "flexUnavailable", "policyCapacityUnavailable"],
    statuses: [500, 502, 503, 529],
    words: /overloaded|at capacity|high demand/i,
    message: "The model's service is overloaded.",
    hint: "Try again in a few minutes.",
  },
  {
    code: "config",
    kinds: ["modelNotFound"],
    statuses: [404],
    words: /model .*(not exist|not found|not supported)/i,
    message: "The model does not exist, or the account may not use it.",
    hint: "Choose another model.",
  },
  {
    code: "network",
    kinds: ["httpConnectionFailed", "responseStreamConnectionFailed", "responseStreamDisconnected"],
    words: /error sending request|stream disconnected|connection (failed|refused|reset|closed)|timed? ?out/i,
    message: "Codex could not reach the model.",
    hint: "Check the machine's network and proxy settings.",
  },
];

/** What went wrong, from the `error` of a turn (`TurnError` of the protocol). */
export function turnFailure(error: JsonObject): Failure {
  const { kind, status } = readInfo(error.codexErrorInfo);
  const words = [error.message, error.additionalDetails].map(asText).filter(Boolean).join("\n");
  const rule =
    RULES.find(({ statuses }) => status !== undefined && statuses?.includes(status)) ??
    RULES.find(({ kinds, code }) => kinds?.includes(kind) && !(code === "network" && status !== undefined)) ??
    RULES.find((each) => each.words.test(words));
  return failure(rule, words, JSON.stringify(error));
}

/** A call was refused before the turn began. */
export function callFailure(error: RpcError): Failure {
  const rule = RULES.find(({ words }) => words.test(error.message));
  return failure(rule, error.message, JSON.stringify({ method: error.method, message: error.message }));
}

/** Either a word, or an object whose one field is the word, with what is known of it. */
function readInfo(info: unknown): { kind: string; status: number | undefined } {
  if (typeof info === "string") return { kind: info, status: undefined };
  const [kind = "", more] = Object.entries(asObject(info))[0] ?? [];
  return { kind, status: asNumber(asObject(more).httpStatusCode) };
}

function failure(rule: Rule | undefined, words: string, raw: string): Failure {
  if (!rule) {
    // What follows a brace is the service's own answer.
    const first = words.split(/[\n{]/, 1)[0]?.trim() || "Codex reported an error without a word about it.";
    return { code: "error", message: first, raw };
  }
  const message = rule.code === "rate-limit" ? `${rule.message}${resetTime(words)}.` : rule.message;
  return { code: rule.code, message, ...(rule.hint && { hint: rule.hint }), raw };
}

/** "; try again at 3:05 PM" from "…hit your usage limit. … try again at 3:05 PM." */
function resetTime(words: string): string {
  const when = /try again ((?:at|in) [^\n]+?)\.?(?:\n|$)/i.exec(words)?.[1];
  return when ? `; try again ${when}` : "";
}

/** The program ended without completing the turn. */
export function crashFailure({ code, signal }: ProcessExit, stderr: string): Failure {
  const how = signal ? `killed by ${signal}` : `exit code ${code}`;
  const words = stderr.replace(COLOURS, "");
  const detail = [how, words].filter(Boolean).join("\n");
  if (/unrecognized subcommand|unexpected argument/i.test(words)) {
    const message = "This program does not know `app-server`; an older Codex does not.";
    return { code: "config", message, hint: INSTALL_HINT, detail };
  }
  return { code: "crashed", message: `Codex ended without a result (${how}).`, detail };
}

// Its log lines are coloured also where nobody sees colours.
const COLOURS = /\x1b\[[0-9;]*m/g;

/** The program could not be started. */
export function startFailure(error: NodeJS.ErrnoException, binary: string, cwd: string): Failure {
  // A missing folder is reported with the same code as a missing program.
  if (!existsSync(cwd)) return { code: "config", message: `The folder ${cwd} does not exist.` };
  const detail = error.message;
  if (error.code === "ENOENT" || error.code === "ENOTDIR") {
    return { code: "missing", message: `Codex was not found as "${binary}".`, hint: INSTALL_HINT, detail };
  }
  if (error.code === "EACCES") {
    return { code: "missing", message: `"${binary}" cannot be executed.`, hint: INSTALL_HINT, detail };
  }
  return { code: "error", message: "Codex could not be started.", detail };
}
