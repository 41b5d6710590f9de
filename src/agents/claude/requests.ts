import type { AgentAnswer, AgentEvent, AgentRequest, ProposedRule, Question } from "../agent.ts";
import { asList, asObject, asText, type JsonObject } from "../json.ts";
import { isLastingRule } from "../lasting-rule.ts";
import { toolDetail } from "../tool-detail.ts";

/** A request that waits for a person: what the answer needs of it. */
interface Waiting {
  readonly request: AgentRequest;
  readonly input: JsonObject;
  readonly suggestions: readonly JsonObject[];
}

export interface ClaudeRequestsOptions {
  readonly send: (message: JsonObject) => void;
  readonly emit: (event: AgentEvent) => void;
  /** Whether Claude Code heeds the rules that it keeps for this folder. */
  readonly trusted: () => boolean;
  /** Something was allowed for the session: a process of its own for the next turn would not know. */
  readonly onGrant: (rules: readonly string[]) => void;
}

/**
 * Answers what Claude Code asks while it runs a turn (`control_request`): permissions, questions and plans become
 * events and wait for a person, everything else is answered at once, since an unanswered request stops the turn for ever.
 */
export function claudeRequests({ send, emit, trusted, onGrant }: ClaudeRequestsOptions) {
  const waiting = new Map<string, Waiting>();

  const respond = (id: string, response: JsonObject): void =>
    send({ type: "control_response", response: { subtype: "success", request_id: id, response } });
  const deny = (id: string, message: string): void =>
    respond(id, { behavior: "deny", message, interrupt: false });
  const withdraw = (id: string): void => {
    if (waiting.delete(id)) emit({ kind: "request-void", id });
  };

  return {
    /** A `control_request`. */
    request(message: JsonObject): void {
      const id = asText(message.request_id);
      if (id === undefined) return;
      const asked = asObject(message.request);
      if (asked.subtype !== "can_use_tool") {
        const error = `nanogent does not handle requests of the kind "${asText(asked.subtype) ?? "unknown"}"`;
        send({ type: "control_response", response: { subtype: "error", request_id: id, error } });
        return;
      }
      const suggestions = asList(asked.permission_suggestions).map(asObject);
      const input = asObject(asked.input);
      const request = requestOf(id, asText(asked.tool_name) ?? "tool", input, suggestions, trusted);
      if (!request) {
        deny(
          id,
          "nanogent cannot show this: ask in plain text and end your turn; the answer is the next message.",
        );
        return;
      }
      waiting.set(id, { request, input, suggestions });
      emit({ kind: "request", request });
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
    answer(id: string, answer: AgentAnswer): boolean {
      const asked = waiting.get(id);
      if (!asked) return false;
      waiting.delete(id);
      if (answer.kind === "deny") deny(id, answer.reason.trim() || "The user does not allow this.");
      else respond(id, { behavior: "allow", ...granted(asked, answer) });
      if (answer.kind === "allow" && answer.scope === "session") onGrant(sessionRules(asked.suggestions));
      return true;
    },
  };
}

/** What is shown for a tool; undefined when it asks for something that has no form here. */
function requestOf(
  id: string,
  tool: string,
  input: JsonObject,
  suggestions: readonly JsonObject[],
  trusted: () => boolean,
): AgentRequest | undefined {
  if (tool === "AskUserQuestion") {
    const questions = asList(input.questions).flatMap((question) => questionOf(asObject(question)) ?? []);
    return questions.length === 0 ? undefined : { kind: "questions", id, questions };
  }
  if (tool === "ExitPlanMode") {
    const plan = asText(input.plan)?.trim();
    return plan ? { kind: "plan", id, plan } : undefined;
  }
  const reason = asText(input.description);
  const always = proposedRule(suggestions, trusted);
  return {
    kind: "permission",
    id,
    tool,
    ...toolDetail(tool, input),
    ...(reason && { reason }),
    ...(suggestions.length > 0 && { session: true }),
    ...(always && { always }),
  };
}

// The answers are looked up by the text of the question.
function questionOf({ question, header, options, multiSelect }: JsonObject): Question | undefined {
  const text = asText(question);
  if (text === undefined) return undefined;
  const choices = asList(options).flatMap((option) => {
    const { label, description } = asObject(option);
    const said = asText(description);
    return typeof label === "string" ? [{ label, ...(said && { description: said }) }] : [];
  });
  const short = asText(header);
  return {
    id: text,
    ...(short && { header: short }),
    text,
    options: choices,
    multiple: multiSelect === true,
  };
}

/** What is allowed with the session, as rules: all that the next process takes. */
function sessionRules(suggestions: readonly JsonObject[]): readonly string[] {
  const edits = suggestions.some(({ type, mode }) => type === "setMode" && mode === "acceptEdits");
  const allowed = suggestions.filter(({ type, behavior }) => type === "addRules" && behavior === "allow");
  return [...ruleWords(allowed), ...(edits ? ["Edit"] : [])];
}

function ruleWords(suggestions: readonly JsonObject[]): readonly string[] {
  const rules = suggestions.flatMap(({ rules }) => asList(rules).map(asObject));
  return rules.flatMap(({ toolName, ruleContent }) => {
    const name = asText(toolName);
    const content = asText(ruleContent);
    return name === undefined ? [] : [content ? `${name}(${content})` : name];
  });
}

function proposedRule(suggestions: readonly JsonObject[], trusted: () => boolean): ProposedRule | undefined {
  const words = ruleWords(suggestions.filter(isLasting));
  if (words.length === 0) return undefined;
  if (trusted()) return { rules: words, keeper: "agent" };
  return { rules: words, keeper: words.every(isLastingRule) ? "nanogent" : "nobody" };
}

function isLasting({ type, behavior, destination }: JsonObject): boolean {
  return type === "addRules" && behavior === "allow" && destination !== "session";
}

/** The fields of an "allow" that carry what was decided. */
function granted({ request, input, suggestions }: Waiting, answer: AgentAnswer): JsonObject {
  switch (answer.kind) {
    case "answers": {
      const joined = Object.entries(answer.answers).map(([id, labels]) => [id, labels.join(", ")]);
      return { updatedInput: { ...input, answers: Object.fromEntries(joined) } };
    }
    case "approve":
      return {
        updatedInput: input,
        ...(answer.edits && {
          updatedPermissions: [{ type: "setMode", mode: "acceptEdits", destination: "session" }],
        }),
      };
    case "allow": {
      const lasts =
        answer.scope === "always" && request.kind === "permission" && request.always?.keeper === "agent";
      const updates = suggestions.map((each) => (lasts ? each : { ...each, destination: "session" }));
      return {
        updatedInput: input,
        ...(answer.scope !== "once" && updates.length > 0 && { updatedPermissions: updates }),
      };
    }
    case "deny":
      return {};
  }
}
