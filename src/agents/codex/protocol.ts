import type { PermissionMode, Sandbox, TurnRequest } from "../agent.ts";
import type { JsonObject } from "../json.ts";

interface Policy {
  /** When a person is asked: before everything that is not known as harmless, when the model wants it, or not at all. */
  readonly approvalPolicy: "untrusted" | "on-request" | "never";
  readonly sandbox: Sandbox;
}

const POLICIES: Readonly<Record<PermissionMode, Policy>> = {
  skip: { approvalPolicy: "never", sandbox: "danger-full-access" },
  ask: { approvalPolicy: "untrusted", sandbox: "workspace-write" },
  edits: { approvalPolicy: "on-request", sandbox: "workspace-write" },
  // Never: with another policy the model asks to leave the read-only sandbox, and one press would change files although
  // only a plan was wanted. Without it the sandbox refuses, and the model reads why.
  plan: { approvalPolicy: "never", sandbox: "read-only" },
};

/**
 * Lets the model ask questions with choices (`request_user_input`) outside of Codex's own plan mode. Versions that do not
 * know the feature leave it unheeded.
 */
const FEATURES: JsonObject = { "features.default_mode_request_user_input": true };

/**
 * The parameters of `thread/start`, and with a session those of `thread/resume` and `thread/fork`. Without the turn's `rules`: Codex keeps what
 * was allowed for good itself, in the `rules` of its own folder.
 * @param config overrides of Codex's own settings, by their dotted names.
 */
export function threadParams(
  turn: Pick<TurnRequest, "sessionId" | "cwd" | "permissions" | "sandbox" | "model">,
  config: JsonObject,
  instructions?: string,
): JsonObject {
  const { approvalPolicy, sandbox } = POLICIES[turn.permissions];
  return {
    ...(turn.sessionId && { threadId: turn.sessionId, excludeTurns: true }),
    cwd: turn.cwd,
    approvalPolicy,
    sandbox: turn.permissions === "plan" ? sandbox : (turn.sandbox ?? sandbox),
    ...(turn.model && { model: turn.model }),
    ...(instructions !== undefined && { developerInstructions: instructions }),
    config: { ...FEATURES, ...config },
  };
}

/** The parameters of `turn/start`. */
export function turnParams(threadId: string, turn: Pick<TurnRequest, "prompt" | "effort">): JsonObject {
  return { threadId, input: textInput(turn.prompt), ...(turn.effort && { effort: turn.effort }) };
}

/** The parameters of `turn/steer`, which fails when another turn runs than the one meant, or none. */
export function steerParams(threadId: string, turnId: string, text: string): JsonObject {
  return { threadId, expectedTurnId: turnId, input: textInput(text) };
}

function textInput(text: string): readonly JsonObject[] {
  return [{ type: "text", text: text.replaceAll("\0", ""), text_elements: [] }];
}
