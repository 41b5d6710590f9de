/** What the rest of the program knows of any agent. Agents know nothing of chats; they speak in these types. */

import type { Activity } from "./process/activity.ts";
import type { Sessions } from "./sessions.ts";
import type { ShellSession } from "./shell/session.ts";

/** How much an agent may do without asking. */
export type PermissionMode = "skip" | "ask" | "edits" | "plan";

/** A picture that comes with a prompt. */
export interface ImageInput {
  readonly mediaType: "image/png" | "image/jpeg" | "image/gif" | "image/webp";
  readonly base64: string;
}

/** What Codex calls its sandboxes. */
export type Sandbox = "read-only" | "workspace-write" | "danger-full-access";

export interface TurnRequest {
  readonly prompt: string;
  /** For an agent that can look at them; the prompt names their files too. */
  readonly images?: readonly ImageInput[];
  /** The agent's own session to go on with; none starts a fresh one. */
  readonly sessionId?: string;
  /** Goes on in a copy of that session, which itself stays as it was. */
  readonly fork?: true;
  /** What the session is called from then on, by an agent that gives them names. */
  readonly sessionName?: string;
  /** The folder that the agent works in, absolute. */
  readonly cwd: string;
  readonly permissions: PermissionMode;
  /** What the agent may always do, in its own notation. */
  readonly rules?: readonly string[];
  readonly model?: string;
  /** How hard the model is to think, by the agent's own words. */
  readonly effort?: string;
  /** Where commands may write, for an agent that has a sandbox of its own. */
  readonly sandbox?: Sandbox;
  /** Marks every process of this turn (`NANOGENT_JOB` in its environment), so that none can be left behind. */
  readonly jobId: string;
  /** More variables for the environment of its processes. */
  readonly env?: Readonly<Record<string, string>>;
  /** What a shell goes on with, and where it puts what it leaves. */
  readonly shell?: ShellSession;
  /** What becomes of a process that could outlive the turn; without it none does. */
  readonly stay?: Stay;
}

/** How to deal with what outlives a turn. */
export interface Stay {
  /** How long a process may wait for the next prompt of its session, in milliseconds; 0: not at all. */
  readonly warmMs: number;
  /** A process stays: for the next prompt, or for its tasks in the background. Called again after each of its turns. */
  onStay(resident: Resident): void;
  /** Called once, when a process that stayed has ended. */
  onGone(resident: Resident): void;
  /**
   * The agent begins a turn that nobody asked for, as when a task in the background has ended; `why` says it in a
   * sentence. Nothing of it is lost until `begin` is called, once.
   */
  onOwnTurn(resident: Resident, why: string, begin: OwnTurn): void;
}

export type OwnTurn = (request: TurnRequest, onEvent: (event: AgentEvent) => void) => Turn;

/** A process that outlives its turns. */
export interface Resident {
  /** The name of the agent. */
  readonly agent: string;
  readonly pid: number;
  /** The value of `NANOGENT_JOB` in its environment and that of everything it started. */
  readonly mark: string;
  /** What runs in it in the background, in a few words each. */
  readonly tasks: readonly string[];
  /** Whether a turn is being worked on, or about to begin. */
  readonly isBusy: boolean;
  /** Ends it and everything in it, by deadlines. Resolves when that is gone. Never rejects. */
  end(): Promise<void>;
}

/** What an agent wants from a person before it goes on. */
export type AgentRequest = PermissionRequest | QuestionRequest | PlanRequest;

export interface PermissionRequest {
  readonly kind: "permission";
  /** Names this request in `Turn.answer`. */
  readonly id: string;
  readonly tool: string;
  /** What would run, in full: the command, the file's diff, the URL, or the input as JSON. */
  readonly detail: string;
  /** What `detail` is written in, for the chat's highlighting. */
  readonly language?: "bash" | "diff" | "json";
  /** Why the agent wants it, when it says so. */
  readonly reason?: string;
  /** `session`: it can be allowed for the rest of the session. `always` says what would be allowed for good. */
  readonly session?: boolean;
  readonly always?: ProposedRule;
}

/** What would be allowed for good, in the agent's own notation, and who would remember it. */
export interface ProposedRule {
  readonly rules: readonly string[];
  /**
   * `nanogent`: the agent would not heed a rule that it keeps itself; it gets it with each turn (`TurnRequest.rules`).
   * `nobody`: nor can nanogent keep it, so that it cannot be allowed for good.
   */
  readonly keeper: "agent" | "nanogent" | "nobody";
}

/** Questions with choices; each takes free text as well. */
export interface QuestionRequest {
  readonly kind: "questions";
  readonly id: string;
  readonly questions: readonly Question[];
}

