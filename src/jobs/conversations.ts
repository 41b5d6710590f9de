import type { Agent, PermissionMode, Sandbox } from "../agents/agent.ts";
import type { Agents } from "../agents/choose.ts";
import { conversationOf, type Place } from "../chat/messenger.ts";
import { PERMISSION_MODES } from "../config-keys.ts";
import type { SessionSum } from "../spending.ts";
import type { Store } from "../store.ts";
import type { JobSettings } from "./job-run.ts";

/** What can be chosen in a chat in place of what `.env` says. */
export type ChoiceName = "agent" | "mode" | "model" | "effort" | "sandbox";

/** Where Codex lets commands write, from the least to the most. */
export const SANDBOXES: readonly Sandbox[] = ["read-only", "workspace-write", "danger-full-access"];

/** What each chat, or topic of a chat, has of its own: an agent, a session with each agent, and what was chosen there. */
export class Conversations {
  readonly #store: Store;
  #agents: Agents;
  #settings: JobSettings;

  constructor(store: Store, agents: Agents, settings: JobSettings) {
    this.#store = store;
    this.#agents = agents;
    this.#settings = settings;
  }

  /** Takes over other settings; what was chosen in a chat stays. */
  configure(agents: Agents, settings: JobSettings): void {
    this.#agents = agents;
    this.#settings = settings;
  }

  get agents(): Agents {
    return this.#agents;
  }

  /** What answers prompts here. */
  agent(place: Place): Agent {
    const chosen = this.#store.choice(conversationOf(place), "agent");
    return (chosen === undefined ? undefined : this.#agents.get(chosen)) ?? this.#agents.usual;
  }

  settings(place: Place): JobSettings {
    const usual = this.#settings;
    const sandbox = SANDBOXES.find((each) => each === this.chosen(place, "sandbox"));
    return {
      ...usual,
      permissions: this.mode(place),
      model: this.chosen(place, "model") ?? usual.model,
      effort: this.chosen(place, "effort"),
      sandbox,
      rules: this.#store.rules(this.agent(place).name),
    };
  }

  mode(place: Place): PermissionMode {
    return PERMISSION_MODES.find((each) => each === this.chosen(place, "mode")) ?? this.#settings.permissions;
  }

  /** What was chosen here; undefined where what `.env` says counts. */
  chosen(place: Place, name: ChoiceName): string | undefined {
    return this.#store.choice(conversationOf(place), this.#key(place, name));
  }

  /** Resolves when it is on the disk. `null` takes a choice back. */
  async choose(place: Place, name: ChoiceName, value: string | null): Promise<void> {
    const key = this.#key(place, name);
    await this.#store.record({ k: "choice", conversation: conversationOf(place), name: key, value });
  }

  /** A model of one agent is none of another's. */
  #key(place: Place, name: ChoiceName): string {
    return name === "model" || name === "effort" ? `${this.agent(place).name} ${name}` : name;
  }

  /** A chat has another id from now on: what was chosen in it and its topics goes along, and so do its sessions. */
  moveChat(from: number, to: number): void {
    this.#store.note(...this.#store.movedChat(String(from), String(to)));
  }

  /** The session that the next prompt here goes on with. */
  session(place: Place, agent: string): string | undefined {
    return this.#store.session(conversationOf(place), agent);
  }

  /** What the session of this place has used so far; undefined when there is none, or nothing is known of it. */
  spent(place: Place): SessionSum | undefined {
    const { name } = this.agent(place);
    const sessionId = this.session(place, name);
    return sessionId === undefined ? undefined : this.#store.spending.ofSession(name, sessionId);
  }

  /** Writes down which one that is. Does not wait for the disk. */
  keepSession(place: Place, agent: string, sessionId: string): void {
    if (this.session(place, agent) === sessionId) return;
    this.#store.note({ k: "session", conversation: conversationOf(place), agent, sessionId });
  }

  /** The next prompt here starts a fresh one. */
  async leaveSession(place: Place, agent: string): Promise<void> {
    await this.#store.record({ k: "session", conversation: conversationOf(place), agent, sessionId: null });
  }
}
