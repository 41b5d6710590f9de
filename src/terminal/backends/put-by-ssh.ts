import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { keepTail } from "../../agents/process/tail.ts";
import { type PutFile, putAnswer, putCommand } from "./put-script.ts";
import {
  configFlags,
  destination,
  findHost,
  knownHostsOf,
  quoted,
  type SshOptions,
  settings,
  vaultedKey,
} from "./ssh.ts";
import { startAgent } from "./ssh-agent.ts";

const SAID_BYTES = 4_096;
/** 50 MB over a slow line; what takes longer does not come to an end. */
const LONGEST_MS = 15 * 60_000;
/** What OpenSSH itself and its configuration need; nothing of it is sent. */
const ENV = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR"];

/**
 * Copies a file into the home folder of another machine, by the same OpenSSH that opens terminals there. It asks nothing:
 * the machine's key is known since the terminal, and where a password is needed the file is refused.
 * @param path of the file, here; absolute
 * @throws BackendError
 */
export async function putBySsh(
  machine: string,
  { path, name }: { readonly path: string; readonly name: string },
  options: Omit<SshOptions, "confirm" | "openPty">,
  bridgeEnv: NodeJS.ProcessEnv,
): Promise<PutFile> {
  const host = findHost(machine, options);
  const env = Object.fromEntries(ENV.map((each) => [each, bridgeEnv[each]]));
  const knownHosts = await knownHostsOf(host, options, { cwd: "/", env });
  const vaulted = vaultedKey(machine, options);
  const agent = vaulted === undefined ? undefined : await startAgent(vaulted, env);
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const words = [
      ...[...configFlags(options), "-T", "-S", "none"],
      ...settings({
        ...{ BatchMode: "yes", StrictHostKeyChecking: "yes", UserKnownHostsFile: knownHosts },
        ...{
          ConnectTimeout: "15",
          ServerAliveInterval: "15",
          ServerAliveCountMax: "3",
          RemoteCommand: "none",
        },
        ...(agent ? { IdentityAgent: agent.socket, IdentityFile: "none", IdentitiesOnly: "no" } : {}),
      }),
      ...destination(host),
      putCommand(name, size, "").map(quoted).join(" "),
    ];
    const child = spawn("ssh", words, { env, stdio: [file.fd, "pipe", "pipe"], timeout: LONGEST_MS });
    const [said, complaint] = [keepTail(SAID_BYTES), keepTail(SAID_BYTES)];
    child.stdout?.on("data", said.push);
    child.stderr?.on("data", complaint.push);
    await new Promise((resolve) => child.once("error", resolve).once("close", resolve));
    return putAnswer(said.text(), complaint.text(), machine);
  } finally {
    await file.close();
    await agent?.end();
  }
}
