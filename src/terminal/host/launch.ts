import { basename } from "node:path";
import { userShell } from "../../agents/shell/launch.ts";

/** Those that take `-l`. */
const LOGIN_SHELLS = new Set(["sh", "ash", "bash", "dash", "ksh", "ksh93", "mksh", "zsh", "fish"]);

/** The program of a terminal: the one that was asked for, or else the user's shell as at a login. */
export function programOf(command: readonly string[], env: NodeJS.ProcessEnv): readonly string[] {
  if (command.length > 0) return command;
  const shell = userShell(env.SHELL);
  return LOGIN_SHELLS.has(basename(shell)) ? [shell, "-l"] : [shell];
}

/** A program that puts another one into a terminal of its own, with pipes at its near end. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** What it needs in its own environment; the program behind it gets its own back. */
  readonly env: NodeJS.ProcessEnv;
}

/** The ways to a terminal that need no package, the best first. */
export const WAYS = ["script", "python"] as const;
export type Way = (typeof WAYS)[number];

/**
 * Tells the terminal's name on descriptor 3, makes the terminal what a new one is, and becomes the program. `script`
 * turns the echo off when its own input is no terminal.
 */
const PREPARE = "tty >&3; stty sane; stty iutf8 2>/dev/null; stty rows $1 cols $2; shift 2; exec 3>&-; ";

/** @param program What runs in the terminal, with its arguments. */
export function launch(
  way: Way,
  program: readonly string[],
  { columns, rows, shell }: { columns: number; rows: number; shell: string | undefined },
): Launch {
  const own = [String(rows), String(columns), ...program];
  if (way === "python") {
    return {
      command: "python3",
      args: ["-c", PYTHON, "/bin/sh", "-c", `${PREPARE}exec "$@"`, "sh", ...own],
      env: {},
    };
  }
  const restore = shell === undefined ? "unset SHELL" : `SHELL=${quoted(shell)}; export SHELL`;
  const words = ["/bin/sh", "-c", `${PREPARE}${restore}; exec "$@"`, "sh", ...own];
  // It runs its command by this shell, and others read the line in their own way.
  const env = { SHELL: "/bin/sh" };
  return process.platform === "linux"
    ? { command: "script", args: ["-qefc", `exec ${words.map(quoted).join(" ")}`, "/dev/null"], env }
    : { command: "script", args: ["-q", "/dev/null", ...words], env };
}

/** One word for `sh`, whatever is in it. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * Python's own `pty.spawn` waits for each write, and so for ever when both sides do. What the program leaves in the
 * background does not hold the end up.
 */
const PYTHON = `
import os, pty, select, signal, sys
pid, fd = pty.fork()
if pid == 0:
    try:
        os.execvp(sys.argv[1], sys.argv[1:])
    except OSError:
        os._exit(127)
try:
    os.close(3)
except OSError:
    pass
wake, told = os.pipe()
os.set_blocking(told, False)
os.set_blocking(fd, False)
signal.signal(signal.SIGCHLD, lambda *_: None)
signal.set_wakeup_fd(told)
waiting, reading, status = b"", True, None
def give(data):
    while data:
        data = data[os.write(1, data):]
def take():
    try:
        data = os.read(fd, 65536)
    except BlockingIOError:
        return False
    except OSError:
        return None
    give(data)
    return bool(data) or None
try:
    while status is None:
        done, ended = os.waitpid(pid, os.WNOHANG)
        if done:
            status = ended
            break
        inputs = [fd, wake] + ([0] if reading and len(waiting) < 65536 else [])
        ready, able, _ = select.select(inputs, [fd] if waiting else [], [])
        if wake in ready:
            os.read(wake, 512)
        if fd in ready and take() is None:
            status = os.waitpid(pid, 0)[1]
            break
        if 0 in ready:
            data = os.read(0, 65536)
            if not data:
                os.kill(pid, signal.SIGHUP)
                reading = False
            waiting += data
        if fd in able:
            try:
                waiting = waiting[os.write(fd, waiting):]
            except BlockingIOError:
                pass
            except OSError:
                waiting = b""
    while take():
        pass
except BrokenPipeError:
    os.close(fd)
    status = os.waitpid(pid, 0)[1]
os._exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
`;
