import type { Log } from "../log.ts";
import type { AgentAnswer, AgentEvent } from "./agent.ts";
import { claudeDenials } from "./claude-denials.ts";
import { parseClaudeLine } from "./claude-line.ts";
import { claudeRequests } from "./claude-requests.ts";
import { claudeText } from "./claude-text.ts";
import { claudeTools } from "./claude-tools.ts";
import { streamUsage } from "./claude-usage.ts";
import { asList, asObject, asText, type JsonObject } from "./json.ts";

const LOGGED_CHARACTERS = 200;

export interface ClaudeEventsOptions {
  readonly cwd: string;
  readonly emit: (event: AgentEvent) => void;
  /** Writes one object to the program's stdin. */
  readonly send: (message: JsonObject) => void;
  readonly onCommands: (commands: readonly string[]) => void;
  readonly onResult: (result: JsonObject) => void;
  /** A message of the user has reached the conversation. */
  readonly onUserMessage: (text: string) => void;
  /** The answer to a request of ours, by the id that we gave it: whether it was carried out. */
  readonly onResponse: (id: string, ok: boolean) => void;
  /** Whether Claude Code heeds the rules that it keeps for this folder. */
  readonly trusted: () => boolean;
  readonly log: Log;
}

export interface ClaudeEvents {
  /** Takes one line of the program's stdout. Throws nothing: what cannot be read is logged and skipped. */
  line(bytes: Buffer): void;
  answer(requestId: string, answer: AgentAnswer): boolean;
  /** Nobody can answer any more. */
  withdrawRequests(): void;
}

/** Maps the lines of one turn (`--output-format stream-json`) to events. Unknown lines are ignored. */
export function claudeEvents(options: ClaudeEventsOptions): ClaudeEvents {
  const { cwd, emit, log } = options;
  const text = claudeText((delta, block) => emit({ kind: "text", delta, block }));
  const tools = claudeTools(cwd, emit);
  const requests = claudeRequests(options);
  const denials = claudeDenials(cwd);
  const session = sessionEvents(emit, options.onCommands);
  const countTokens = streamUsage();

  const take = (message: JsonObject): void => {
    // A subagent talks to the agent, not to the person: only its tools are shown.
    const parent = asText(message.parent_tool_use_id);
    switch (message.type) {
      case "stream_event": {
        const event = asObject(message.event);
        if (parent === undefined) text.streamEvent(event);
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
        if (message.isReplay === true) options.onUserMessage(asText(asObject(message.message).content) ?? "");
        tools.ended(asObject(message.message));
        return;
      case "system":
        if (message.subtype === "init") session.init(message);
        return;
      case "result":
        if (message.is_error !== true) text.outcome(asText(message.result) ?? "");
        for (const what of denials.of(message)) emit({ kind: "refused", what });
        options.onResult(message);
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
        options.onResponse(
          asText(asObject(message.response).request_id) ?? "",
          asObject(message.response).subtype === "success",
        );
        return;
    }
    // Kinds that are not known come with later versions; a line without one is no message at all.
    if (typeof message.type !== "string") log.warn("agent wrote a line without a type");
  };

  return {
    line(bytes) {
      let message: JsonObject | undefined;
      try {
        message = parseClaudeLine(bytes);
      } catch {
        const head = bytes.toString("utf8", 0, LOGGED_CHARACTERS * 4).slice(0, LOGGED_CHARACTERS);
        log.warn("agent wrote a line that is no JSON", { line: head });
        return;
      }
      try {
        if (message) take(message);
      } catch (error) {
        // Thrown into the stream's callback it would end the bridge.
        log.warn("agent line not handled", { type: asText(message?.type), error });
        if (message?.type === "control_request") requests.refuse(message);
      }
    },
    answer: requests.answer,
    withdrawRequests: requests.withdrawAll,
  };
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
