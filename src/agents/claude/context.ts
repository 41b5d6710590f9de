import type { Usage } from "../agent.ts";
import { asNumber, asObject, asText, type JsonObject } from "../json.ts";
import { allInput } from "./usage.ts";

/**
 * How full the context is after a turn: what the model read for its last message, and that message. Only the stream tells it
 * message by message, and only the result how much there is room for.
 */
export function claudeContext() {
  let model: string | undefined;
  let input: number | undefined;
  let output = 0;
  return {
    /** The session's own model, as `system/init` names it: with what it was chosen for, such as `[1m]`. */
    session(init: JsonObject): void {
      model = asText(init.model);
    },
    /** An event of the model's stream; of the agent's own, not of its subagents. */
    streamEvent(event: JsonObject): void {
      if (event.type === "message_start") {
        input = allInput(asObject(asObject(event.message).usage));
        output = 0;
      }
      if (event.type === "message_delta") output = asNumber(asObject(event.usage).output_tokens) ?? output;
    },
    /** The conversation was replaced by its summary: how long that is, only the next message tells. */
    compacted(): void {
      input = undefined;
    },
    /** What is known when this result has come. */
    at(result: JsonObject): Pick<Usage, "contextTokens" | "contextWindow"> {
      const models = Object.entries(asObject(result.modelUsage));
      // Others work for subagents, or do small work beside it, such as a title.
      const [, own] = models.find(([name]) => name === model) ?? (models.length === 1 ? models[0] : []) ?? [];
      const contextWindow = asNumber(asObject(own).contextWindow);
      if (input === undefined || !contextWindow) return {};
      return { contextTokens: input + output, contextWindow };
    },
  };
}
