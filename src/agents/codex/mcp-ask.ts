import { asList, asObject, asText, type JsonObject } from "../json.ts";
import type { Ask } from "./asks.ts";

/**
 * The permission to call a tool of an MCP server. Codex asks for it with an empty form in the server's name
 * (`mcpServer/elicitation/request`), which says in `_meta` what it is. Undefined for a form of the server itself.
 */
export function askMcpTool(id: string, params: JsonObject): Ask | undefined {
  const meta = asObject(params._meta);
  if (meta.codex_approval_kind !== "mcp_tool_call") return undefined;
  const tool = `${asText(params.serverName)}.${asText(meta.tool_name)}`;
  const scopes = asList(meta.persist);
  const reason = asText(params.message);
  return {
    request: {
      ...{ kind: "permission", id, tool },
      detail: JSON.stringify(meta.tool_params ?? {}, null, 2),
      language: "json",
      ...(reason && { reason }),
      session: scopes.includes("session"),
      ...(scopes.includes("always") && { always: { rules: [tool], keeper: "agent" } }),
    },
    grants: [JSON.stringify(["mcp", tool])],
    result(answer) {
      if (answer.kind === "deny") return DECLINED_FORM;
      if (answer.kind !== "allow") return undefined;
      const persist = scopes.includes(answer.scope) ? { persist: answer.scope } : null;
      return { action: "accept", content: null, _meta: persist };
    },
  };
}

/** The answer to a form that is not filled in. */
export const DECLINED_FORM: JsonObject = { action: "decline", content: null, _meta: null };
