import type { ImageInput, PermissionMode, TurnRequest } from "../agent.ts";
import type { JsonObject } from "../json.ts";
import { withBriefing } from "./briefing.ts";

/** A line beyond this is dropped. The longest ones carry a file that a tool has read. */
export const MAX_LINE_BYTES = 64 << 20;

/** Asks for the slash commands and models. */
export const INITIALIZE: JsonObject = {
  type: "control_request",
  request_id: "initialize",
  request: { subtype: "initialize" },
};

/** Ends the running tool and the turn, which then has a `result` with `error_during_execution`. */
export const INTERRUPT: JsonObject = {
  type: "control_request",
  request_id: "interrupt",
  request: { subtype: "interrupt" },
};

// One object a line both ways; the prompt goes in on stdin, so it is no flag, has no limit and is not in `ps`.
const STREAM_ARGS = [
  "-p",
  ...["--output-format", "stream-json", "--input-format", "stream-json", "--verbose"],
  ...["--include-partial-messages", "--replay-user-messages", "--permission-prompt-tool", "stdio"],
];

/** What the program calls the modes in `set_permission_mode`. `skip` only where it was started with that. */
const MODE_NAMES: Readonly<Record<PermissionMode, string>> = {
  skip: "bypassPermissions",
  ask: "default",
  edits: "acceptEdits",
  plan: "plan",
};

export function modeName(mode: PermissionMode): string {
  return MODE_NAMES[mode];
}

export function setMode(mode: PermissionMode, id: string): JsonObject {
  const request = { subtype: "set_permission_mode", mode: MODE_NAMES[mode] };
  return { type: "control_request", request_id: id, request };
}

const MODE_ARGS: Readonly<Record<PermissionMode, readonly string[]>> = {
  skip: ["--dangerously-skip-permissions"],
  ask: ["--permission-mode", "default"],
  edits: ["--permission-mode", "acceptEdits"],
  plan: ["--permission-mode", "plan"],
};

/** The arguments of one turn. Never `--continue`: it takes the folder's newest conversation, also a person's own. */
export function turnArgs(
  extra: readonly string[],
  turn: Pick<
    TurnRequest,
    "permissions" | "model" | "sessionId" | "fork" | "sessionName" | "effort" | "rules"
  >,
): readonly string[] {
  return [
    ...STREAM_ARGS,
    ...(turn.model ? ["--model", turn.model] : []),
    ...(turn.effort ? ["--effort", turn.effort] : []),
    // A list of words, so it must not be the last of ours: what follows begins with a dash and ends it.
    ...(turn.rules && turn.rules.length > 0 ? ["--allowedTools", ...turn.rules] : []),
    ...(turn.sessionId ? ["--resume", turn.sessionId] : []),
    ...(turn.sessionId && turn.fork ? ["--fork-session"] : []),
    // In one word: a name may begin with a dash.
    ...(turn.sessionName ? [`--name=${turn.sessionName}`] : []),
    ...MODE_ARGS[turn.permissions],
    ...withBriefing(extra),
  ];
}

/** A message of the user, as a text alone or with pictures before it. */
export function userMessage(prompt: string, images: readonly ImageInput[] = []) {
  const text = prompt.replaceAll("\0", "");
  const pictures = images.map(({ mediaType, base64 }) => ({
    type: "image",
    source: { type: "base64", media_type: mediaType, data: base64 },
  }));
  const content = pictures.length === 0 ? text : [...pictures, { type: "text", text }];
  return { type: "user", message: { role: "user", content } };
}

export function toLine(message: JsonObject): string {
  return `${JSON.stringify(message)}\n`;
}
