import type { AgentEvent, PermissionDecision } from "./agent.ts";
import { asObject, asText, type JsonObject } from "./json.ts";
import { toolDetail } from "./tool-detail.ts";

// Tools that ask the person something that is no yes or no. The model reads the denial and does without.
const NOT_SHOWN: ReadonlyMap<string, string> = new Map([
  [
    "AskUserQuestion",
    "nanogent cannot show questions yet; ask in plain text instead: end your turn with the question, the answer comes as the next message.",
  ],
  [
    "ExitPlanMode",
    "nanogent cannot show plans for approval yet; write the plan as plain text and end your turn, the answer comes as the next message.",
  ],
]);

/**
 * Answers what Claude Code asks while it runs a turn (`control_request`): permissions become events and wait for a
 * person, everything else is answered at once, since an unanswered request stops the turn for ever.
 */
export function claudePermissions(send: (message: JsonObject) => void, emit: (event: AgentEvent) => void) {
  const waiting = new Map<string, JsonObject>();

  const respond = (id: string, response: JsonObject): void =>
    send({ type: "control_response", response: { subtype: "success", request_id: id, response } });
  const deny = (id: string, message: string): void =>
    respond(id, { behavior: "deny", message, interrupt: false });
  const withdraw = (id: string): void => {
    if (waiting.delete(id)) emit({ kind: "permission-void", id });
  };

  return {
    /** A `control_request`. */
    request(message: JsonObject): void {
      const id = asText(message.request_id);
      if (id === undefined) return;
      const request = asObject(message.request);
      if (request.subtype !== "can_use_tool") {
        const error = `nanogent does not handle requests of the kind "${asText(request.subtype) ?? "unknown"}"`;
        send({ type: "control_response", response: { subtype: "error", request_id: id, error } });
        return;
      }
      const tool = asText(request.tool_name) ?? "tool";
      const notShown = NOT_SHOWN.get(tool);
      if (notShown !== undefined) {
        deny(id, notShown);
        return;
      }
      const input = asObject(request.input);
      waiting.set(id, input);
      const reason = asText(input.description);
      const detail = toolDetail(tool, input);
      emit({ kind: "permission", request: { id, tool, detail, ...(reason && { reason }) } });
    },

    /** A `control_request` that could not be shown: it must not wait for a person. */
    refuse(message: JsonObject): void {
      const id = asText(message.request_id);
      if (id === undefined) return;
      withdraw(id);
      deny(id, "nanogent cannot show this request.");
    },

    /** A `control_cancel_request`: the request is off. */
    withdraw,

    withdrawAll(): void {
      for (const id of [...waiting.keys()]) withdraw(id);
    },

    /** False when the request is not waiting. */
    answer(id: string, decision: PermissionDecision): boolean {
      const input = waiting.get(id);
      if (!input) return false;
      waiting.delete(id);
      if (decision.behavior === "allow") respond(id, { behavior: "allow", updatedInput: input });
      else deny(id, decision.reason.trim() || "The user does not allow this.");
      return true;
    },
  };
}
