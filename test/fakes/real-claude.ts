import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const VERSION = "2.1.197";
const PACKAGE = "@anthropic-ai/claude-code";
const CACHE = fileURLToPath(new URL("../../node_modules/.cache", import.meta.url));
const INSTALLED = join(CACHE, `claude-code-${VERSION}`);
const LOCK = `${INSTALLED}.lock`;
const INSTALL_MS = 300_000;

/**
 * The real Claude Code of a pinned version, installed into `node_modules/.cache` at its first use (235 MB). `skip`
 * says why it cannot be had, for `test(name, { skip })`.
 */
export async function realClaude(): Promise<{ binary: string } | { skip: string }> {
  const binary = join(INSTALLED, "node_modules", `${PACKAGE}-${platformKey()}`, "claude");
  try {
    await mkdir(CACHE, { recursive: true });
    const deadline = Date.now() + 2 * INSTALL_MS;
    while (!existsSync(INSTALLED)) {
      if (Date.now() > deadline) return { skip: `${LOCK} is held by another process.` };
      if (await takeLock()) await install().finally(() => rm(LOCK, { recursive: true, force: true }));
      else await sleep(200);
    }
    return existsSync(binary) ? { binary } : { skip: `There is no Claude Code for ${platformKey()}.` };
  } catch (error) {
    return { skip: `Claude Code ${VERSION} cannot be installed: ${firstLine(error)}` };
  }
}

/** An environment in which Claude Code works without an account and without touching anything of this machine's user. */
export function claudeEnv(home: string, modelUrl: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: home,
    ANTHROPIC_BASE_URL: modelUrl,
    ANTHROPIC_API_KEY: "sk-ant-test-0123456789",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
    // It refuses to skip permissions as root, which containers usually run as.
    IS_SANDBOX: "1",
  };
}

/** The name of the package with the program for this machine, as the package's own installer chooses it. */
function platformKey(): string {
  const { platform, arch } = process;
  if (platform !== "linux") return `${platform}-${arch}`;
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return `linux-${arch}${header.glibcVersionRuntime === undefined ? "-musl" : ""}`;
}

/** Test files run at the same time: one of them installs, the others wait. False while another one holds the lock. */
async function takeLock(): Promise<boolean> {
  const owner = join(LOCK, "pid");
  try {
    await mkdir(LOCK);
    await writeFile(owner, String(process.pid));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const pid = Number(await readFile(owner, "utf8").catch(() => ""));
  if (pid > 0 && !isAlive(pid)) await rm(LOCK, { recursive: true, force: true });
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
async function install(): Promise<void> {
  if (existsSync(INSTALLED)) return;
  const folder = await mkdtemp(`${INSTALLED}-`);
  try {
    // Its install script only copies the program to another place.
    const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--fetch-retries=1"];
    await promisify(execFile)("npm", ["install", "--prefix", folder, ...options, `${PACKAGE}@${VERSION}`], {
      timeout: INSTALL_MS,
    });
    await rename(folder, INSTALLED);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split("\n", 1)[0] ?? "";
}
