import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const CACHE = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));
const INSTALL_MS = 300_000;

/**
 * A package from the registry in an exact version, installed into `node_modules/.cache` at its first use, without its
 * install scripts. It is found in `node_modules/` of `folder`. `skip` says why it cannot be had, for
 * `test(name, { skip })`.
 */
export async function npmPackage(
  name: string,
  version: string,
): Promise<{ folder: string } | { skip: string }> {
  const folder = join(CACHE, `${basename(name)}-${version}`);
  const lock = `${folder}.lock`;
  try {
    await mkdir(CACHE, { recursive: true });
    const deadline = Date.now() + 2 * INSTALL_MS;
    while (!existsSync(folder)) {
      if (Date.now() > deadline) return { skip: `${lock} is held by another process.` };
      if (await take(lock))
        await install(`${name}@${version}`, folder).finally(() => rm(lock, { recursive: true, force: true }));
      else await sleep(200);
    }
    return { folder };
  } catch (error) {
    return { skip: `${name} ${version} cannot be installed: ${firstLine(error)}` };
  }
}

/** Test files run at the same time: one of them installs, the others wait. False while another one holds the lock. */
async function take(lock: string): Promise<boolean> {
  const owner = join(lock, "pid");
  try {
    await mkdir(lock);
    await writeFile(owner, String(process.pid));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const pid = Number(await readFile(owner, "utf8").catch(() => ""));
  if (pid > 0 && !isAlive(pid)) await rm(lock, { recursive: true, force: true });
  return false;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Installs beside and renames, so that an installation is there as a whole or not at all. */
async function install(spec: string, folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const beside = await mkdtemp(`${folder}-`);
  try {
    const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--fetch-retries=1"];
    await promisify(execFile)("npm", ["install", "--prefix", beside, ...options, spec], {
      timeout: INSTALL_MS,
    });
    await rename(beside, folder);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split("\n", 1)[0] ?? "";
}
