import { asList, asObject, asText, type JsonObject } from "../json.ts";
import { toolSummary } from "../tool-summary.ts";

/**
 * What Claude Code denied by itself, as the `permission_denials` of a `result` tell it: for want of a way to ask, or by a
 * rule. Each is told once, and none that a person was asked about.
 */
export function claudeDenials(cwd: string) {
  const known = new Set<string>();
  return {
    /** A person was asked about this call of a tool. */
    asked: (toolUseId: string): void => void known.add(toolUseId),
    /** A line for each of the others. */
    of(result: JsonObject): readonly string[] {
      const denials = asList(result.permission_denials).map(asObject);
      return denials.flatMap(({ tool_name, tool_use_id, tool_input }) => {
        const id = asText(tool_use_id) ?? "";
        if (known.has(id)) return [];
        known.add(id);
        const name = asText(tool_name) ?? "tool";
        return [`${name} ${toolSummary(asObject(tool_input), cwd)}`.trim()];
      });
    },
  };
}
