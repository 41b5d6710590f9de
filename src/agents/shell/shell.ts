import type { Log } from "../../log.ts";
import type { Agent, AgentEvent, Turn, TurnRequest, Usage } from "../agent.ts";
import { plainOutput } from "../plain-output.ts";
import { childEnv } from "../process/child-env.ts";
import { type ProcessExit, startProcess } from "../process/process.ts";
import { safeEvents } from "../safe-events.ts";
import { shellLaunch, userShell } from "./launch.ts";
import { folderName, isUsableFolder, readShellState, type ShellSession, sessionEnv } from "./session.ts";

/** What is left of it is no environment. */
const MOST_TOLD_BYTES = 8 << 20;

export interface ShellOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Values that must not reach the command's environment. */
  readonly secrets: readonly string[];
  readonly log: Log;
  /** The shell to use instead of `env.SHELL`. */
  readonly shell?: string;
}

/**
 * Each prompt is a command, run by the user's shell: in the folder, or where the last command of the same session has
 * left off. Its exit code is part of the `done` event.
 */
export function shellAgent(options: ShellOptions): Agent {
  return {
    name: "shell",
    output: "raw",
    run: (request, onEvent) => startCommand(options, request, onEvent),
    slashCommands: async () => [],
    models: async () => [],
  };
}

function startCommand(
  options: ShellOptions,
  request: TurnRequest,
  onEvent: (event: AgentEvent) => void,
): Turn {
  const startedAt = performance.now();
  let cancelling: Promise<void> | undefined;
  const emit = safeEvents(onEvent, options.log);
  const say = (delta: string): void => {
    if (delta !== "") emit({ kind: "text", delta, block: 0 });
  };
  const output = plainOutput();
  const shell = userShell(options.shell ?? options.env.SHELL);
  const session: ShellSession = request.shell ?? { state: undefined };
  const left = session.state?.folder ?? request.cwd;
  const folder = left === request.cwd || isUsableFolder(left) ? left : request.cwd;
  const base = childEnv(options.env, options.secrets, request.jobId);
  const told: Buffer[] = [];
  let toldBytes = 0;
  const child = startProcess({
    ...shellLaunch(shell),
    cwd: folder,
    // With its PWD a shell calls the folder as it was called before, also where a link leads to it.
    env: { ...sessionEnv(base, session.state), ...request.env, PWD: folder },
    secrets: options.secrets,
    jobId: request.jobId,
    onStdout: (chunk) => say(output.push(chunk)),
    onTold(chunk) {
      toldBytes += chunk.length;
      if (toldBytes <= MOST_TOLD_BYTES) told.push(chunk);
    },
  });
  if (child.pid !== undefined) emit({ kind: "process", pid: child.pid, mark: request.jobId });
  if (folder !== left) {
    // Later, so that the caller has the turn in hand.
    queueMicrotask(() => say(`${left} is gone: back in the project's folder.\n`));
  }
  child.write(request.prompt.replaceAll("\0", ""));
  child.closeStdin();

  const live = async (): Promise<void> => {
    const exit = await child.closed;
    say(output.end());
    // One that was stopped or killed leaves everything as it was before.
    if (!cancelling && exit.code !== null)
      session.state = readShellState(Buffer.concat(told), base) ?? session.state;
    const leftBehind = cancelling ? 0 : (await child.activity()).processes;
    const now = folderName(session.state?.folder ?? request.cwd, request.cwd);
    const usage = {
      durationMs: Math.round(performance.now() - startedAt),
      ...(now === undefined ? {} : { folder: now }),
      ...(leftBehind === 0 ? {} : { leftBehind }),
    };
    // What the command left in the background belongs to the turn: it ends with it.
    const end = child.end();
    if (cancelling) await end;
    if (cancelling && !exit.error) emit({ kind: "cancelled", usage });
    else emit(lastEvent(exit, shell, folder, usage));
    await end;
  };
  const ended = live();
  const cancel = async (): Promise<void> => {
    await child.end();
    await ended;
  };
  return {
    answer: () => false,
    steer: async () => false,
    setMode: async () => false,
    activity: child.activity,
    cancel: () => {
      cancelling ??= cancel();
      return cancelling;
    },
    ended,
  };
}

function lastEvent(exit: ProcessExit, shell: string, cwd: string, usage: Usage): AgentEvent {
  if (exit.error) {
    const message = `The command could not be started with ${shell} in ${cwd}.`;
    return { kind: "failed", failure: { code: "config", message, detail: exit.error.message } };
  }
  if (exit.signal || exit.code === null) {
    const message = `The command was killed by ${exit.signal}.`;
    return { kind: "failed", failure: { code: "crashed", message }, usage };
  }
  return { kind: "done", usage: { ...usage, exitCode: exit.code } };
}
