import { within } from "../../within.ts";
import type { AgentAnswer, AgentEvent } from "../agent.ts";
import { asText, type JsonObject } from "../json.ts";
import type { SessionGrants } from "../session-grants.ts";
import type { AppServer, ServerRequest } from "./app-server.ts";
import { type Ask, readAsk } from "./asks.ts";
import { DECLINED_FORM } from "./mcp-ask.ts";

/** A reason that is never taken must not keep the answer back. */
const STEER_MS = 1_000;

export interface CodexRequestsOptions {
  readonly emit: (event: AgentEvent) => void;
  readonly server: Pick<AppServer, "respond" | "refuse">;
  /** Gives a running turn more to heed. */
  readonly steer: (threadId: string, turnId: string, text: string) => Promise<unknown>;
  /** What the file changes of an item are, as far as they have been told. */
  readonly changesOf: (itemId: string) => unknown;
  /** Undefined until it is known. */
  readonly sessionId: () => string | undefined;
  readonly grants: SessionGrants;
}

interface Waiting {
  readonly request: ServerRequest;
  readonly ask: Ask;
}

/**
 * Answers what Codex asks while it runs a turn: what a person can decide becomes an event and waits, everything else is
 * answered at once, since an unanswered request stops the turn for ever.
 */
export function codexRequests(options: CodexRequestsOptions) {
  const { emit, server, grants } = options;
  const waiting = new Map<string, Waiting>();
  const withdraw = (id: string): void => {
    if (waiting.delete(id)) emit({ kind: "request-void", id });
  };

  return {
    take(request: ServerRequest): void {
      const { method, params } = request;
      const id = String(request.id);
      const ask = readAsk(id, method, params, options.changesOf(asText(params.itemId) ?? ""));
      if (!ask) {
        if (method === "mcpServer/elicitation/request") server.respond(request.id, DECLINED_FORM);
        else {
          server.refuse(request.id, method);
          emit({ kind: "refused", what: `what Codex asks as ${method}, which nanogent does not know` });
        }
        return;
      }
      const known = knownAnswer(ask, grants.has(options.sessionId() ?? "", ask.grants));
      if (known) {
        server.respond(request.id, known);
        return;
      }
      waiting.set(id, { request, ask });
      emit({ kind: "request", request: ask.request });
    },

    /** `serverRequest/resolved`: it was answered, by us or otherwise. */
    resolved: withdraw,

    /** Nobody can answer any more. */
    withdrawAll(): void {
      for (const id of [...waiting.keys()]) withdraw(id);
    },

    /** False when the request is not waiting, or not for an answer of this kind. */
    answer(id: string, answer: AgentAnswer): boolean {
      const found = waiting.get(id);
      const result = found?.ask.result(answer);
      if (!found || !result) return false;
      waiting.delete(id);
      const { request, ask } = found;
      if (answer.kind === "allow" && answer.scope === "session") {
        grants.add(options.sessionId() ?? "", ask.grants);
      }
      // The model is told only that it was rejected. Why follows as the person's words, and has to be taken first, so that
      // it cannot miss the model's next request.
      const reason = answer.kind === "deny" ? answer.reason.trim() : "";
      const { threadId, turnId } = request.params;
      const respond = (): void => server.respond(request.id, result);
      if (reason === "") respond();
      else {
        const steered = options.steer(asText(threadId) ?? "", asText(turnId) ?? "", reason);
        void within(steered, STEER_MS).then(respond, respond);
      }
      return true;
    },
  };
}

/** What Codex is answered without asking anybody; undefined when a person is to decide. */
function knownAnswer({ request, result }: Ask, granted: boolean): JsonObject | undefined {
  if (request.kind === "questions" && request.questions.length === 0)
    return result({ kind: "answers", answers: {} });
  return granted ? result({ kind: "allow", scope: "session" }) : undefined;
}
