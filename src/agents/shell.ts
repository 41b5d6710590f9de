import { accessSync, constants } from "node:fs";
import { basename, isAbsolute } from "node:path";
import type { Log } from "../log.ts";
import type { Agent, AgentEvent, Turn, TurnRequest } from "./agent.ts";
import { plainOutput } from "./plain-output.ts";
import { type ProcessExit, startProcess } from "./process.ts";

export interface ShellOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Values that must not reach the command's environment. */
  readonly secrets: readonly string[];
  readonly log: Log;
  /** The shell to use instead of `env.SHELL`. */
  readonly shell?: string;
}

/** Each prompt is a command, run by the user's shell in the folder. Its exit code is part of the `done` event. */
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
  const emit = (event: AgentEvent): void => {
    try {
      onEvent(event);
    } catch (error) {
      // Thrown into the stream's callback it would end the bridge.
      options.log.error("agent event not handled", { kind: event.kind, error });
    }
  };
  const say = (delta: string): void => {
    if (delta !== "") emit({ kind: "text", delta, block: 0 });
  };
  const output = plainOutput();
  const shell = userShell(options.shell ?? options.env.SHELL);
  const child = startProcess({
    ...launcher(shell),
    cwd: request.cwd,
    env: { ...options.env, ...request.env },
    secrets: options.secrets,
    jobId: request.jobId,
    onStdout: (chunk) => say(output.push(chunk)),
  });
  if (child.pid !== undefined) emit({ kind: "process", pid: child.pid, mark: request.jobId });
  child.write(request.prompt.replaceAll("\0", ""));
  child.closeStdin();

  const live = async (): Promise<void> => {
    const exit = await child.closed;
    say(output.end());
    const usage = { durationMs: Math.round(performance.now() - startedAt) };
    // What the command left in the background belongs to the turn: it ends with it.
    const end = child.end();
    if (cancelling) await end;
    if (cancelling && !exit.error) emit({ kind: "cancelled", usage });
    else emit(lastEvent(exit, shell, request.cwd, usage));
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

function lastEvent(
  exit: ProcessExit,
  shell: string,
  cwd: string,
  usage: { readonly durationMs: number },
): AgentEvent {
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

/** The shell that commands are run with, for the value of `SHELL`. */
export function userShell(shell: string | undefined): string {
  if (!shell || !isAbsolute(shell)) return "/bin/sh";
  try {
    accessSync(shell, constants.X_OK);
    return shell;
  } catch {
    return "/bin/sh";
  }
}

const POSIX_SHELLS = new Set(["sh", "ash", "bash", "dash", "ksh", "mksh", "zsh"]);

/**
 * How the command reaches the shell. As an argument it would show in `ps` and end at 128 KiB; as the shell's stdin a
 * program in it would eat the rest of it; as a file it would outlive a killed bridge. So a POSIX shell reads all of
 * it from stdin first and then runs it, with nothing left on stdin. Other shells (fish, nu) have no common way to say that:
 * they get it as an argument. Both outputs go to one pipe, so that they come in the order in which they were written.
 */
function launcher(shell: string): { command: string; args: readonly string[] } {
  const read = "exec 2>&1; nanogent_command=$(cat);";
  if (!POSIX_SHELLS.has(basename(shell))) {
    return { command: "/bin/sh", args: ["-c", `${read} exec "$0" -c "$nanogent_command"`, shell] };
  }
  // Node's pipes are sockets, and bash takes a socket on its stdin for a remote login: it would read ~/.bashrc first.
  const options = basename(shell) === "bash" ? ["--norc"] : [];
  // The space: a command that begins with a dash is no option of eval.
  return { command: shell, args: [...options, "-c", `${read} eval " $nanogent_command"`] };
}
