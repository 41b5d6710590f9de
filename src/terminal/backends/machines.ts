import { type AddedHost, addedHosts } from "./added-hosts.ts";
import { type KeyVaultOptions, openKeyVault } from "./key-vault.ts";
import { forgetHost } from "./known-hosts.ts";
import { sshHosts } from "./ssh.ts";
import { startAgent } from "./ssh-agent.ts";

/** The machines that terminals can be opened on, as the chat lists and changes them. */
export interface Machines {
  list(): Machine[];
  has(name: string): boolean;
  /** @throws BackendError when it cannot have this name or address, or the file system's error. */
  add(name: string, address: AddedHost): void;
  /**
   * Puts a private key into the vault, after it was tried.
   * @returns its fingerprint. @throws BackendError when it is none, or the vault cannot be opened.
   */
  giveKey(name: string, privateKey: string): Promise<string>;
  /** With its key, and the host key that was confirmed. False when there is none. @throws as `add`. */
  remove(name: string): boolean;
}

export interface Machine {
  readonly name: string;
  /** `user@host:port`; undefined for one of the user's configuration of OpenSSH. */
  readonly address: string | undefined;
  /** There is a key for it in the vault. */
  readonly hasKey: boolean;
}

export interface MachinesOptions extends Omit<KeyVaultOptions, "path"> {
  readonly paths: { readonly sshHosts: string; readonly sshKeys: string; readonly knownHosts: string };
}

export function openMachines({ paths, ...vaultOptions }: MachinesOptions): Machines {
  const added = addedHosts(paths.sshHosts);
  const vault = openKeyVault({ path: paths.sshKeys, ...vaultOptions });
  const all = () => sshHosts({ hostsFile: paths.sshHosts });
  return {
    list() {
      const [own, keys] = [added.all(), new Set(vault.names())];
      return all().map((name) => ({ name, address: addressOf(own.get(name)), hasKey: keys.has(name) }));
    },
    has: (name) => all().includes(name),
    add: added.set,
    async giveKey(name, privateKey) {
      const agent = await startAgent(privateKey, vaultOptions.env);
      await agent.end();
      vault.set(name, privateKey);
      return agent.fingerprint;
    },
    remove(name) {
      const host = added.all().get(name);
      if (host) forgetHost(paths.knownHosts, host.host, host.port ?? 22);
      const hadKey = vault.remove(name);
      return added.remove(name) || hadKey;
    },
  };
}

function addressOf(host: AddedHost | undefined): string | undefined {
  if (!host) return undefined;
  const user = host.user === undefined ? "" : `${host.user}@`;
  if (host.port === undefined) return `${user}${host.host}`;
  return `${user}${host.host.includes(":") ? `[${host.host}]` : host.host}:${host.port}`;
}
