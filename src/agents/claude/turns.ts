import type { AgentEvent, Turn, TurnRequest } from "../agent.ts";
import { ClaudeProcess, type ClaudeProcessOptions } from "./process.ts";
import type { ClaudeProcesses } from "./processes.ts";
import { modeName, setMode } from "./protocol.ts";
import { ClaudeTurn, type Seat } from "./turn.ts";

export interface ClaudeTurnsOptions extends ClaudeProcessOptions {
  /** Those that run. */
  readonly processes: ClaudeProcesses;
  readonly onCommands: (cwd: string, commands: readonly string[]) => void;
  /** How long the program may take to end by itself after its `result`, in milliseconds. 10,000 unless told. */
  readonly exitMs?: number;
}

/** Starts turns: each in a fresh process, unless one that knows the session has stayed. */
export function claudeTurns(
  options: ClaudeTurnsOptions,
): (request: TurnRequest, onEvent: (event: AgentEvent) => void) => Turn {
  const { processes } = options;

  const start = (request: TurnRequest, endedTasks: readonly string[] = []): Seat => {
    const { sessionId, fork } = request;
    const process = new ClaudeProcess(
      { ...options, onOwnTurn, onSession: (each) => processes.enter(each, each.sessionId ?? "") },
      request,
      processes.grants.of(sessionId),
    );
    if (sessionId !== undefined && !fork) processes.enter(process, sessionId);
    return { kind: "new", process, endedTasks };
  };

  /** Two processes must not write one session: the one that is in it takes the turn, or ends first. */
  const enter = (request: TurnRequest): Seat | Promise<Seat> => {
    // A copy is another session, which only a process of its own can make.
    const process = request.fork ? undefined : processes.of(request.sessionId);
    if (!process) return start(request);
    if (process.isBusy || !fits(process, request) || !hasMode(process, request))
      return replace(process, request);
    return { kind: "warm", process, endedTasks: [] };
  };
  const fits = (process: ClaudeProcess, request: TurnRequest): boolean =>
    !process.isLeaving && !request.sessionName && process.fits(options, request);
  const hasMode = (process: ClaudeProcess, { permissions }: TurnRequest): boolean =>
    options.fixedMode === true || process.mode === modeName(permissions);

  const replace = async (process: ClaudeProcess, request: TurnRequest): Promise<Seat> => {
    await process.free();
    if (processes.of(request.sessionId) !== process) return enter(request);
    if (fits(process, request)) {
      const isReady =
        hasMode(process, request) || (await process.call("mode", setMode(request.permissions, "mode")));
      if (isReady && !process.isBusy && processes.of(request.sessionId) === process)
        return { kind: "warm", process, endedTasks: [] };
    }
    const { tasks } = process;
    await process.end();
    await process.child.closed;
    return processes.of(request.sessionId) === undefined ? start(request, tasks) : enter(request);
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
        onGrant: (sessionId, rules) => processes.grants.add(sessionId, rules),
        enter,
        keep: (process, isGood) => processes.keep(process, isGood),
      },
      request,
      onEvent,
    );

  const onOwnTurn = (process: ClaudeProcess, why: string): void => {
    const own = (request: TurnRequest, onEvent: (event: AgentEvent) => void): Turn =>
      begin(request, onEvent, () => ({ kind: "own", process, endedTasks: [] }));
    if (process.stay) process.stay.onOwnTurn(process, why, own);
    else void process.end();
  };

  return (request, onEvent) => begin(request, onEvent, () => enter(request));
}
