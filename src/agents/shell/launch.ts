import { accessSync, constants } from "node:fs";
import { basename, isAbsolute } from "node:path";

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

const POSIX_SHELLS = new Set(["sh", "ash", "bash", "dash", "ksh", "ksh93", "mksh", "zsh"]);

/**
 * How a command reaches the shell. As an argument it would show in `ps` and end at 128 KiB; as the shell's stdin a
 * program in it would eat the rest of it; as a file it would outlive a killed bridge. So a POSIX shell reads all of
 * it from stdin first and then runs it, with nothing left on stdin. Other shells (fish, nu) have no common way to say that:
 * they get it as an argument. Both outputs go to one pipe, so that they come in the order in which they were written.
 *
 * At its end the shell tells file descriptor 3 where it is and what is in its environment: see `readShellState`.
 */
export function shellLaunch(shell: string): { command: string; args: readonly string[] } {
  const name = basename(shell);
  // Node's pipes are sockets, and bash takes a socket on its stdin for a remote login: it would read ~/.bashrc first.
  const options = name === "bash" ? ["--norc"] : [];
  if (POSIX_SHELLS.has(name)) return { command: shell, args: [...options, "-c", POSIX] };
  const first = name === "fish" ? '-C "$1"' : "";
  const read = `exec 2>&1; nanogent_command=$(${READ}); exec "$0" ${first} -c "$nanogent_command"`;
  return { command: "/bin/sh", args: ["-c", read, shell, FISH] };
}

/** A session may have lost its PATH, and must still be able to set another one. */
const READ = "cat 2>/dev/null || command -p cat";

/** Prints the environment where `env` has no `-0`, as on older systems of Apple, or is not found any more. */
const ENV_BY_NODE = `'${process.execPath.replaceAll("'", `'\\''`)}' -e 'for (const name in process.env) process.stdout.write(name + "=" + process.env[name] + "\\0")'`;
const ENV = `{ command env -0 || ${ENV_BY_NODE}; }`;

/**
 * It tells from a trap, so that `exit` in the command does not matter, or behind the command, when that has set a trap of
 * its own. The descriptor is kept from what the command starts, as far as each shell can do that and still find it
 * again in the trap: bash gives it back except within functions, where it is still open as the first number above 9; zsh
 * and ksh do not, so zsh keeps one with a number that nobody uses, and ksh tells only behind the command.
 *
 * The space: a command that begins with a dash is no option of eval.
 */
const POSIX = `exec 2>&1
nanogent_command=$(${READ})
nanogent_fd=3 nanogent_saved=3 nanogent_close='3>&-'
nanogent_tell() { nanogent_told=1; pwd && printf '\\0' && ${ENV} && printf '\\0'; :; }
nanogent_tell_once() { [ -n "\${nanogent_told-}" ] || nanogent_tell >&"$nanogent_fd" || nanogent_tell >&"$nanogent_saved"; :; }
if [ -n "\${BASH_VERSION-}" ]; then
  eval 'exec 198>&3 3>&-'
  nanogent_fd=198 nanogent_saved=10 nanogent_close='198>&-'
elif [ -n "\${ZSH_VERSION-}" ]; then
  eval 'exec {nanogent_fd}>&3 3>&-'
  nanogent_saved=$nanogent_fd nanogent_close=
fi
[ -n "\${KSH_VERSION-}" ] || trap '{ set +x; nanogent_tell_once; } 2>/dev/null' EXIT
eval "eval \\" \\$nanogent_command\\" $nanogent_close"
{ nanogent_status=$?; set +x; nanogent_tell_once; } 2>/dev/null
exit "$nanogent_status"`;

const FISH = `function nanogent_tell --on-event fish_exit
  begin; pwd; printf '\\0'; command env -0; printf '\\0'; end >&3 2>/dev/null
end`;
