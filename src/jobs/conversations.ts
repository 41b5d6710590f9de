import type { Agent, PermissionMode, Sandbox, TurnRequest } from "../agents/agent.ts";
import type { Agents } from "../agents/choose.ts";
import { conversationOf, type Place } from "../chat/messenger.ts";
import { PERMISSION_MODES } from "../config-keys.ts";
import type { SessionSum } from "../spending.ts";
import type { Store } from "../store.ts";
import type { StoreRecord } from "../store-record.ts";
import type { JobSettings } from "./settings.ts";

/** How a prompt begins: in which session, in a copy of it or not, and what that is called from then on. */
export type Opening = Pick<TurnRequest, "sessionId" | "fork" | "sessionName">;

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
    this.#store.note(...this.#store.movedChat(from, to));
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

  /** How the next prompt here begins. */
  opening(place: Place, agent: string): Opening {
    const conversation = conversationOf(place);
    const sessionId = this.session(place, agent);
    const sessionName = this.#store.choice(conversation, nameKey(agent));
    // Of another session than this one nothing is to be copied any more.
    const fork = sessionId !== undefined && this.#store.choice(conversation, forkKey(agent)) === sessionId;
    return {
      ...(sessionId === undefined ? {} : { sessionId }),
      ...(fork ? { fork } : {}),
      ...(sessionName === undefined ? {} : { sessionName }),
    };
  }

  /** Writes down which session a prompt that began like this is in. Does not wait for the disk. */
  keepSession(place: Place, agent: string, sessionId: string, { sessionName }: Opening = {}): void {
    const conversation = conversationOf(place);
    const chosen = (name: string): string | undefined => this.#store.choice(conversation, name);
    const taken = (name: string): StoreRecord => ({ k: "choice", conversation, name, value: null });
    if (this.session(place, agent) !== sessionId) {
      this.#store.note({ k: "session", conversation, agent, sessionId });
      if (chosen(forkKey(agent)) !== undefined) this.#store.note(taken(forkKey(agent)));
    }
    if (sessionName !== undefined && chosen(nameKey(agent)) === sessionName) {
      this.#store.note(taken(nameKey(agent)));
    }
  }

  /** The next prompt here starts a fresh one, by that name when there is one. */
  async leaveSession(place: Place, agent: string, name: string | null = null): Promise<void> {
    await this.#enter(place, agent, null, name);
  }

  /** The next prompt here goes on with that one. */
  async switchSession(place: Place, agent: string, sessionId: string): Promise<void> {
    await this.#enter(place, agent, sessionId, null);
  }

  /** The next prompt here goes on in a copy of the session. False when there is none. */
  async forkSession(place: Place, agent: string): Promise<boolean> {
    const sessionId = this.session(place, agent);
    if (sessionId === undefined) return false;
    const conversation = conversationOf(place);
    await this.#store.record({ k: "choice", conversation, name: forkKey(agent), value: sessionId });
    return true;
  }

  /** Whatever session the next prompt here is in, it gives it this name. */
  async nameNextSession(place: Place, agent: string, name: string): Promise<void> {
    const conversation = conversationOf(place);
    await this.#store.record({ k: "choice", conversation, name: nameKey(agent), value: name });
  }

  async #enter(place: Place, agent: string, sessionId: string | null, name: string | null): Promise<void> {
    const conversation = conversationOf(place);
    await this.#store.record(
      // First: if only a part of it is written, no session is copied that was not meant.
      { k: "choice", conversation, name: forkKey(agent), value: null },
      { k: "session", conversation, agent, sessionId },
      { k: "choice", conversation, name: nameKey(agent), value: name },
    );
  }
}

/** The choice that holds the session to be copied. */
function forkKey(agent: string): string {
  return `${agent} fork`;
}

/** The choice that holds what the session of the next prompt is to be called. */
function nameKey(agent: string): string {
  return `${agent} session-name`;
}
