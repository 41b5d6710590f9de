import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "./folder.ts";

const SSHD = ["/usr/sbin/sshd", "/usr/local/sbin/sshd", "/opt/homebrew/sbin/sshd"].find(existsSync);

/** Why no server can be started here; false when it can. */
export function noSsh(): string | false {
  if (process.platform !== "linux") return "the terminals of the tests need script(1) of Linux";
  if (SSHD === undefined) return "sshd is missing: scripts/test-setup.sh";
  return spawnSync("ssh", ["-V"]).status === 0 ? false : "ssh is missing: scripts/test-setup.sh";
}

/** Makes a key pair. @returns the path of the private half. */
export function makeKey(folder: string, name: string, passphrase = ""): string {
  const path = join(folder, name);
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f", path]);
  return path;
}

export function fingerprintOf(key: string): string {
  return execFileSync("ssh-keygen", ["-lf", `${key}.pub`], { encoding: "utf8" }).split(" ")[1] ?? "";
}

/** A real OpenSSH server on loopback, that lets this user in with the keys that are allowed. */
export class SshServer {
  readonly folder: string;
  readonly port: number;
  readonly user = userInfo().username;
  #daemon: ChildProcess | undefined;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  static async start(t: TestContext): Promise<SshServer> {
    const server = new SshServer(await temporaryFolder(t), await freePort());
    server.newHostKey("first");
    writeFileSync(join(server.folder, "authorized"), "", { mode: 0o600 });
    if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true });
    await server.up();
    t.after(() => server.kill());
    return server;
  }

  /** The host key from the next start on. */
  newHostKey(name: string): string {
    const key = makeKey(this.folder, name);
    const lines = [
      `HostKey ${key}`,
      `AuthorizedKeysFile ${join(this.folder, "authorized")}`,
      ...["PidFile none", "StrictModes no", "UsePAM no", "PasswordAuthentication no"],
      ...["KbdInteractiveAuthentication no", "PrintMotd no", "PrintLastLog no"],
      ...["ListenAddress 127.0.0.1", "SetEnv HISTFILE=/dev/null"],
    ];
    writeFileSync(join(this.folder, "config"), `${lines.join("\n")}\n`);
    return fingerprintOf(key);
  }

  /** A key that opens it. @returns the path of the private half. */
  allowedKey(name: string, passphrase = ""): string {
    const path = makeKey(this.folder, name, passphrase);
    appendFileSync(join(this.folder, "authorized"), readFileSync(`${path}.pub`));
    return path;
  }

  async up(): Promise<void> {
    const { folder, port } = this;
    const flags = ["-D", "-f", join(folder, "config"), "-p", String(port), "-E", join(folder, "log")];
    this.#daemon = spawn(SSHD ?? "sshd", flags, { stdio: "ignore" });
    while (!(await listens(port))) {
      if (this.#daemon.exitCode !== null) throw new Error(readFileSync(join(folder, "log"), "utf8"));
      await sleep(20);
    }
  }

  /** All connections that there are fall silent, as when the network is gone. */
  stall(): void {
    for (const pid of this.#sessions()) process.kill(pid, "SIGSTOP");
  }

  /** With all connections. */
  async kill(): Promise<void> {
    const daemon = this.#daemon;
    if (daemon?.pid === undefined || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const ended = new Promise((resolve) => daemon.once("exit", resolve));
    const sessions = this.#sessions();
    daemon.kill("SIGKILL");
    for (const pid of sessions) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // Ended in between.
      }
    }
    await ended;
  }

  #sessions(): number[] {
    const pid = this.#daemon?.pid;
    return pid === undefined ? [] : childrenOf(pid).flatMap((each) => [each, ...childrenOf(each)]);
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
        return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) === parent;
      } catch {
        return false;
      }
    });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
