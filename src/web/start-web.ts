import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { ProjectPaths } from "../project.ts";
import { hasLinkFile, newLinkKey, removeLinkFile, writeLinkFile } from "./link-file.ts";
import type { WebNeeds } from "./needs.ts";
import { type Page, startServer } from "./server.ts";
import { startTunnel } from "./tunnel.ts";

export interface WebOptions {
  readonly config: Pick<Config, "token" | "web" | "secretValues">;
  readonly paths: ProjectPaths;
  /** The bridge's own, for the tunnel's program. */
  readonly env: NodeJS.ProcessEnv;
  readonly page: () => Page;
  readonly needs: WebNeeds;
  readonly clock: Clock;
  readonly log: Log;
  /** What goes wrong with the tunnel, in a sentence for the chat. */
  readonly onFault: (fault: string) => void;
}

/** The page with all that belongs to it. */
export interface Web {
  readonly port: number;
  /** The address for phones; undefined as long as there is none. */
  readonly url: URL | undefined;
  /** Calls back whenever the address changes. @returns what ends that. */
  onUrl(listener: (url: URL | undefined) => void): () => void;
  /** Leaves the file for `nanogent open` again, when it is gone. */
  rewrite(): void;
  /** Cuts all viewers, ends the tunnel. */
  stop(): Promise<void>;
}

/** The page's port cannot be had. The message is fit for the console. */
export class PortError extends Error {
  override readonly name = "PortError";
}

/**
 * Serves the page, which the caller wants (`config.web.on`), and has it reached from elsewhere as the settings say.
 * @throws PortError
 */
export async function startWeb(options: WebOptions): Promise<Web> {
  const { config, paths, env, page, needs, clock, log, onFault } = options;
  const { port, publicUrl, tunnel: name } = config.web;
  const linkKey = newLinkKey();
  let url = publicUrl;
  let isOver = false;
  const listeners = new Set<(url: URL | undefined) => void>();
  const server = await startServer({
    ...{ port, botToken: config.token, linkKey, page, needs, clock, log },
    publicUrl: () => url,
  }).catch((error) => Promise.reject(explain(error, port)));
  const { port: servedPort } = server;
  const leave = (): void => {
    try {
      writeLinkFile(paths, { port: servedPort, key: linkKey, url });
    } catch (error) {
      // The folder may be gone, and is made anew soon: the page is served in any case.
      log.error("page's address not written", { error });
    }
  };
  leave();
  log.info("page served", { port: server.port });
  const tunnel =
    name &&
    startTunnel({
      ...{ name, port: server.port, folder: paths.folder, env, secrets: config.secretValues, clock },
      onUrl(next) {
        if (isOver || next?.href === url?.href) return;
        url = next;
        log.info("page's address", { url: next?.href ?? "none" });
        leave();
        for (const listener of listeners) listener(next);
      },
      onFault(fault) {
        log.warn("tunnel down", { fault });
        onFault(fault);
      },
    });
  return {
    port: server.port,
    get url() {
      return url;
    },
    onUrl(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    rewrite() {
      if (!isOver && !hasLinkFile(paths)) leave();
    },
    async stop() {
      isOver = true;
      removeLinkFile(paths);
      await Promise.all([server.stop(), tunnel?.stop()]);
    },
  };
}

function explain(error: unknown, port: number | undefined): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE")
    return new PortError(
      `Port ${port} (NANOGENT_PORT) is in use by another program. Choose another one, or none.`,
    );
  if (code === "EACCES")
    return new PortError(
      `Port ${port} (NANOGENT_PORT) is for the system's own programs. Choose one above 1023.`,
    );
  return error;
}
