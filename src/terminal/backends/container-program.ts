import type { ReadStream, WriteStream } from "node:tty";
import { BackendError } from "../pty.ts";
import { containerTerminal, startHere } from "./container-terminal.ts";
import { dockerEngine, EngineError } from "./engine-api.ts";
import { readNote, tellExit, tellStarted } from "./kept-container.ts";

/** Those by which a terminal is closed. */
const SIGNALS = ["SIGHUP", "SIGTERM"] as const;

/**
 * Stands between a terminal of this machine and one in a container, for as long as that lasts: the bridge may come and
 * go. How it ended is told in the session's folder.
 * @param folder The session's: tells what is to be started.
 * @param env Tells where the engine is.
 * @returns the program's exit code. Never rejects.
 */
export async function runContainerTerminal(
  folder: string,
  env: NodeJS.ProcessEnv,
  { stdin, stdout }: { readonly stdin: ReadStream; readonly stdout: WriteStream },
): Promise<number> {
  // What is typed before the other end listens is not to be shown twice.
  if (stdin.isTTY) stdin.setRawMode(true);
  // Gone with the terminal, which is told by a signal.
  for (const stream of [stdin, stdout]) stream.on("error", () => {});
  try {
    const engine = dockerEngine(env);
    const { columns, rows } = stdout;
    const pty = await startHere(engine, containerTerminal(engine, readNote(folder)), {
      ...{ columns, rows },
      onData: (chunk) => void stdout.write(chunk),
    });
    for (const signal of SIGNALS) process.on(signal, () => void pty.kill());
    stdout.on("resize", () => void pty.resize(stdout.columns, stdout.rows));
    tellStarted(folder);
    // In the meantime it may have changed.
    void pty.resize(stdout.columns, stdout.rows);
    void typeInto(pty.write, stdin);
    const exit = await pty.exited;
    tellExit(folder, exit);
    return exit.code ?? 1;
  } catch (error) {
    tellFault(folder, error as Error);
    return 1;
  }
}

async function typeInto(write: (bytes: Uint8Array) => Promise<void>, stdin: ReadStream): Promise<void> {
  try {
    for await (const chunk of stdin) await write(chunk);
  } catch {
    // It has ended, or the terminal has.
  }
}

function tellFault(folder: string, error: Error): void {
  const { message } = error;
  const hint = error instanceof BackendError && error.hint !== undefined ? ` ${error.hint}` : "";
  const reason = error instanceof EngineError ? `Docker refuses: ${message}` : `${message}${hint}`;
  try {
    tellExit(folder, { code: undefined, reason });
  } catch {
    // Whoever opened it is gone, with the folder.
  }
}
