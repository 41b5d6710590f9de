import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { processesWhere } from "./processes.ts";

/** An empty folder that goes with the test. */
export async function temporaryFolder(t: TestContext): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "nanogent-test-")));
  t.after(() => removeFolder(folder));
  return folder;
}

/**
 * Removes a folder and ends what still runs in it: a program whose terminal was closed, or an agent whose bridge was
 * killed, goes on for a while and would write into the folder while it is being removed.
 */
export async function removeFolder(folder: string): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const pids = processesWhere((cwd) => cwd === folder && cwd !== process.cwd());
    if (pids.length === 0) break;
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // Ended in between.
      }
    }
    await sleep(20);
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 20 });
}
