import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";

/** How much memory a process has in use, in bytes; 0 when that cannot be told. Never rejects. */
export async function residentBytes(pid: number): Promise<number> {
  try {
    if (process.platform !== "linux") return await byPs(pid);
    // proc_pid_status(5): in kB, whatever the size of a page.
    const status = await readFile(`/proc/${pid}/status`, "latin1");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0; // ended in between
  }
}

function byPs(pid: number): Promise<number> {
  const env = { PATH: process.env.PATH, LC_ALL: "C" };
  return new Promise((resolve, reject) => {
    execFile("ps", ["-o", "rss=", "-p", String(pid)], { env }, (error, stdout) =>
      error ? reject(error) : resolve(Number(stdout) * 1024),
    );
  });
}
