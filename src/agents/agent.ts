/** What the rest of the program knows of any agent. Agents know nothing of chats; they speak in these types. */

import type { Activity } from "./process-activity.ts";

/** How much an agent may do without asking. */
export type PermissionMode = "skip" | "ask" | "edits" | "plan";

export interface TurnRequest {
  readonly prompt: string;
  /** The agent's own session to go on with; none starts a fresh one. */
  readonly sessionId?: string;
  /** The folder that the agent works in, absolute. */
  readonly cwd: string;
  readonly permissions: PermissionMode;
  readonly model?: string;
  /** Marks every process of this turn (`NANOGENT_JOB` in its environment), so that none can be left behind. */
  readonly jobId: string;
}

export interface PermissionRequest {
  /** Names this request in `Turn.answer`. */
  readonly id: string;
  readonly tool: string;
  /** What would run, in full: the command, the file's diff, the URL, or the input as JSON. */
  readonly detail: string;
  /** Why the agent wants it, when it says so. */
  readonly reason?: string;
}

export type PermissionDecision =
  | { readonly behavior: "allow" }
  | { readonly behavior: "deny"; readonly reason: string };

/** What a turn used. Costs are of this turn alone, in US dollars. */
export interface Usage {
  readonly durationMs: number;
  readonly turns?: number;
  readonly costUsd?: number;
  /** What the model has read, from its cache or not. */
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** Exit code of a shell command. */
  readonly exitCode?: number;
}

export type FailureCode =
  /** The program is not installed, or not where the configuration says. */
  | "missing"
  /** No login, or a refused key. */
  | "auth"
  /** The model's service is overloaded or has no capacity. */
  | "overloaded"
  /** The account's limit is used up for now. */
  | "rate-limit"
  /** The conversation is longer than the model takes. */
  | "context"
  /** The session to resume does not exist. */
  | "no-session"
  /** The program cannot do what its configuration asks for. */
  | "config"
  /** The program could not reach the model. */
  | "network"
  /** The job took longer than it may. */
  | "timeout"
  /** The program ended without a result. */
  | "crashed"
  /** The program reported an error that fits none of the above. */
  | "error";

/** A failed turn, said so that a person can act on it. */
export interface Failure {
  readonly code: FailureCode;
  /** One sentence for the chat. */
  readonly message: string;
  /** What to do about it, when there is something to do. */
  readonly hint?: string;
  /** Exit code, signal and the last lines of stderr: shown folded, with secrets redacted by whoever shows it. */
  readonly detail?: string;
  /** What the model's service answered, as it came: for the log only. */
  readonly raw?: string;
}

/**
 * What happens in a turn, in order. Exactly one of `done`, `failed` and `cancelled` comes, and it comes last.
 * `done` and a reported failure come with the agent's word that it has finished, so that nobody waits for a process
 * that ends slowly; `Turn.ended` tells that all of them have ended. `cancelled` comes when they have.
 */
export type AgentEvent =
  | {
      readonly kind: "session";
      readonly sessionId: string;
      readonly model?: string;
      readonly commands?: readonly string[];
    }
  /** A piece of the answer. `block` counts the answer's blocks: a new one starts a new paragraph. */
  | { readonly kind: "text"; readonly delta: string; readonly block: number }
  /** `summary` is one line: the command, the file, the pattern. `parent` is set for a subagent's tool. */
  | {
      readonly kind: "tool-start";
      readonly id: string;
      readonly name: string;
      readonly summary: string;
      readonly parent?: string;
    }
  | { readonly kind: "tool-end"; readonly id: string; readonly ok: boolean; readonly error?: string }
  | { readonly kind: "permission"; readonly request: PermissionRequest }
  /** The agent took a request back, or it was answered otherwise. */
  | { readonly kind: "permission-void"; readonly id: string }
  /** What has been used so far, in sum. */
  | { readonly kind: "usage"; readonly usage: Partial<Usage> }
  | { readonly kind: "done"; readonly usage: Usage }
  | { readonly kind: "failed"; readonly failure: Failure; readonly usage?: Partial<Usage> }
  | { readonly kind: "cancelled"; readonly usage?: Partial<Usage> };

/** A turn under way. */
export interface Turn {
  /** The process to look for after a crash; undefined when it could not be started. */
  readonly pid: number | undefined;
  /** Answers a permission request. False when it is not (any longer) waiting. */
  answer(requestId: string, decision: PermissionDecision): boolean;
  /** What its processes show of life at this moment. Never rejects. */
  activity(): Promise<Activity>;
  /** Interrupts through the protocol, then ends the whole process tree by deadlines. Resolves when it is gone. */
  cancel(): Promise<void>;
  /**
   * Resolves after the last event, when every process of the turn has ended: until then the agent may still write its
   * session, so a turn that goes on with it has to wait. Never rejects.
   */
  readonly ended: Promise<void>;
}

export interface Agent {
  readonly name: string;
  /** How the answer's text is written: Markdown, or raw output to be shown in a fixed-width font. */
  readonly output: "markdown" | "raw";
  /** Starts a turn. Never throws: what goes wrong comes as a `failed` event. */
  run(turn: TurnRequest, onEvent: (event: AgentEvent) => void): Turn;
  /** The agent's own slash commands without the slash; empty when it has none or cannot be asked. */
  slashCommands(cwd: string): Promise<readonly string[]>;
}
