import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { BackendError } from "../pty.ts";

/** Where a Docker Engine listens, as `node:http` wants it. */
export type EngineAddress =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number };

/**
 * Finds the engine as the `docker` program does: `DOCKER_HOST`, then the context that is in use, then the usual sockets.
 * @throws BackendError for an address that nanogent cannot speak to.
 * @see https://docs.docker.com/engine/manage-resources/contexts/
 */
export function engineAddress(env: NodeJS.ProcessEnv): EngineAddress {
  const host = env.DOCKER_HOST || contextHost(env);
  if (!host) return { socketPath: usualSocket(env) };
  if (host.startsWith("unix://")) return { socketPath: host.slice("unix://".length) };
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (url && /^(tcp|http):$/.test(url.protocol) && url.hostname !== "" && !env.DOCKER_TLS_VERIFY)
    return { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port) || 2375 };
  throw new BackendError(
    `Docker's address ${host} is none that I can speak to.`,
    "Use unix:///path or tcp://host:port (without TLS) in DOCKER_HOST; a far engine is reached through ssh:NAME and docker there.",
  );
}

/** The context's files lie in folders that are named by the hash of its name. */
function contextHost(env: NodeJS.ProcessEnv): string | undefined {
  const folder = env.DOCKER_CONFIG || join(env.HOME || homedir(), ".docker");
  const name = env.DOCKER_CONTEXT || stringAt(join(folder, "config.json"), "currentContext");
  if (!name || name === "default") return undefined;
  const hash = createHash("sha256").update(name).digest("hex");
  const found = stringAt(join(folder, "contexts", "meta", hash, "meta.json"), "Endpoints", "docker", "Host");
  if (found !== undefined) return found;
  throw new BackendError(
    `There is no Docker context ${name}.`,
    "Run: docker context use default, or take DOCKER_CONTEXT out.",
  );
}

function stringAt(path: string, ...keys: readonly string[]): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
  for (const key of keys) value = (value as Record<string, unknown> | undefined)?.[key];
  return typeof value === "string" ? value : undefined;
}

/** Docker Desktop and an engine without root have sockets of their own. */
function usualSocket(env: NodeJS.ProcessEnv): string {
  const usual = "/var/run/docker.sock";
  const others = [
    join(env.HOME || homedir(), ".docker", "run", "docker.sock"),
    ...(env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, "docker.sock")] : []),
  ];
  return [usual, ...others].find((path) => existsSync(path)) ?? usual;
}
