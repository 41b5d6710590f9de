import { type HeldSession, WORKING_MS } from "../terminal-session.ts";
import { agentSign } from "./agent-screen.ts";
import { dialogOn, dialogWords } from "./dialogs.ts";
import type { Foreground } from "./foreground.ts";
import { type Look, lookAt } from "./look.ts";

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
/** A line that ends like this waits for an answer. */
const ASKS = /(?:[?:>]|\[[^\]]*\]|\([^)]*\))\s*$/;

/**
 * What a session is doing: by its agent's hooks where there are some, else by what its screen, its output and its
 * terminal's foreground process tell. One that prints steadily works. Never rejects.
 */
export async function statusOf(
  session: HeldSession,
  { hooks, now = Date.now }: { readonly hooks?: HookSource; readonly now?: () => number } = {},
): Promise<Status> {
  if (session.exit) return { state: "ended", evidence: endWords(session.exit) };
  const told = hooks?.state?.(session.id);
  if (told) return told;
  const look = await lookAt(session);
  const dialog = dialogOn(look);
  if (dialog) {
    const state = dialog.kind === "permission" ? "needs-permission" : "waiting";
    return { state, evidence: `${dialogWords(dialog)}.` };
  }
  const foreground = await session.foreground();
  const takesPastes = session.screen.terminal.modes.bracketedPasteMode;
  // Shells ask for pastes while they wait for a line, and no longer when they run it.
  if (foreground?.isShell && takesPastes)
    return { state: "idle", evidence: `${foreground.name} waits at its prompt.` };
  const sign = agentSign(look, session.title);
  if (sign) return { state: sign.isWorking ? "working" : "idle", evidence: sign.evidence };
  return byOutput(session, look, foreground, now());
}

function byOutput(session: HeldSession, look: Look, foreground: Foreground | undefined, now: number): Status {
  const { buffer, modes } = session.screen.terminal;
  const isFresh = now - session.lastOutput < WORKING_MS;
  const ago = Math.max(0, Math.round((now - session.lastOutput) / 1_000));
  if (isFresh && session.lastOutput - session.lastInput > ECHO_MS)
    return { state: "working", evidence: `It printed ${ago} s ago, without being typed to.` };
  const isFullScreen = buffer.active.type === "alternate" || modes.bracketedPasteMode;
  if (isFullScreen)
    return { state: "idle", evidence: `${nameOf(foreground)} shows a screen, and nothing moves.` };
  if (look.line.trim() !== "" && ASKS.test(look.line))
    return foreground && !foreground.isShell
      ? {
          state: "waiting",
          evidence: `${nameOf(foreground)} has printed “${look.line.trim().slice(-60)}” and waits.`,
        }
      : { state: "idle", evidence: `The cursor stands behind “${look.line.trim().slice(-60)}”.` };
  if (foreground && !foreground.isShell)
    return { state: "working", evidence: `${foreground.name} runs in the foreground.` };
  return isFresh && session.lastOutput > session.lastInput && !foreground
    ? { state: "working", evidence: `It printed ${ago} s ago.` }
    : { state: "idle", evidence: `It has printed nothing for ${ago} s.` };
}

function nameOf(foreground: Foreground | undefined): string {
  return foreground?.name ?? "The program";
}

function endWords({ code, reason }: { readonly code: number | undefined; readonly reason?: string }): string {
  return reason ?? (code === undefined ? "It has ended." : `It has ended with code ${code}.`);
}
