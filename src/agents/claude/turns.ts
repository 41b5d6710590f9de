import type { AgentEvent, Turn, TurnRequest } from "../agent.ts";
import { sessionGrants } from "../session-grants.ts";
import { ClaudeProcess, type ClaudeProcessOptions } from "./process.ts";
import { modeName, setMode } from "./protocol.ts";
import type { ClaudeResidents } from "./residents.ts";
import { ClaudeTurn, type Seat } from "./turn.ts";

export interface ClaudeTurnsOptions extends ClaudeProcessOptions {
  /** Those that outlive their turns. */
  readonly residents: ClaudeResidents;
  readonly onCommands: (cwd: string, commands: readonly string[]) => void;
  /** How long the program may take to end by itself after its `result`, in milliseconds. 10,000 unless told. */
  readonly exitMs?: number;
}

/** Starts turns: each in a fresh process, unless one that knows the session has stayed. */
export function claudeTurns(
  options: ClaudeTurnsOptions,
): (request: TurnRequest, onEvent: (event: AgentEvent) => void) => Turn {
  const { residents } = options;
  const grants = sessionGrants();

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
    const fits = !request.sessionName && process.fits(options, request);
    return isReady && fits ? { kind: "warm", process } : replace(process, request);
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
        onCommands: (commands) => options.onCommands(request.cwd, commands),
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

  return (request, onEvent) => begin(request, onEvent, () => enter(request));
}
