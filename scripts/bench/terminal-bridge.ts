import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { projectPaths } from "../../src/project.ts";
import { localLink } from "../../src/web/link-file.ts";
import { type BotServer, startBotServer } from "./bot-server.ts";
import { makeProject, startBridge } from "./bridge.ts";
import { jsonOf, programPath, startProgram, temporaryFolder } from "./workplace.ts";

/** A bridge whose terminals are opened through its page. */
export interface TerminalBridge {
  readonly pid: number;
  /** Opens the page in a browser: for one use. */
  link(session?: string): URL;
  /** Opens a terminal with this command line. @returns the words by which `openEnd` finds it. */
  open(command?: string): Promise<readonly string[]>;
  /** tmux itself: its server, and its clients of which this bridge has one for each terminal. Linux only. */
  tmuxPids(): readonly number[];
  /** Ends the terminals, then the bridge. */
  stop(): Promise<void>;
}

export interface Flood {
  /** In MB/s, as the client saw it. */
  readonly speed: number;
  /** How much of it came as a picture of the screen, since the client could not keep up. */
  readonly skipped: number;
}

/** Presses Enter in a program that writes so many bytes then. @param words for `openEnd`. */
export async function flood(bytes: number, words: readonly string[]): Promise<Flood> {
  const client = startProgram(process.execPath, [programPath("flood.mjs"), String(bytes), ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { ms, skipped } = (await jsonOf(client)) as { ms: number; skipped: number };
  return { speed: bytes / 1_000 / ms, skipped: skipped / bytes };
}

/** @param persist `tmux`, or `off` for pipes to the terminal's program. */
export async function startTerminalBridge(persist: "tmux" | "off"): Promise<TerminalBridge> {
  const server: BotServer = await startBotServer();
  const folder = makeProject(server, { NANOGENT_AGENT: "shell", NANOGENT_PERSIST: persist });
  const sockets = temporaryFolder();
  process.on("exit", () => endTmux(sockets));
  const bridge = await startBridge(server, folder, {
    ...{
      TMUX_TMPDIR: sockets,
      SHELL: "/bin/sh",
      HOME: folder,
      ENV: "",
      PS1: "$ ",
    },
  });
  const link = (session?: string): URL | undefined => {
    const made = localLink(projectPaths(folder), session, Date.now());
    return made instanceof URL ? made : undefined;
  };
  let first = link();
  // It serves the page a moment after its first poll.
  for (; !first; first = link()) await sleep(10);
  const call = async (path: string, method: string, body?: object, token?: string): Promise<unknown> => {
    const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const sent = body ? { body: JSON.stringify(body) } : {};
    const response = await fetch(new URL(path, first), { method, headers, ...sent });
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
    return response.json();
  };
  const { token } = (await call("/v1/login", "POST", {
    link: new URLSearchParams(first.hash.slice(1)).get("link"),
  })) as { token: string };
  const opened: string[] = [];
  return {
    pid: bridge.pid,
    link(session) {
      const made = link(session);
      if (!made) throw new Error("the bridge serves no page any more");
      return made;
    },
    async open(command) {
      const wanted = command === undefined ? {} : { command };
      const { id } = (await call("/v1/sessions", "POST", wanted, token)) as { id: string };
      opened.push(id);
      return ["page", first.port, token, id];
    },
    tmuxPids() {
      const [name = ""] = socketsIn(sockets).map((path) => basename(path));
      return readdirSync("/proc")
        .filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(`\0${name}\0`))
        .map(Number);
    },
    async stop() {
      // One that has ended is none any more after a while.
      await Promise.all(
        opened.map((id) => call(`/v1/sessions/${id}`, "DELETE", undefined, token).catch(() => {})),
      );
      await bridge.stop();
      server.close();
      endTmux(sockets);
    },
  };
}

/** Ends the tmux servers of a folder: they would outlive the bench, as they are meant to. */
export function endTmux(folder: string): void {
  for (const socket of socketsIn(folder))
    spawnSync("tmux", ["-S", socket, "kill-server"], { stdio: "ignore" });
}

/** The sockets of tmux servers; none when the folder is gone. */
function socketsIn(folder: string): string[] {
  try {
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    return names.filter((name) => name.includes("nanogent-")).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
