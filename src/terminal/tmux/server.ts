import { execFile } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { within } from "../../within.ts";
import { BackendError } from "../pty.ts";

/** What the client that starts the server needs: its environment is that of the server, and so seen by every session. */
const SERVER_ENV = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TMUX_TMPDIR"];
/** With `respawn-pane -e` and `send-keys -H`. */
const OLDEST = [3, 0] as const;
/** Until the program takes its place; a bridge that is killed in between leaves nothing. */
const PLACEHOLDER = "exec sleep 60";
const DEADLINE_MS = 10_000;
/** A look costs nothing; whoever asks does so again. */
const LOOK_MS = 5_000;
/** How long a server may take to go that was told to. */
const LEAVING_MS = 5_000;
/** It may let the first one wait for its end. */
const LEAST_TRIES = 5;
const BETWEEN_TRIES_MS = 100;
const MOST_LOOKS = 50;
const BETWEEN_LOOKS_MS = 20;

const OPTIONS = [
  ["set-option", "-g", "status", "off"],
  ["set-option", "-g", "prefix", "None"],
  ["set-option", "-g", "prefix2", "None"],
  ["set-option", "-g", "mouse", "off"],
  ["set-option", "-s", "escape-time", "0"],
  ["set-option", "-g", "history-limit", "5000"],
  ["set-option", "-g", "default-terminal", "xterm-256color"],
  ["set-option", "-wg", "automatic-rename", "off"],
  ["set-option", "-wg", "allow-rename", "off"],
  ["set-option", "-wg", "remain-on-exit", "off"],
];

/**
 * A tmux server of the project's own: neither the user's server nor his configuration has a part in it. It ends with its
 * last session.
 */
export class TmuxServer {
  readonly #socket: string;
  readonly env: NodeJS.ProcessEnv;
  #turns: Promise<unknown> = Promise.resolve();

  /** @param socket Names the server, among those of this user. */
  constructor(socket: string, env: NodeJS.ProcessEnv) {
    this.#socket = socket;
    this.env = Object.fromEntries(SERVER_ENV.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  }

  /** Whether tmux is there, and new enough. */
  async isUsable(): Promise<boolean> {
    try {
      const [, major, minor] = /(\d+)\.(\d+)/.exec(await this.#run(["-V"])) ?? [];
      const [least, small] = OLDEST;
      return Number(major) > least || (Number(major) === least && Number(minor) >= small);
    } catch {
      return false;
    }
  }

  /** Arguments of a client that is a program's near end. */
  clientArguments(id: string): readonly string[] {
    return [...this.#global(), "-C", "attach-session", "-t", target(id)];
  }

  /**
   * Makes a session that waits for its program.
   * @throws BackendError
   */
  create(id: string, columns: number, rows: number): Promise<void> {
    return this.inTurn(() => this.#create(id, columns, rows));
  }

  /**
   * Whatever lets a session or a client come or go is done one after the other: a server that has one of them to tell
   * to a client in control mode which has not wholly come yet crashes (tmux 3.3a), with all sessions.
   */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turns.then(work);
    this.#turns = done.catch(() => {});
    return done;
  }

  async #create(id: string, columns: number, rows: number): Promise<void> {
    const size = ["-x", String(columns), "-y", String(rows)];
    const commands = [
      ["start-server"],
      ...OPTIONS,
      ["new-session", "-d", "-s", id, ...size, "--", "/bin/sh", "-c", PLACEHOLDER],
    ];
    const words = commands.flatMap((each, index) => (index === 0 ? each : [";", ...each]));
    const deadline = performance.now() + LEAVING_MS;
    for (let tries = 1; ; tries++) {
      try {
        await this.command(words);
        // One that is on its way out may have taken it along.
        await this.command(["has-session", "-t", target(id)]);
        return;
      } catch (error) {
        const message = (error as Error).message.trim();
        // A server ends with its last session, and whoever comes then meets the end of it.
        if (
          (tries < LEAST_TRIES || performance.now() < deadline) &&
          /server exited|lost server|no server running|can't find session/.test(message)
        ) {
          await sleep(BETWEEN_TRIES_MS);
          continue;
        }
        throw new BackendError(
          `tmux could not open a session: ${message}`,
          "NANOGENT_PERSIST=off does without tmux.",
        );
      }
    }
  }

  /** The sessions that there are. @throws Error when tmux does not tell. */
  async sessions(): Promise<readonly string[]> {
    try {
      const list = ["list-sessions", "-F", "#{session_name}"];
      const names = await this.#run([...this.#global(), ...list], LOOK_MS);
      return names.split("\n").filter((name) => name !== "");
    } catch (error) {
      // Only this tells that there is no server; one that hangs, or is not found, may have all of them.
      const isNone = /no server running|error connecting to .*\(No such file or directory\)/;
      if (isNone.test((error as Error).message)) return [];
      throw error;
    }
  }

  /** @param gone Of the client that it has. Never rejects: one that is gone needs no end. */
  end(id: string, gone: Promise<void>): Promise<void> {
    return this.inTurn(async () => {
      await this.command(["kill-session", "-t", target(id)]).catch(() => {});
      await within(gone, DEADLINE_MS);
    });
  }

  /**
   * Ends the clients that a killed bridge has left: one that still had something to say to it would stay, and the server
   * with it. Never rejects.
   */
  dropClients(id: string): Promise<void> {
    return this.inTurn(async () => {
      const list = ["list-clients", "-t", target(id), "-F", "#{client_pid}"];
      for (let tries = 0; tries < MOST_LOOKS; tries++) {
        const pids = (await this.command(list).catch(() => "")).split("\n").map(Number);
        const left = pids.filter((pid) => pid > 0);
        if (left.length === 0) return;
        for (const pid of left) {
          try {
            process.kill(pid, "SIGKILL");
          } catch {
            // It has just gone by itself.
          }
        }
        await sleep(BETWEEN_LOOKS_MS);
      }
    });
  }

  command(words: readonly string[]): Promise<string> {
    return this.#run([...this.#global(), ...words]);
  }

  #global(): readonly string[] {
    return ["-u", "-L", this.#socket, "-f", "/dev/null"];
  }

  #run(args: readonly string[], ms = DEADLINE_MS): Promise<string> {
    return new Promise((resolve, reject) => {
      // With SIGTERM a client would say goodbye to its server, and wait for that.
      const options = { env: this.env, timeout: ms, killSignal: "SIGKILL" } as const;
      execFile("tmux", args, options, (error, stdout, stderr) => {
        if (error) reject(new Error(error.killed ? "tmux does not answer." : stderr || error.message));
        else resolve(stdout);
      });
    });
  }
}

/** Exactly that session: without the `=`, `term-1` would mean `term-10` as well. */
export function target(id: string): string {
  return `=${id}:`;
}

/** One word of a command line of tmux, whatever is in it. */
export function word(text: string): string {
  const special: Readonly<Record<string, string>> = { "'": "\\'", "\n": '"\\n"', "\r": '"\\r"' };
  return `'${text.replaceAll("\0", "").replace(/['\n\r]/g, (char) => `'${special[char]}'`)}'`;
}
