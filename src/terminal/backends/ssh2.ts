import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import type { Client, ClientChannel, ConnectConfig } from "ssh2";
import { BackendError, type Pty, type PtyExit, type PtyRequest } from "../pty.ts";
import { hostKeyQuestion } from "./host-key-question.ts";
import { fingerprintOf, kindOf, knownName, lookUpHost, noteHost } from "./known-hosts.ts";
import { effectiveConfig, quoted, type SshHost, type SshOptions, vaultedKey } from "./ssh.ts";
import { changedKeyError, unconfirmed } from "./ssh-messages.ts";

type Ssh2 = typeof import("ssh2");

/** The npm package, if it is installed beside nanogent. */
export async function loadSsh2(): Promise<Ssh2 | undefined> {
  try {
    const { default: ssh2 } = (await import("ssh2")) as unknown as { default: Ssh2 };
    return ssh2;
  } catch {
    return undefined;
  }
}

/** A terminal on another machine, by the npm package ssh2. Keys and the agent only: it asks for no passwords. */
export async function openSsh2(
  { Client }: Ssh2,
  host: SshHost,
  options: SshOptions,
  request: PtyRequest,
): Promise<Pty> {
  const target = await targetOf(host, options, request);
  const client = new Client();
  let lost: string | undefined;
  const gone = new Promise<void>((resolve) => client.once("close", () => resolve()));
  client.on("error", ({ message }) => {
    lost ??= message;
  });
  try {
    await connect(client, host.name, target, options);
    const channel = await openChannel(client, request);
    return ptyOf(client, channel, request, async () => {
      await gone;
      const reason = `The connection to ${host.name} was lost: ${lost ?? "the machine has closed it."}`;
      return { code: undefined, reason, lost: true };
    });
  } catch (error) {
    client.end();
    throw error instanceof BackendError
      ? error
      : new BackendError(`${host.name}: ${(error as Error).message}`);
  }
}

interface Target {
  readonly config: ConnectConfig;
  readonly host: string;
  readonly port: number;
  readonly knownHosts: readonly string[];
}

/** OpenSSH's configuration counts here as well, as far as this client can follow it. */
async function targetOf(host: SshHost, options: SshOptions, request: PtyRequest): Promise<Target> {
  const said = await effectiveConfig(host, options, request);
  const values = (key: string) =>
    [...said.matchAll(new RegExp(`^${key} (.+)$`, "gm"))].map(([, value = ""]) => value);
  if ([...values("proxyjump"), ...values("proxycommand")].some((value) => value !== "none")) {
    throw new BackendError(
      `${host.name} is reached through another machine, which ssh2 cannot do.`,
      "Set NANOGENT_SSH=openssh.",
    );
  }
  const [name = host.name] = values("hostname");
  const port = Number(values("port")[0] ?? 22);
  const home = (path: string) => path.replace(/^~(?=\/)/, homedir());
  const vaulted = vaultedKey(host.name, options)?.trim();
  const privateKey = vaulted ?? values("identityfile").map(home).map(textOf).find(Boolean);
  const agent = request.env.SSH_AUTH_SOCK;
  return {
    host: name,
    port,
    knownHosts: [options.knownHosts, ...values("userknownhostsfile").join(" ").split(" ").map(home)],
    config: {
      ...{ host: name, port, keepaliveInterval: 15_000, keepaliveCountMax: 3, readyTimeout: 120_000 },
      username: values("user")[0] ?? "",
      ...(privateKey === undefined ? {} : { privateKey }),
      ...(agent && vaulted === undefined ? { agent } : {}),
    },
  };
}

function connect(client: Client, name: string, target: Target, options: SshOptions): Promise<void> {
  let refusal: BackendError | undefined;
  const verify = async (key: Buffer): Promise<boolean> => {
    const found = lookUpHost(target.knownHosts, target.host, target.port, key);
    if (found.kind === "known") return true;
    const kind = kindOf(key)
      .replace(/^ssh-|-nistp\d+$/g, "")
      .replace(/^ecdsa-sha2.*$/, "ecdsa")
      .toUpperCase();
    const fingerprint = fingerprintOf(key);
    if (found.kind === "changed") {
      refusal = changedKeyError(name, `${kind} ${fingerprint}`, `line ${found.line} of ${found.file}`);
      return false;
    }
    const shown = { host: knownName(target.host, target.port), kind, fingerprint };
    if (await options.confirm(hostKeyQuestion(name, shown))) {
      noteHost(options.knownHosts, target.host, target.port, key);
      return true;
    }
    refusal = unconfirmed(name);
    return false;
  };
  return new Promise((resolve, reject) => {
    client.once("ready", resolve);
    client.once("error", (error) => reject(refusal ?? whyNot(name, error)));
    client.once("close", () =>
      reject(refusal ?? new BackendError(`${name}: the machine has closed the connection.`)),
    );
    client.connect({
      ...target.config,
      hostVerifier: (key: Buffer, answer: (isRight: boolean) => void) => {
        verify(key).then(answer, () => answer(false));
      },
    });
  });
}

function whyNot(name: string, error: Error & { level?: string; code?: string }): BackendError {
  if (error.level === "client-authentication")
    return new BackendError(
      `${name}: the machine does not let us in.`,
      `Check the user and the key. /ssh key ${name} gives another key.`,
    );
  if (error.code === "ECONNREFUSED")
    return new BackendError(
      `${name}: nothing answers at this port.`,
      "Check that the SSH server runs there.",
    );
  return new BackendError(`${name}: ${error.message}`);
}

function openChannel(client: Client, { command, env, columns, rows }: PtyRequest): Promise<ClientChannel> {
  const window = { term: env.TERM || "xterm-256color", cols: columns, rows };
  return new Promise((resolve, reject) => {
    const opened = (error: Error | undefined, channel: ClientChannel) =>
      error ? reject(error) : resolve(channel);
    if (command.length === 0) client.shell(window, opened);
    else client.exec(command.map(quoted).join(" "), { pty: window }, opened);
  });
}

function ptyOf(
  client: Client,
  channel: ClientChannel,
  { onData }: PtyRequest,
  lost: () => Promise<PtyExit>,
): Pty {
  let told: PtyExit | undefined;
  let isKilled = false;
  channel.on("data", onData);
  channel.on("exit", (code: number | null) => {
    told =
      typeof code === "number" ? { code } : { code: undefined, reason: "The program was ended by a signal." };
  });
  const exited = new Promise<void>((resolve) => channel.once("close", () => resolve())).then(async () => {
    client.end();
    if (told) return told;
    return isKilled ? { code: undefined, signal: "SIGHUP" } : lost();
  });
  return {
    pid: undefined,
    write: (bytes) =>
      new Promise((resolve, reject) => {
        if (!channel.writable) reject(new Error("The program has ended."));
        else channel.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    resize: async (columns, rows) => {
      if (channel.writable) channel.setWindow(rows, columns, 0, 0);
    },
    async kill() {
      isKilled = true;
      channel.close();
      client.end();
      await exited;
    },
    exited,
  };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
