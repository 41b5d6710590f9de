import type { AgentAnswer, AgentRequest, PermissionRequest } from "../agent.ts";
import { asList, asObject, asText, type JsonObject } from "../json.ts";
import { changedPaths, fileDiff } from "./file-diff.ts";
import { askMcpTool } from "./mcp-ask.ts";
import { askQuestions } from "./questions.ts";
import { commandScript, joinWords } from "./shell-words.ts";

/** Something that Codex asks, made ready for a person. */
export interface Ask {
  readonly request: AgentRequest;
  /** What is allowed when it is allowed for the session; the same things need no asking again. */
  readonly grants: readonly string[];
  /** What Codex is answered; undefined when the answer does not fit the request. */
  result(answer: AgentAnswer): JsonObject | undefined;
}

/** Undefined for a request that cannot be shown. `changes` is what the `fileChange` item of the request would do. */
export function readAsk(id: string, method: string, params: JsonObject, changes: unknown): Ask | undefined {
  switch (method) {
    case "item/commandExecution/requestApproval":
      return askCommand(id, params);
    case "item/fileChange/requestApproval":
      return askFileChange(id, params, changes);
    case "item/permissions/requestApproval":
      return askPermissions(id, params);
    case "item/tool/requestUserInput":
      return askQuestions(id, params);
    case "mcpServer/elicitation/request":
      return askMcpTool(id, params);
  }
  return undefined;
}

function askCommand(id: string, params: JsonObject): Ask {
  const command = asText(params.command);
  const network = asObject(params.networkApprovalContext);
  const amendment = asList(params.proposedExecpolicyAmendment).filter((word) => typeof word === "string");
  // Without a command it is about a host that a running one wants to reach.
  const what: Pick<PermissionRequest, "tool" | "detail" | "language"> =
    command === undefined
      ? { tool: "Network", detail: `${asText(network.protocol) ?? ""}://${asText(network.host) ?? ""}` }
      : { tool: "Shell", detail: commandScript(command), language: "bash" };
  const always = amendment.length > 0 && { rules: [joinWords(amendment)], keeper: "agent" as const };
  return {
    request: { ...permission(id, what, params), ...(always && { always }) },
    grants: [JSON.stringify(["command", params.kind, command ?? what.detail, params.cwd])],
    result: (answer) => {
      if (!always || answer.kind !== "allow" || answer.scope !== "always") return decision(answer);
      return { decision: { acceptWithExecpolicyAmendment: { execpolicy_amendment: amendment } } };
    },
  };
}

function askFileChange(id: string, params: JsonObject, changes: unknown): Ask {
  const root = asText(params.grantRoot);
  const diff = fileDiff(changes);
  const detail = [
    ...(root === undefined ? [] : [`Write below ${root}`]),
    ...(diff === "" ? [] : [diff]),
  ].join("\n");
  const what = { tool: "Edit", detail, language: "diff" } as const;
  return {
    request: permission(id, what, params),
    grants: changedPaths(changes).map((path) => JSON.stringify(["file", path])),
    result: decision,
  };
}

/** More rights for what runs in the sandbox, of which all that is asked for is given, or nothing. */
function askPermissions(id: string, params: JsonObject): Ask {
  const wanted = Object.fromEntries(
    Object.entries(asObject(params.permissions)).filter(([, part]) => part !== null),
  );
  const what = { tool: "Permissions", detail: JSON.stringify(wanted, null, 2), language: "json" } as const;
  return {
    request: permission(id, what, params),
    grants: [JSON.stringify(["permissions", wanted])],
    result(answer) {
      if (answer.kind === "deny") return { permissions: {}, scope: "turn" };
      if (answer.kind !== "allow") return undefined;
      return { permissions: wanted, scope: answer.scope === "once" ? "turn" : "session" };
    },
  };
}

function permission(
  id: string,
  what: Pick<PermissionRequest, "tool" | "detail" | "language">,
  params: JsonObject,
): PermissionRequest {
  const reason = asText(params.reason);
  return { kind: "permission", id, ...what, ...(reason && { reason }), session: true };
}

function decision(answer: AgentAnswer): JsonObject | undefined {
  if (answer.kind === "deny") return { decision: "decline" };
  if (answer.kind !== "allow") return undefined;
  return { decision: answer.scope === "once" ? "accept" : "acceptForSession" };
}
