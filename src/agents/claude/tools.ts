import type { AgentEvent } from "../agent.ts";
import { asList, asObject, asText, type JsonObject } from "../json.ts";
import { toolError, toolSummary } from "../tool-summary.ts";

/** Reports the tools that a turn runs, each once at its start and once at its end. */
export function claudeTools(cwd: string, emit: (event: AgentEvent) => void) {
  const seen = new Set<string>();
  const running = new Set<string>();
  return {
    /** The `tool_use` blocks of an `assistant` message. `parent` is set for a subagent's. */
    started(message: JsonObject, parent: string | undefined): void {
      for (const content of asList(message.content)) {
        const { type, id, name, input } = asObject(content);
        if (type !== "tool_use" || typeof id !== "string" || seen.has(id)) continue;
        seen.add(id);
        running.add(id);
        const summary = toolSummary(asObject(input), cwd);
        emit({ kind: "tool-start", id, name: asText(name) ?? "tool", summary, ...(parent && { parent }) });
      }
    },

    /** The `tool_result` blocks of a `user` message. */
    ended(message: JsonObject): void {
      for (const content of asList(message.content)) {
        const { type, tool_use_id: id, is_error: isError, content: said } = asObject(content);
        if (type !== "tool_result" || typeof id !== "string" || !running.delete(id)) continue;
        if (isError !== true) emit({ kind: "tool-end", id, ok: true });
        else emit({ kind: "tool-end", id, ok: false, error: toolError(resultText(said)) });
      }
    },
  };
}

/** A result is a text, or a list of blocks of which some are texts. */
function resultText(content: unknown): string {
  if (typeof content === "string") return content;
  return asList(content)
    .map((block) => asText(asObject(block).text) ?? "")
    .join("\n");
}
