import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Door } from "../../control/bridge-door.ts";
import type { Log } from "../../log.ts";
import type { ClaudeLaunch } from "../registry.ts";
import type { ClaudeCommand } from "./command.ts";
import { keepHookFilesOf, removeHookFiles, writeHookFiles } from "./hook-files.ts";
import { type HookCall, hookRoute } from "./hook-route.ts";

export interface ClaudeHooksOptions {
  /** The folder with the state, absolute. */
  readonly state: string;
  /** On which the hooks speak. */
  readonly door: Door;
  readonly log: Log;
  /** @returns what the hook prints; undefined for nothing. */
  readonly handle: (call: HookCall) => Promise<object | undefined>;
}

/** The hooks of Claude Code in terminals: what they need on disk, and what they say. */
export class ClaudeHooks {
  readonly #options: ClaudeHooksOptions;
  readonly #files: string;
  readonly #secrets = new Map<string, string>();

  constructor(options: ClaudeHooksOptions) {
    const { state, door, handle } = options;
    this.#options = options;
    this.#files = join(state, "claude");
    door.serve(hookRoute({ secrets: this.#secrets, handle }));
  }

  /** Prepares the start of Claude Code in a terminal. Never rejects: without hooks it can be used as well. */
  async launch(
    id: string,
    { label, hasSettings, plain, withSettings }: ClaudeCommand,
  ): Promise<ClaudeLaunch> {
    const without = { label, command: plain, undo: () => {} };
    if (hasSettings) return without;
    const { door } = this.#options;
    const secret = randomBytes(24).toString("hex");
    // Bundled, this file is the program.
    const program = [process.execPath, fileURLToPath(import.meta.url)] as const;
    try {
      this.#secrets.set(id, secret);
      const settings = writeHookFiles(this.#files, { session: id, socket: door.socket, secret }, program);
      await door.open();
      const record = { secret, notices: [] };
      return { label, command: withSettings(settings), record, undo: () => this.forget(id) };
    } catch (error) {
      this.#options.log.error("Claude Code is started without hooks", { id, error });
      this.forget(id);
      return without;
    }
  }

  /** Hears those of an earlier life again, by the ids and secrets of their sessions. Never rejects. */
  async resume(sessions: ReadonlyMap<string, string>): Promise<void> {
    for (const [id, secret] of sessions) this.#secrets.set(id, secret);
    keepHookFilesOf(this.#files, [...this.#secrets.keys()]);
    if (sessions.size === 0) return;
    await this.#options.door
      .open()
      .catch((error) => this.#options.log.error("the control socket cannot be opened", { error }));
  }

  /** A session has ended. */
  forget(id: string): void {
    this.#secrets.delete(id);
    removeHookFiles(this.#files, id);
  }

  /** Hooks that wait come again to the next life. */
  stop(): Promise<void> {
    return this.#options.door.stop();
  }
}
