import { splitWhere } from "../backends.ts";
import { BackendError } from "../pty.ts";
import type { ElsewhereOptions } from "./elsewhere.ts";
import { openKeyVault } from "./key-vault.ts";
import type { PutFile } from "./put-script.ts";

/** A file of this machine on its way to where a terminal is. */
export interface FileToPut {
  /** Absolute. */
  readonly path: string;
  /** What it is to be called there. */
  readonly name: string;
  /** The terminal's, by which its programs are known there. */
  readonly mark: string;
}

/**
 * Puts a file to where a terminal is, and never over another one.
 * @param where `ssh:NAME` or `docker:NAME`
 * @throws BackendError, also for every other place
 */
export async function putElsewhere(
  where: string,
  file: FileToPut,
  { paths, env, settings }: Omit<ElsewhereOptions, "openPty">,
): Promise<PutFile> {
  const { kind, name } = splitWhere(where);
  if (kind === "ssh") {
    const { putBySsh } = await import("./put-by-ssh.ts");
    const vault = openKeyVault({
      ...{ path: paths.sshKeys, folder: paths.folder, vaultKey: settings.vaultKey, env },
    });
    const { sshHosts: hostsFile, knownHosts } = paths;
    return putBySsh(name, file, { hostsFile, knownHosts, vault, client: settings.ssh }, env);
  }
  if (kind === "docker" && name !== "") {
    const { putInContainer } = await import("./put-in-container.ts");
    return putInContainer(name, file, env);
  }
  throw new BackendError(`Files cannot be put to ${where}.`, "Upload to a terminal of this machine.");
}
