import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { JOB_VARIABLE } from "../../agents/process/child-env.ts";
import { endOrphans } from "../../agents/process/tree.ts";
import { BackendError, type LeftTerminal } from "../pty.ts";

/** An `ssh-agent` that knows one key, and whose socket only this user may reach. */
export interface PrivateAgent {
  readonly socket: string;
  /** `SHA256:…` of the key. */
  readonly fingerprint: string;
  /** Resolves when it is gone. Never rejects. */
  end(): Promise<void>;
}

/** The terminal whose login an agent is for, should the bridge end in between. */
export type AgentOf = Pick<LeftTerminal, "mark" | "folder">;

const GONE_MS = 2_000;
const PREFIX = "nanogent-agent-";
/** Longer than any machine waits for a login. */
const LONGEST_LOGIN_S = 600;

/**
 * Hands a key to an agent of its own, through pipes: it is in no file, and in no arguments or environment. The agent ends
 * when the bridge does, however that ends: it watches a process that reads from the bridge.
 * @param privateKey As `ssh-keygen` writes it, without a passphrase.
 * @param of With it the agent outlives the bridge, for as long as a login may take.
 * @throws BackendError when that is no such key, or OpenSSH is not installed.
 */
export async function startAgent(
  privateKey: string,
  env: NodeJS.ProcessEnv,
  of?: AgentOf,
): Promise<PrivateAgent> {
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  if (of) writeFileSync(noteOf(of), folder, { mode: 0o600 });
  const socket = join(folder, "agent");
  // Neither a passphrase nor anything else is to be asked for in a window on the desk.
  const own = { PATH: env.PATH, HOME: env.HOME, SSH_AUTH_SOCK: socket, SSH_ASKPASS_REQUIRE: "never" };
  const wait = of ? `exec sleep ${LONGEST_LOGIN_S}` : "exec cat";
  const watched = spawn("ssh-agent", ["-a", socket, "sh", "-c", `echo "$SSH_AGENT_PID"; ${wait}`], {
    env: of ? { ...own, [JOB_VARIABLE]: markOf(of) } : own,
    stdio: ["pipe", "pipe", "ignore"],
    // A signal for the bridge's group, such as Ctrl-C, is not for it.
    detached: of !== undefined,
  });
  watched.stdin.on("error", () => {});
  const ended = new Promise<void>((resolve) =>
    watched.once("close", () => resolve()).once("error", () => resolve()),
  );
  const [line] = await Promise.race([once(watched.stdout, "data"), ended.then(() => [""])]);
  const pid = Number(String(line));

  let ending: Promise<void> | undefined;
  const end = () => {
    ending ??= leave();
    return ending;
  };

  async function leave(): Promise<void> {
    // As long as the one that it watches lives, its number is given to nobody else.
    if (pid > 0) {
      send(pid, "SIGTERM");
      if (!(await isGone(socket))) send(pid, "SIGKILL");
    }
    watched.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }

  if (!(pid > 0)) {
    await end();
    throw new BackendError("ssh-agent cannot be started.", "Install OpenSSH's client (openssh-client).");
  }
  const added = await run("ssh-add", ["-q", "-"], own, tidy(privateKey));
  const listed = added.code === 0 ? await run("ssh-add", ["-l"], own, "") : undefined;
  const fingerprint = /SHA256:\S+/.exec(listed?.output ?? "")?.[0];
  if (fingerprint !== undefined) return { socket, fingerprint, end };
  await end();
  throw new BackendError(
    "That is no private key that can be used.",
    "It begins with -----BEGIN … PRIVATE KEY----- and has no passphrase (ssh-keygen -p takes it off).",
  );
}

/** Ends the agent that an earlier life of the bridge has started for a terminal, if there is one. Never rejects. */
export async function endLeftAgent(of: AgentOf): Promise<void> {
  try {
    const folder = readFileSync(noteOf(of), "utf8");
    await endOrphans(undefined, markOf(of));
    if (basename(folder).startsWith(PREFIX)) rmSync(folder, { recursive: true, force: true });
  } catch {
    // It has none.
  }
}

/** Not the terminal's own: that goes on when its agent is ended. */
function markOf({ mark }: AgentOf): string {
  return `${mark}.agent`;
}

function noteOf({ folder }: AgentOf): string {
  return join(folder, "agent");
}

/** Line ends are lost or changed on the way through a phone. */
function tidy(privateKey: string): string {
  return `${privateKey.trim().replace(/\r\n?/g, "\n")}\n`;
}

/** It takes its socket away when it ends; its process may stay on the list for as long as nobody asks how it ended. */
async function isGone(socket: string): Promise<boolean> {
  for (const deadline = performance.now() + GONE_MS; performance.now() < deadline; await sleep(5))
    if (!existsSync(socket)) return true;
  return false;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Ended already.
  }
}

async function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  input: string,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(command, args, { env, stdio: ["pipe", "pipe", "ignore"], detached: true });
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  return new Promise((resolve) => {
    child.once("error", () => resolve({ code: null, output }));
    child.once("close", (code) => resolve({ code, output }));
  });
}