export interface Question {
  /** Names the question in the answers. */
  readonly id: string;
  /** One or two words. */
  readonly header?: string;
  readonly text: string;
  readonly options: readonly { readonly label: string; readonly description?: string }[];
  readonly multiple: boolean;
}

/** A plan to be approved or revised, as Markdown. */
export interface PlanRequest {
  readonly kind: "plan";
  readonly id: string;
  readonly plan: string;
}

export type AgentAnswer =
  /** To a permission. */
  | { readonly kind: "allow"; readonly scope: "once" | "session" | "always" }
  /** To anything. The agent reads the reason. */
  | { readonly kind: "deny"; readonly reason: string }
  /** To questions: by the question's id, the labels or the free text. */
  | { readonly kind: "answers"; readonly answers: Readonly<Record<string, readonly string[]>> }
  /** To a plan. `edits`: from now on files may be edited without asking. */
  | { readonly kind: "approve"; readonly edits: boolean };

/** What a turn used. Costs are of this turn alone, in US dollars. */
export interface Usage {
  readonly durationMs: number;
  readonly turns?: number;
  readonly costUsd?: number;
  /** What the model has read, from its cache or not. */
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  /** What the session's context holds after the turn, and how much it can hold. Both in tokens. */
  readonly contextTokens?: number;
  readonly contextWindow?: number;
  /** Exit code of a shell command. */
  readonly exitCode?: number;
  /** How many processes it had left behind, which were ended. */
  readonly leftBehind?: number;
  /** Where the shell is now, when that is not the project's folder. */
  readonly folder?: string;
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
  /** Nothing was begun: the process that had waited for the prompt was gone. It can be tried again at once. */
  | "not-begun"
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
  /** A process works on the turn: what to look for after a crash. `mark` is the `NANOGENT_JOB` that it was started with. */
  | { readonly kind: "process"; readonly pid: number; readonly mark: string }
  /** What ran in the background was ended, since the turn needs a process that is started otherwise. */
  | { readonly kind: "tasks-ended"; readonly tasks: readonly string[] }
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
  | { readonly kind: "request"; readonly request: AgentRequest }
  /** The agent took a request back, or it was answered otherwise. */
  | { readonly kind: "request-void"; readonly id: string }
  /** Something was not allowed although nobody was asked: one line that says what. */
  | { readonly kind: "refused"; readonly what: string }
  /** What has been used so far, in sum. */
  | { readonly kind: "usage"; readonly usage: Partial<Usage> }
  | { readonly kind: "done"; readonly usage: Usage }
  | { readonly kind: "failed"; readonly failure: Failure; readonly usage?: Partial<Usage> }
  | { readonly kind: "cancelled"; readonly usage?: Partial<Usage> };

/** A turn under way. */
export interface Turn {
  /** Answers a request. False when it is not (any longer) waiting. */
  answer(requestId: string, answer: AgentAnswer): boolean;
  /** Gives the running turn more to heed. Resolves with false when it cannot take it (any more). Never rejects. */
  steer(text: string): Promise<boolean>;
  /** Changes how much it may do. Resolves with false when that holds only from the next turn on. Never rejects. */
  setMode(mode: PermissionMode): Promise<boolean>;
  /** What its processes show of life at this moment. Never rejects. */
  activity(): Promise<Activity>;
  /** Interrupts through the protocol, then ends the whole process tree by deadlines. Resolves when it is gone. */
  cancel(): Promise<void>;
  /**
   * Resolves after the last event, when every process of the turn has ended or stays (`TurnRequest.stay`): until then
   * the agent may still write its session, so a turn that goes on with it has to wait. Never rejects.
   */
  readonly ended: Promise<void>;
}

export interface Model {
  /** What `TurnRequest.model` takes. */
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  /** What `TurnRequest.effort` takes; empty when it knows no such thing. */
  readonly efforts: readonly string[];
}

export interface Agent {
  readonly name: string;
  /** How the answer's text is written: Markdown, or raw output to be shown in a fixed-width font. */
  readonly output: "markdown" | "raw";
  /** Starts a turn. Never throws: what goes wrong comes as a `failed` event. */
  run(turn: TurnRequest, onEvent: (event: AgentEvent) => void): Turn;
  /** The agent's own slash commands without the slash; empty when it has none or cannot be asked. */
  slashCommands(cwd: string): Promise<readonly string[]>;
  /** The models that it offers; empty when it has none or cannot be asked. */
  models(cwd: string): Promise<readonly Model[]>;
  /** Undefined for an agent that keeps none. */
  readonly sessions?: Sessions;
}
