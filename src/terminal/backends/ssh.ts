import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runBriefly } from "../../agents/process/brief-run.ts";
import { quoted as quotedForSh } from "../host/launch.ts";
import { type Backend, BackendError, type Keep, type Pty, type PtyRequest } from "../pty.ts";
import { type AddedHost, addedHosts } from "./added-hosts.ts";
import { explained } from "./explained.ts";
import type { KeyVault } from "./key-vault.ts";
import { endLeftAgent, startAgent } from "./ssh-agent.ts";
import { configHosts, isSafeName, userConfigFile } from "./ssh-hosts.ts";
import { waitForLogin } from "./ssh-login.ts";
import { readSshMessages, type SshMessages, sshExit } from "./ssh-messages.ts";

export interface SshOptions {
  /** `.nanogent/ssh-hosts.json`. */
  readonly hostsFile: string;
  /** `.nanogent/known_hosts`: keys that were confirmed in the chat. The user's own count as well. */
  readonly knownHosts: string;
  readonly vault: KeyVault;
  /** Asks for a yes or no before anything is sent to a machine that is not known. */
  readonly confirm: (question: string) => Promise<boolean>;
  /** Opens a terminal on this machine. */
  readonly openPty: (request: PtyRequest) => Promise<Pty>;
  /** Which program connects. `ssh2` is the npm package, where it is installed. */
  readonly client: "openssh" | "ssh2";
  /** Instead of the user's own configuration. */
  readonly configFile?: string;
}

/** A machine that can be reached. */
export interface SshHost {
  readonly name: string;
  /** Undefined for one of the user's own configuration. */
  readonly added: AddedHost | undefined;
}

/** All machines, by name: the added ones, then those of the user's configuration of OpenSSH. */
export function sshHosts({ hostsFile, configFile }: Pick<SshOptions, "hostsFile" | "configFile">): string[] {
  const added = [...addedHosts(hostsFile).all().keys()].toSorted();
  return [...new Set([...added, ...configHosts(configFile ?? userConfigFile())])];
}

/**
 * Terminals on another machine, by the system's OpenSSH with its configuration, agent and known hosts.
 * @param name One of `sshHosts`, letter by letter.
 */
export function sshBackend(name: string, options: SshOptions): Backend {
  return {
    name: "ssh",
    open: async (request, keep) => {
      const host = findHost(name, options);
      const ssh2 = await ssh2Of(options);
      return ssh2 ? ssh2(host, options, request) : openSsh(host, options, request, keep);
    },
    // Its connection is the bridge's own.
    canKeep: async () => (await ssh2Of(options)) === undefined,
    takeOver({ pty, mark, folder }) {
      const messages = () => readSshMessages(textOf(logIn(folder)));
      const endAgent = () => endLeftAgent({ mark, folder });
      if (messages().isConnected) void endAgent();
      return toldBySsh(name, pty, messages, endAgent);
    },
  };
}

async function ssh2Of({ client }: SshOptions) {
  if (client !== "ssh2") return undefined;
  const { loadSsh2, openSsh2 } = await import("./ssh2.ts");
  const ssh2 = await loadSsh2();
  return ssh2 && openSsh2.bind(undefined, ssh2);
}

/** Nothing else is taken for the name of a machine, so that it can be no option either. */
export function findHost(name: string, options: Pick<SshOptions, "hostsFile" | "configFile">): SshHost {
  const all = sshHosts(options);
  if (isSafeName(name) && all.includes(name))
    return { name, added: addedHosts(options.hostsFile).all().get(name) };
  throw new BackendError(
    `There is no machine ${name}.`,
    all.length === 0
      ? "/ssh add NAME user@host adds one; so does a Host line in ~/.ssh/config."
      : `There are: ${all.join(", ")}`,
  );
}

