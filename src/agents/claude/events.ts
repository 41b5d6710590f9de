import type { Log } from "../../log.ts";
import type { AgentAnswer, AgentEvent, Usage } from "../agent.ts";
import { asList, asObject, asText, type JsonObject } from "../json.ts";
import { claudeContext } from "./context.ts";
import { claudeDenials } from "./denials.ts";
import { claudeRequests } from "./requests.ts";
import type { Listener } from "./stream.ts";
import { claudeText } from "./text.ts";
import { claudeTools } from "./tools.ts";
import { streamUsage } from "./usage.ts";

export interface ClaudeEventsOptions {
  readonly cwd: string;
  readonly emit: (event: AgentEvent) => void;
  /** Writes one object to the program's stdin. */
  readonly send: (message: JsonObject) => void;
  readonly onCommands: (commands: readonly string[]) => void;
  /** `context` is what is known of the session's context then. */
  readonly onResult: (result: JsonObject, context: Pick<Usage, "contextTokens" | "contextWindow">) => void;
  /** A message of the user has reached the conversation. */
  readonly onUserMessage: (text: string) => void;
  /** Something may be done without asking for the rest of the session, in the program's notation. */
  readonly onGrant: (rules: readonly string[]) => void;
  /** Whether Claude Code heeds the rules that it keeps for this folder. */
  readonly trusted: () => boolean;
  readonly log: Log;
}

export interface ClaudeEvents extends Listener {
  answer(requestId: string, answer: AgentAnswer): boolean;
  /** Nobody can answer any more. */
  withdrawRequests(): void;
}

/** Maps what the program says in one turn (`--output-format stream-json`) to events. Unknown kinds are ignored. */
export function claudeEvents(options: ClaudeEventsOptions): ClaudeEvents {
  const { cwd, emit, log } = options;
  const text = claudeText((delta, block) => emit({ kind: "text", delta, block }));
  const tools = claudeTools(cwd, emit);
  const requests = claudeRequests(options);
  const denials = claudeDenials(cwd);
  const session = sessionEvents(emit, options.onCommands);
  const countTokens = streamUsage();
  const context = claudeContext();

  const take = (message: JsonObject): void => {
    // A subagent talks to the agent, not to the person: only its tools are shown.
    const parent = asText(message.parent_tool_use_id);
    switch (message.type) {
      case "stream_event": {
        const event = asObject(message.event);
        if (parent === undefined) {
          text.streamEvent(event);
          context.streamEvent(event);
        }
        const usage = countTokens(event);
        if (usage) emit({ kind: "usage", usage });
        return;
      }
      case "assistant":
        // What went wrong comes in this form too, before the result that tells it.
        if (parent === undefined && message.error === undefined) text.message(asObject(message.message));
        tools.started(asObject(message.message), parent);
        return;
      case "user":
        // `--replay-user-messages` gives them back when they are taken.
        if (message.isReplay === true) options.onUserMessage(textOf(asObject(message.message).content));
        tools.ended(asObject(message.message));
        return;
      case "system":
        if (message.subtype === "init") {
          session.init(message);
          context.session(message);
        }
        if (message.subtype === "compact_boundary") context.compacted();
        return;
      case "result":
        if (message.is_error !== true) text.outcome(asText(message.result) ?? "");
        for (const what of denials.of(message)) emit({ kind: "refused", what });
        options.onResult(message, context.at(message));
        return;
      case "control_request":
        if (asText(message.request_id) === undefined) log.warn("agent asked without an id");
        denials.asked(asText(asObject(message.request).tool_use_id) ?? "");
        requests.request(message);
        return;
      case "control_cancel_request":
        requests.withdraw(asText(message.request_id) ?? "");
        return;
      case "control_response":
        session.commands(initializeCommands(message));
        return;
    }
    // Kinds that are not known come with later versions; a line without one is no message at all.
    if (typeof message.type !== "string") log.warn("agent wrote a line without a type");
  };

  return {
    take,
    refuse: requests.refuse,
    answer: requests.answer,
    withdrawRequests: requests.withdrawAll,
  };
}

/** The text of a message of the user, which may come with pictures. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return asList(content)
    .map((part) => asText(asObject(part).text) ?? "")
    .join("");
}

/** The names of the slash commands in the answer to `initialize`; undefined when it is the answer to something else. */
export function initializeCommands(message: JsonObject): readonly string[] | undefined {
  const response = asObject(asObject(message.response).response);
  if (!Array.isArray(response.commands)) return undefined;
  return names(response.commands.map((command: unknown) => asObject(command).name));
}

/** The session as `system/init` and the answer to `initialize` tell it, in whichever order they come. */
function sessionEvents(
  emit: (event: AgentEvent) => void,
  onCommands: (commands: readonly string[]) => void,
): { init(message: JsonObject): void; commands(list: readonly string[] | undefined): void } {
  let current: { sessionId: string; model?: string } | undefined;
  let commands: readonly string[] | undefined;
  const tell = (): void => {
    if (current) emit({ kind: "session", ...current, ...(commands && { commands }) });
  };
  const learn = (list: readonly string[]): void => {
    // Each of the two lists knows commands that the other leaves out.
    commands = [...new Set([...(commands ?? []), ...list])];
    onCommands(commands);
  };
  return {
    init(message) {
      const sessionId = asText(message.session_id);
      if (sessionId === undefined) return;
      const before = JSON.stringify([current, commands]);
      const model = asText(message.model);
      current = { sessionId, ...(model && { model }) };
      if (Array.isArray(message.slash_commands)) learn(names(message.slash_commands));
      // It comes again with each turn of the process.
      if (JSON.stringify([current, commands]) !== before) tell();
    },
    commands(list) {
      if (!list) return;
      learn(list);
      tell();
    },
  };
}

function names(values: unknown): readonly string[] {
  return asList(values).filter((name): name is string => typeof name === "string" && name !== "");
}
