import type { Agent } from "../agents/agent.ts";
import { refusingShell } from "../agents/failed-turn.ts";
import type { ShellSession } from "../agents/shell/session.ts";
import { conversationOf, movedConversation, type Place } from "../chat/messenger.ts";
import type { Log } from "../log.ts";
import type { Conversations } from "./conversations.ts";
import type { Author, Job, JobDraft } from "./job.ts";
import { isEmptyCommand, isShellCommand } from "./shell-command.ts";

export interface ShellCommandsOptions {
  readonly conversations: Conversations;
  readonly log: Log;
  /** Why somebody may not run commands of a shell there, as a sentence for the chat; undefined when he may. */
  readonly shellFault: (asked: Pick<Job, "author" | "place">) => string | undefined;
}

/** Who may give commands to the shell, and the session that each conversation has with it. */
export class ShellCommands {
  readonly #options: ShellCommandsOptions;
  /** By conversation. */
  readonly #sessions = new Map<string, ShellSession>();

  constructor(options: ShellCommandsOptions) {
    this.#options = options;
  }

  mayUse(author: Author, place: Place): boolean {
    return this.#options.shellFault({ author, place }) === undefined;
  }

  /** Whether it runs beside the agent. Where the shell is the agent, a command is a prompt like any other. */
  isBeside(draft: Pick<JobDraft, "parts" | "place">): boolean {
    return isShellCommand(draft) && this.#options.conversations.agent(draft.place).name !== "shell";
  }

  /** Why a prompt cannot be run for whoever asks, as a sentence for the chat; undefined when it can. */
  refusal(draft: Pick<JobDraft, "parts" | "author" | "place">): string | undefined {
    const isCommand = isShellCommand(draft);
    if (!isCommand && this.#options.conversations.agent(draft.place).name !== "shell") return undefined;
    const fault = this.#options.shellFault(draft);
    if (fault !== undefined && isCommand) return `${fault} A prompt that begins with ! is written as \\!`;
    if (isEmptyCommand(draft)) return "Write a command behind it, such as !git status";
    return fault;
  }

  /**
   * What runs a job: the agent of its conversation, or the shell with its session there. Asked at the job's start, since people
   * and settings may have changed while it waited: then it is one that refuses.
   */
  agentFor(job: Job): Agent {
    const { conversations, shellFault, log } = this.#options;
    const agent = job.shell ? conversations.agents.get("shell") : conversations.agent(job.place);
    if (agent && agent.name !== "shell") return agent;
    const fault = shellFault(job);
    if (!agent || fault !== undefined) return refusingShell(fault ?? "There is no shell.", log);
    const shell = this.#sessionOf(job.place);
    return { ...agent, run: (turn, onEvent) => agent.run({ ...turn, shell }, onEvent) };
  }

  /** The next command begins anew in the project's folder. What runs keeps the session that it has. */
  leave(place: Place): void {
    this.#sessions.delete(conversationOf(place));
  }

  /** A chat has another id from now on. */
  moveChat(from: number, to: number): void {
    for (const [key, session] of [...this.#sessions]) {
      const moved = movedConversation(key, from, to);
      if (moved === undefined) continue;
      this.#sessions.delete(key);
      this.#sessions.set(moved, session);
    }
  }

  #sessionOf(place: Place): ShellSession {
    const key = conversationOf(place);
    const session = this.#sessions.get(key) ?? { state: undefined };
    this.#sessions.set(key, session);
    return session;
  }
}
