import { readFile, readlink } from "node:fs/promises";

/**
 * The folder in which the program works that is in front in a terminal, as far as the system tells it: Linux does.
 * @param pid What was started in the terminal, or what has made it.
 */
export async function frontFolder(pid: number): Promise<string | undefined> {
  for (const each of [pid, ...(await childrenOf(pid))]) {
    const group = await frontGroup(each);
    // What leads the group may have ended before the others of its pipe: then the shell's own.
    if (group !== undefined) return (await folderOf(group)) ?? (await folderOf(each));
  }
  return undefined;
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const words = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return words.split(" ").filter(Boolean).map(Number);
}

/** The process group in front in its terminal; undefined where it has none. See proc_pid_stat(5), `tpgid`. */
async function frontGroup(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  // A program's name, in parentheses, may hold anything.
  const group = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[5]);
  return group > 0 ? group : undefined;
}

function folderOf(pid: number): Promise<string | undefined> {
  return readlink(`/proc/${pid}/cwd`).catch(() => undefined);
}
