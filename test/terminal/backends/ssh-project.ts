import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type AddedHost, addedHosts } from "../../../src/terminal/backends/added-hosts.ts";
import { openKeyVault } from "../../../src/terminal/backends/key-vault.ts";
import { type SshOptions, sshBackend } from "../../../src/terminal/backends/ssh.ts";
import { BackendError } from "../../../src/terminal/pty.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { openScriptPty } from "../../fakes/script-pty.ts";
import { SshServer } from "../../fakes/ssh-server.ts";

export type Client = SshOptions["client"];
export const CLIENTS: readonly Client[] = ["openssh", "ssh2"];
const VAULT_KEY = "0123456789abcdef".repeat(4);

/** A project with machines of its own, and a user whose configuration names `web` at the server. */
async function project(t: TestContext, server: { port: number; user: string }, key: string, client: Client) {
  // Names that have to be quoted on their way to ssh.
  const folder = await temporaryFolder(t);
  const asked: string[] = [];
  const answers: boolean[] = [];
  const configFile = join(folder, "config");
  writeFileSync(
    configFile,
    [
      "Host *",
      `  UserKnownHostsFile ${join(folder, "users-known-hosts")}`,
      "Host web other-*",
      `  HostName 127.0.0.1\n  Port ${server.port}\n  User ${server.user}`,
      `  IdentityFile ${key}\n  IdentitiesOnly yes`,
    ].join("\n"),
  );
  const hostsFile = join(folder, "ssh-hosts.json");
  const options: SshOptions = {
    hostsFile,
    knownHosts: join(folder, 'known "100%" hosts'),
    vault: openKeyVault({ path: join(folder, "keys.json"), folder, vaultKey: VAULT_KEY, env: {} }),
    confirm: async (question) => {
      asked.push(question);
      return answers.shift() ?? true;
    },
    openPty: openScriptPty,
    client,
    configFile,
  };
  const add = (name: string, host: Partial<AddedHost> = {}) =>
    addedHosts(hostsFile).set(name, { host: "127.0.0.1", port: server.port, user: server.user, ...host });
  return { folder, options, asked, answers, add, backend: (name: string) => sshBackend(name, options) };
}

/** With a server, and a key in the user's configuration that opens it. */
export async function served(t: TestContext, client: Client = "openssh") {
  const server = await SshServer.start(t);
  const key = server.allowedKey("users-key");
  return { server, key, ...(await project(t, server, key, client)) };
}

/** A refusal as the chat gets it. */
export const refusal = (message: RegExp, hint: RegExp) => (error: unknown) => {
  assert.ok(error instanceof BackendError, String(error));
  assert.match(error.message, message);
  assert.match(error.hint ?? "", hint);
  return true;
};
