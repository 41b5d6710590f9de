import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Log } from "../log.ts";
import { BackendError, type Keep } from "./pty.ts";
import type { TmuxServer } from "./tmux/server.ts";
import { openInTmux } from "./tmux/tmux-pty.ts";

/** The sessions that go on without the bridge, each with a folder for what the next one has to know. */
export class KeptSessions {
  readonly #tmux: TmuxServer;
  readonly #path: string;
  readonly #log: Log;

  /** @param path Absolute, for their folders. */
  constructor(tmux: TmuxServer, path: string, log: Log) {
    this.#tmux = tmux;
    this.#path = path;
    this.#log = log;
  }

  /** @throws BackendError */
  begin(id: string): Keep {
    const folder = this.folderOf(id);
    try {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new BackendError(`The terminal has no folder to be kept in: ${(error as Error).message}`);
    }
    return { folder, openPty: (request) => openInTmux(this.#tmux, id, request) };
  }

  folderOf(id: string): string {
    return join(this.#path, id);
  }

  /** A session has ended. */
  end(id: string): void {
    try {
      rmSync(this.folderOf(id), { recursive: true, force: true });
    } catch (error) {
      this.#log.warn("folder of a terminal not removed", { id, error });
    }
  }
}
