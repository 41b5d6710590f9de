import { readFile } from "node:fs/promises";
import { basename } from "node:path";

/** The program that a terminal's keys go to. */
export interface Foreground {
  readonly pid: number;
  /** As it calls itself: `bash`, `vim`. */
  readonly name: string;
  /** A shell that waits for lines of a person, rather than one that runs a script. */
  readonly isShell: boolean;
}

const SHELLS = new Set(["sh", "ash", "bash", "dash", "ksh", "ksh93", "mksh", "zsh", "fish", "nu"]);

/**
 * Who has the terminal of a process, or of a child of it (what makes the terminal stands outside of it). Undefined where
 * that cannot be told: not on Linux, or the process has gone.
 */
export async function foregroundOf(pid: number): Promise<Foreground | undefined> {
  if (process.platform !== "linux") return undefined;
  for (const each of [...(await childrenOf(pid)), pid]) {
    const stat = await statOf(each);
    if (!stat || stat.foreground <= 0) continue;
    const leader = await statOf(stat.foreground);
    if (!leader) continue;
    const words = (await read(`/proc/${stat.foreground}/cmdline`)).split("\0").filter(Boolean);
    return { pid: stat.foreground, name: leader.name, isShell: SHELLS.has(leader.name) && !hasScript(words) };
  }
  return undefined;
}

/** Whether a shell was given what to do: a command, or a file that is not one of its settings. */
function hasScript([, ...words]: readonly string[]): boolean {
  return words.some(
    (word, index) =>
      /^-[a-z]*c$/.test(word) || !(/^[-+]/.test(word) || /^--(rc|init-)file$/.test(words[index - 1] ?? "")),
  );
}

async function childrenOf(pid: number): Promise<number[]> {
  return (await read(`/proc/${pid}/task/${pid}/children`))
    .split(" ")
    .map(Number)
    .filter((each) => each > 0);
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: the name stands in parentheses and may hold some itself. */
async function statOf(pid: number): Promise<{ name: string; foreground: number } | undefined> {
  const text = await read(`/proc/${pid}/stat`);
  const end = text.lastIndexOf(")");
  if (end < 0) return undefined;
  const fields = text.slice(end + 2).split(" ");
  return { name: basename(text.slice(text.indexOf("(") + 1, end)), foreground: Number(fields[5]) };
}

function read(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
