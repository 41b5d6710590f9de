import type { Log } from "../../log.ts";
import type { AgentEvent } from "../agent.ts";
import { asObject, asText, type JsonObject } from "../json.ts";
import { codexText } from "./text.ts";
import { codexTools } from "./tools.ts";
import { turnUsage } from "./usage.ts";

export interface CodexEventsOptions {
  readonly cwd: string;
  readonly emit: (event: AgentEvent) => void;
  /** Undefined until it is known. */
  readonly threadId: () => string | undefined;
  /** Gets the id of the turn that has begun. */
  readonly onStarted: (turnId: string) => void;
  /** A request to the model has failed and is going to be tried again. */
  readonly onRetry: (error: JsonObject) => void;
  /** The model or a tool gave a sign of life. */
  readonly onProgress: () => void;
  /** Gets the turn as it was completed, however it went. */
  readonly onCompleted: (turn: JsonObject) => void;
  /** A request needs no answer any more. */
  readonly onResolved: (requestId: string) => void;
  readonly log: Log;
}

/** Maps the notifications of one turn to events. Unknown ones are ignored. */
export function codexEvents(options: CodexEventsOptions) {
  const { emit, log } = options;
  const text = codexText((delta, block) => emit({ kind: "text", delta, block }));
  const tools = codexTools(options.cwd, emit);
  const countTokens = turnUsage();
  const changes = new Map<string, unknown>();
  let turnId: string | undefined;

  const takeItem = (item: JsonObject, isComplete: boolean): void => {
    if (item.type === "agentMessage" || item.type === "plan") {
      if (isComplete) text.whole(item);
      return;
    }
    if (isComplete) tools.ended(item);
    else tools.started(item);
  };

  return {
    notification(method: string, params: JsonObject): void {
      const item = asObject(params.item);
      if (item.type === "fileChange") changes.set(asText(item.id) ?? "", item.changes);
      if (method === "item/fileChange/patchUpdated") changes.set(asText(params.itemId) ?? "", params.changes);
      if (method === "serverRequest/resolved") options.onResolved(String(params.requestId));
      // A subagent has a thread of its own: it talks to the agent, not to the person.
      if (params.threadId !== options.threadId()) return;
      if (method.startsWith("item/")) options.onProgress();
      switch (method) {
        case "turn/started":
          turnId = asText(asObject(params.turn).id);
          if (turnId !== undefined) options.onStarted(turnId);
          return;
        case "item/started":
          takeItem(item, false);
          return;
        case "item/completed":
          takeItem(item, true);
          return;
        case "item/agentMessage/delta":
        case "item/plan/delta":
          text.delta(params);
          return;
        case "thread/tokenUsage/updated":
          // A resumed thread first tells what its last turn had used.
          if (params.turnId === turnId) emit({ kind: "usage", usage: countTokens(params) });
          return;
        case "turn/completed":
          options.onCompleted(asObject(params.turn));
          return;
        case "error":
          log.info("agent met an error", { error: params.error, retries: params.willRetry === true });
          if (params.willRetry === true) options.onRetry(asObject(params.error));
      }
    },
    /** What a `fileChange` item would do or has done, as Codex tells it. */
    changesOf: (itemId: string): unknown => changes.get(itemId),
  };
}
