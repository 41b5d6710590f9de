import { type HeldSession, WORKING_MS } from "../terminal-session.ts";
import { agentSign } from "./agent-screen.ts";
import { dialogOn, dialogWords } from "./dialogs.ts";
import type { Foreground } from "./foreground.ts";
import { type Look, lookWhenDrawn } from "./look.ts";

/**
 * `working`: it does something. `waiting`: it asks a person something. `needs-permission`: it asks whether it may.
 * `idle`: it takes the next input. `ended`: it is gone.
 */
export type State = "working" | "waiting" | "idle" | "needs-permission" | "ended";

/** A session's state, and a sentence that says how that is known. */
export interface Status {
  readonly state: State;
  readonly evidence: string;
}

/** What an agent tells by its own hooks, by the session's id. */
export interface HookSource {
  /** Undefined when the session has no hooks, or none has come yet. */
  state?(id: string): Status | undefined;
  /** Calls back with each prompt that the agent has been given. @returns what ends it. */
  onPrompt?(id: string, listener: (prompt: string) => void): () => void;
}

/** What comes this soon after a key is its echo. */
const ECHO_MS = 1_000;
const LONGEST = 60;
/** Programs that tell nothing of what goes on at their far end. */
const CONNECTIONS = new Set(["ssh", "mosh-client", "docker", "podman", "kubectl", "tmux: client", "screen"]);
/** A line that ends like this waits for an answer. */
const ASKS = /(?:[?:>]|\[[^\]]*\]|\([^)]*\))\s*$/;

/**
 * What a session is doing: by its agent's hooks where there are some, else by what its screen, its output and its
 * terminal's foreground process tell. One that prints steadily works. The evidence may quote
 * the screen, so that it is for owners, and to be redacted. Never rejects.
 */
export async function statusOf(
  session: HeldSession,
  { hooks, now = Date.now }: { readonly hooks?: HookSource; readonly now?: () => number } = {},
): Promise<Status> {
  if (session.exit) return { state: "ended", evidence: endWords(session.exit) };
  const told = hooks?.state?.(session.id);
  if (told) return told;
  const look = await lookWhenDrawn(session);
  const dialog = dialogOn(look);
  if (dialog) {
    const state = dialog.kind === "permission" ? "needs-permission" : "waiting";
    return { state, evidence: `${dialogWords(dialog)}.` };
  }
  const found = await session.foreground();
  const foreground = found && CONNECTIONS.has(found.name) ? undefined : found;
  const takesPastes = session.screen.terminal.modes.bracketedPasteMode;
  // Shells ask for pastes while they wait for a line, and no longer when they run it.
  if (foreground?.isShell && takesPastes)
    return { state: "idle", evidence: `${foreground.name} waits at its prompt.` };
  const sign = agentSign(look, session.title);
  if (sign) return { state: sign.isWorking ? "working" : "idle", evidence: sign.evidence };
  return byOutput(session, look, foreground, now());
}

function byOutput(session: HeldSession, look: Look, foreground: Foreground | undefined, now: number): Status {
  const { lastOutput, lastInput, screen } = session;
  const name = foreground?.name ?? "The program";
  const ago = Math.max(0, Math.round((now - lastOutput) / 1_000));
  if (now - lastOutput < WORKING_MS && lastOutput - lastInput > ECHO_MS)
    return { state: "working", evidence: `It printed ${ago} s ago, without being typed to.` };
  const { buffer, modes } = screen.terminal;
  if (buffer.active.type === "alternate" || modes.bracketedPasteMode)
    return { state: "idle", evidence: `${name} takes input, and nothing moves.` };
  const line = look.line.trim();
  if (foreground?.isShell === false)
    return ASKS.test(line)
      ? { state: "waiting", evidence: `${name} has printed “${line.slice(-LONGEST)}” and waits.` }
      : { state: "working", evidence: `${name} runs in the foreground.` };
  return { state: "idle", evidence: `It has printed nothing of its own for ${ago} s.` };
}

function endWords({ code, reason }: { readonly code: number | undefined; readonly reason?: string }): string {
  return reason ?? (code === undefined ? "It has ended." : `It has ended with code ${code}.`);
}
