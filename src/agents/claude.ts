import type { Log } from "../log.ts";
import type { Agent, AgentEvent, Failure, Turn, TurnRequest } from "./agent.ts";
import { rootFailure } from "./claude-errors.ts";
import { askIntroduction, type Introduction } from "./claude-introduction.ts";
import { ClaudeProcess, type ClaudeProcessOptions } from "./claude-process.ts";
import { modeName, setMode } from "./claude-protocol.ts";
import { ClaudeResidents } from "./claude-residents.ts";
import { claudeSessions } from "./claude-sessions.ts";
import { ClaudeTurn, type Seat } from "./claude-turn.ts";
import { sessionGrants } from "./session-grants.ts";

const RETRY_MS = 60_000;

export interface ClaudeOptions extends ClaudeProcessOptions {
  /** Those that outlive their turns; other settings find them again. */
  readonly residents?: ClaudeResidents;
  /** How long the program may take to end by itself after its `result`, in milliseconds. 10,000 unless told. */
  readonly exitMs?: number;
}

/**
 * Claude Code, headless and speaking stream-json: a fresh process for each prompt, unless one that knows the session has
 * stayed.
 */
export function claudeAgent(options: ClaudeOptions): Agent {
  const known = new Map<string, readonly string[]>();
  const asked = new Map<string, Promise<Introduction | undefined>>();
  const failedAt = new Map<string, number>();
  const { residents = new ClaudeResidents() } = options;
  const grants = sessionGrants();

  const ask = async (cwd: string): Promise<Introduction | undefined> => {
    const introduction = await askIntroduction(options, cwd);
    if (introduction) return introduction;
    failedAt.set(cwd, Date.now());
    asked.delete(cwd);
    return undefined;
  };
  const introduce = async (cwd: string): Promise<Introduction | undefined> => {
    if (Date.now() - (failedAt.get(cwd) ?? -Infinity) < RETRY_MS) return undefined;
    const asking = asked.get(cwd) ?? ask(cwd);
    asked.set(cwd, asking);
    return asking;
  };

  const start = (request: TurnRequest): Seat => {
    const rules = [...(request.rules ?? []), ...grants.of(request.sessionId)];
    const process = new ClaudeProcess({ ...options, onOwnTurn }, { ...request, rules });
    return { kind: "new", process };
  };
  /** Two processes must not write one session: the one that knows it takes the turn, or ends first. */
  const enter = (request: TurnRequest): Seat | Promise<Seat> => {
    // A copy is another session, which only a process of its own can make.
    const process = request.fork ? undefined : residents.of(request.sessionId);
    if (!process) return start(request);
    const isReady = !process.isBusy && process.mode === modeName(request.permissions);
    return isReady && !request.sessionName && process.fits(options, request)
      ? { kind: "warm", process }
      : replace(process, request);
  };
  const replace = async (process: ClaudeProcess, request: TurnRequest): Promise<Seat> => {
    await process.free();
    if (residents.of(request.sessionId) !== process) return enter(request);
    if (!request.sessionName && process.fits(options, request)) {
      const switched = await process.call("mode", setMode(request.permissions, "mode"));
      if (switched && !process.isBusy && residents.of(request.sessionId) === process)
        return { kind: "warm", process };
    }
    residents.forget(process);
    await process.end();
    return enter(request);
  };
  const begin = (
    request: TurnRequest,
    onEvent: (event: AgentEvent) => void,
    enter: () => Seat | Promise<Seat>,
  ): Turn =>
    new ClaudeTurn(
      {
        ...options,
        onCommands: (commands) => known.set(request.cwd, commands),
        onGrant: (sessionId, rules) => grants.add(sessionId, rules),
        enter,
        keep: (process, isGood) => residents.keep(process, isGood),
      },
      request,
      onEvent,
    );
  const onOwnTurn = (process: ClaudeProcess, why: string): void => {
    const own = (request: TurnRequest, onEvent: (event: AgentEvent) => void): Turn =>
      begin(request, onEvent, () => ({ kind: "own", process }));
    if (process.stay) process.stay.onOwnTurn(process, why, own);
    else void process.end();
  };

  return {
    name: "claude",
    output: "markdown",
    run(request, onEvent) {
      if (request.permissions === "skip" && refusesToSkip(options.env)) {
        return failedTurn(rootFailure(), onEvent, options.log);
      }
      return begin(request, onEvent, () => enter(request));
    },
    slashCommands: async (cwd) => known.get(cwd) ?? (await introduce(cwd))?.commands ?? [],
    models: async (cwd) => (await introduce(cwd))?.models ?? [],
    sessions: claudeSessions(options),
  };
}

/** Claude Code looks at its own environment for this, so only the bridge's counts. */
export function refusesToSkip(env: NodeJS.ProcessEnv): boolean {
  return process.getuid?.() === 0 && env.IS_SANDBOX !== "1";
}

/** A turn that is over before anything was started. */
function failedTurn(failure: Failure, onEvent: (event: AgentEvent) => void, log: Log): Turn {
  // Later, so that the caller has the turn in hand when the event comes.
  const ended = Promise.resolve()
    .then(() => onEvent({ kind: "failed", failure }))
    .catch((error) => log.error("agent event not handled", { kind: "failed", error }));
  return {
    answer: () => false,
    steer: async () => false,
    setMode: async () => false,
    activity: async () => ({ processes: 0, cpuMs: 0 }),
    cancel: () => ended,
    ended,
  };
}
