import type { SshClient } from "../../config-keys.ts";
import type { ProjectPaths } from "../../project.ts";
import { splitWhere } from "../backends.ts";
import { type Backend, BackendError, type Pty, type PtyRequest } from "../pty.ts";
import { dockerBackend, dockerHosts } from "./docker.ts";
import { openKeyVault } from "./key-vault.ts";
import { kubectlBackend } from "./kubectl.ts";
import { sshBackend, sshHosts } from "./ssh.ts";
import { throwawayBackend } from "./throwaway.ts";

/** What terminals on other machines and in containers need of the bridge. */
export interface ElsewhereOptions {
  readonly paths: Pick<ProjectPaths, "folder" | "state" | "sshHosts" | "sshKeys" | "knownHosts">;
  /** The bridge's own: where Docker is, and the user's configuration. */
  readonly env: NodeJS.ProcessEnv;
  readonly settings: {
    readonly ssh: SshClient;
    readonly vaultKey: string | undefined;
    readonly dockerImage: string | undefined;
  };
  /** Opens a terminal on this machine, in which `ssh` and `kubectl` run when they are not kept. */
  readonly openPty: (request: PtyRequest) => Promise<Pty>;
}

/** Asks for a yes or no, where the terminal is opened from. */
export type Confirm = (question: string) => Promise<boolean>;

/**
 * The places that a terminal can be opened in, besides this machine: `ssh:NAME`, `docker:NAME`, and `docker` for a
 * container of its own. Without Docker there are none of its; pods are not looked for, since a cluster may take its time.
 */
export async function hostsElsewhere({ paths, env, settings }: ElsewhereOptions): Promise<string[]> {
  const containers = await dockerHosts(env).catch(() => undefined);
  return [
    ...sshHosts({ hostsFile: paths.sshHosts }).map((name) => `ssh:${name}`),
    ...(containers !== undefined && settings.dockerImage !== undefined ? ["docker"] : []),
    ...(containers ?? []).map((name) => `docker:${name}`),
  ];
}

/**
 * @param where `ssh:NAME`, `docker`, `docker:NAME` or `kubectl:[NAMESPACE/]POD[:CONTAINER]`.
 * @throws BackendError for any other place.
 */
export function backendElsewhere(where: string, options: ElsewhereOptions, confirm: Confirm): Backend {
  const { paths, env, settings, openPty } = options;
  const { kind, name } = splitWhere(where);
  switch (kind) {
    case "ssh":
      return sshBackend(name, {
        hostsFile: paths.sshHosts,
        knownHosts: paths.knownHosts,
        vault: openKeyVault({ path: paths.sshKeys, folder: paths.folder, vaultKey: settings.vaultKey, env }),
        client: settings.ssh,
        confirm,
        openPty,
      });
    case "docker":
      return name === ""
        ? throwawayBackend({ image: settings.dockerImage, folder: paths.folder, state: paths.state, env })
        : dockerBackend(name, env);
    case "kubectl":
      return kubectlBackend(name, { openPty });
    default:
      throw new BackendError(
        `${where} is no place for a terminal.`,
        "Use ssh:NAME, docker:NAME or kubectl:POD.",
      );
  }
}
