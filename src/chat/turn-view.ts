import type { AgentEvent, Failure, Usage } from "../agents/agent.ts";
import type { AnswerText } from "./answer-text.ts";

export interface ToolLine {
  readonly id: string;
  readonly name: string;
  readonly summary: string;
  readonly nested: boolean;
  readonly state: "running" | "ok" | "failed";
  readonly error?: string;
}

export type Ending =
  | { readonly kind: "done"; readonly usage: Usage }
  | { readonly kind: "failed"; readonly failure: Failure; readonly usage?: Partial<Usage> }
  | { readonly kind: "cancelled"; readonly by?: string; readonly usage?: Partial<Usage> };

/** Whether it is a failure of the agent, or of the command that the shell was given. */
export function hasFailed(ending: Ending): boolean {
  return ending.kind === "failed" || (ending.kind === "done" && (ending.usage.exitCode ?? 0) !== 0);
}

/** Everything that can be seen of a turn: the events so far, folded. */
export interface TurnView {
  readonly output: "markdown" | "raw";
  readonly text: AnswerText;
  /** Takes secrets out of the text, before it is cut into messages with one half in each. */
  readonly redact: (text: string) => string;
  /** The latest tool calls; `hiddenTools` counts the ones before them. */
  readonly tools: readonly ToolLine[];
  readonly hiddenTools: number;
  readonly waitingForAnswer: boolean;
  /** What was not allowed although nobody was asked, a line each. */
  readonly refused: readonly string[];
  /** What is to be known beside the answer, such as that nobody has asked for it just now; a line each. */
  readonly notes: readonly string[];
  /** Why nothing happens for a while, when there is a reason. */
  readonly held: string | undefined;
  readonly ending: Ending | undefined;
  /** Milliseconds on the given clock. */
  readonly startedAt: number;
  readonly lastActivity: number;
  readonly model: string | undefined;
  apply(event: AgentEvent, now: number): void;
  /** Nothing happens for a while, or it goes on. */
  hold(reason: string | undefined): void;
  /** Names who stopped it, for the last line. The first one counts. */
  stoppedBy(name: string): void;
}

const MOST_TOOLS = 200;

export function createTurnView(
  output: "markdown" | "raw",
  text: AnswerText,
  now: number,
  redact: (text: string) => string = (plain) => plain,
  note?: string,
): TurnView {
  let tools: ToolLine[] = [];
  let hiddenTools = 0;
  let block: number | undefined;
  let ending: Ending | undefined;
  let lastActivity = now;
  let model: string | undefined;
  let stopper: string | undefined;
  let held: string | undefined;
  const waiting = new Set<string>();
  const refused: string[] = [];
  const notes = note === undefined ? [] : [note];

  function endTool(id: string, ok: boolean, error: string | undefined): void {
    tools = tools.map((tool) =>
      tool.id === id ? { ...tool, state: ok ? "ok" : "failed", ...(error ? { error } : {}) } : tool,
    );
  }

  function apply(event: AgentEvent): void {
    switch (event.kind) {
      case "session":
        model = event.model ?? model;
        return;
      case "text":
        if (block !== undefined && block !== event.block && output === "markdown") text.append("\n\n");
        block = event.block;
        text.append(event.delta);
        return;
      case "tool-start":
        tools.push({
          id: event.id,
          name: event.name,
          summary: event.summary,
          nested: event.parent !== undefined,
          state: "running",
        });
        if (tools.length > MOST_TOOLS) hiddenTools += tools.splice(0, tools.length - MOST_TOOLS).length;
        return;
      case "tool-end":
        endTool(event.id, event.ok, event.error);
        return;
      case "request":
        waiting.add(event.request.id);
        return;
      case "request-void":
        waiting.delete(event.id);
        return;
      case "refused":
        refused.push(event.what);
        return;
      case "tasks-ended":
        notes.push(`⚙️ Ended in the background, since this needs other settings: ${event.tasks.join(", ")}`);
        return;
      case "done":
      case "failed":
        ending = event;
        return;
      case "cancelled":
        ending = { ...event, ...(stopper === undefined ? {} : { by: stopper }) };
    }
  }

  return {
    output,
    text,
    refused,
    redact,
    notes,
    startedAt: now,
    get tools() {
      return tools;
    },
    get hiddenTools() {
      return hiddenTools;
    },
    get waitingForAnswer() {
      return waiting.size > 0;
    },
    get held() {
      return held;
    },
    get ending() {
      return ending;
    },
    get lastActivity() {
      return lastActivity;
    },
    get model() {
      return model;
    },
    apply(event, at) {
      lastActivity = at;
      apply(event);
    },
    hold(reason) {
      held = reason;
    },
    stoppedBy(name) {
      stopper ??= name;
    },
  };
}