async function openSsh(
  host: SshHost,
  options: SshOptions,
  request: PtyRequest,
  keep: Keep | undefined,
): Promise<Pty> {
  const { name } = host;
  const knownHosts = await knownHostsOf(host, options, request);
  const vaulted = vaultedKey(name, options);
  const left = keep && { mark: request.mark, folder: keep.folder };
  const agent = vaulted === undefined ? undefined : await startAgent(vaulted, request.env, left);
  const folder = keep?.folder ?? mkdtempSync(join(tmpdir(), "nanogent-ssh-"));
  const log = logIn(folder);
  let last: SshMessages | undefined;
  const messages = () => last ?? readSshMessages(textOf(log));
  const leave = async () => {
    await agent?.end();
    last = messages();
    if (!keep) rmSync(folder, { recursive: true, force: true });
  };

  const remote = request.command.map(quoted).join(" ");
  const command = [
    ...["ssh", ...configFlags(options), "-tt", "-E", log],
    // No keys of ssh's own within the terminal, and no connection that is shared with others: it would tell nothing.
    ...["-e", "none", "-S", "none"],
    ...settings({
      LogLevel: "DEBUG1",
      StrictHostKeyChecking: "ask",
      FingerprintHash: "sha256",
      UserKnownHostsFile: knownHosts,
      BatchMode: "no",
      ConnectTimeout: "15",
      ServerAliveInterval: "15",
      ServerAliveCountMax: "3",
      ...(remote === "" ? {} : { RemoteCommand: "none" }),
      ...(agent ? { IdentityAgent: agent.socket, IdentityFile: "none", IdentitiesOnly: "no" } : {}),
    }),
    ...destination(host),
    ...(remote === "" ? [] : [remote]),
  ];
  const login = waitForLogin({ name, messages, confirm: options.confirm });
  try {
    const env = { ...request.env, TERM: request.env.TERM || "xterm-256color" };
    const onData = (chunk: Buffer) => {
      login.shown(chunk);
      request.onData(chunk);
    };
    const openPty = keep?.openPty ?? options.openPty;
    const pty = toldBySsh(name, await openPty({ ...request, command, env, onData }), messages, leave);
    await login.done(pty, pty.exited).catch(async (error) => {
      await pty.kill();
      throw error;
    });
    // The key was for the login alone.
    if (messages().isConnected) void agent?.end();
    return pty;
  } catch (error) {
    await leave();
    throw error;
  }
}

/** @param local The terminal that `ssh` runs in. @param leave Called once it has ended. */
function toldBySsh(name: string, local: Pty, messages: () => SshMessages, leave: () => Promise<void>): Pty {
  return explained(local, async (exit, stands) => {
    const last = messages();
    await leave();
    return stands() ? exit : sshExit(name, exit, last);
  });
}

/** Where the messages of `ssh` are written to. */
function logIn(folder: string): string {
  return join(folder, "log");
}

/** The key that was given for a machine; it stands in for all others. @throws BackendError when it cannot be read. */
export function vaultedKey(name: string, { vault }: Pick<SshOptions, "vault">): string | undefined {
  return vault.names().includes(name) ? vault.get(name) : undefined;
}

/** The files with known host keys: our own first, since new ones are written into that. */
export async function knownHostsOf(
  host: SshHost,
  options: Pick<SshOptions, "knownHosts" | "configFile">,
  request: Pick<PtyRequest, "cwd" | "env">,
): Promise<string> {
  const said = await effectiveConfig(host, options, request);
  const theirs = /^userknownhostsfile (.*)$/m.exec(said)?.[1] ?? "";
  closeSync(openSync(options.knownHosts, "a", 0o600));
  const own = options.knownHosts.replaceAll("%", "%%").replace(/["\\]/g, "\\$&");
  return `"${own}" ${theirs}`;
}

/** What OpenSSH makes of its configuration for a machine, a setting on each line. @throws BackendError when it cannot. */
export async function effectiveConfig(
  host: SshHost,
  options: Pick<SshOptions, "configFile">,
  { cwd, env }: Pick<PtyRequest, "cwd" | "env">,
): Promise<string> {
  const { exit, stdout, stderr } = await runBriefly({
    command: "ssh",
    args: [...configFlags(options), "-G", ...destination(host)],
    ...{ cwd, env, secrets: [], deadlineMs: 10_000 },
  });
  if (exit?.code === 0) return stdout;
  if (exit?.error?.code === "ENOENT")
    throw new BackendError("OpenSSH is not installed here.", "Install its client (openssh-client).");
  throw new BackendError(
    `${host.name}: ssh does not take its configuration: ${stderr.trim() || "no answer"}`,
  );
}

export function configFlags({ configFile }: Pick<SshOptions, "configFile">): string[] {
  return configFile === undefined ? [] : ["-F", configFile];
}

export function destination({ name, added }: SshHost): string[] {
  if (!added) return ["--", name];
  const { host, user, port, keyFile } = added;
  return [
    ...(port === undefined ? [] : ["-p", String(port)]),
    ...(user === undefined ? [] : ["-l", user]),
    ...(keyFile === undefined ? [] : ["-i", keyFile, "-o", "IdentitiesOnly=yes"]),
    ...["--", host],
  ];
}

export function settings(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
}

/** The other side's shell puts the words together again. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : quotedForSh(word);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
