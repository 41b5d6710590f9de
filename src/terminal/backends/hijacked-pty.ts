import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Pty, PtyExit } from "../pty.ts";
import type { Engine } from "./engine-api.ts";

export interface HijackedTerminal {
  readonly engine: Engine;
  readonly socket: Duplex;
  readonly onData: (chunk: Buffer) => void;
  /** `/exec/ID` or `/containers/ID`. */
  readonly path: string;
  /** Asked once the connection is closed. Must not reject. */
  readonly howItEnded: () => Promise<PtyExit>;
  /** Ends what runs there; the engine then closes the connection. False when something may be left. May reject. */
  readonly end: () => Promise<boolean>;
}

/** How long the engine may take to close the connection of what was ended. */
const CLOSE_MS = 1_000;
const RESIZE_TRIES = 20;

/** A terminal whose other end is in the engine. */
export function hijackedPty({ engine, socket, onData, path, howItEnded, end }: HijackedTerminal): Pty {
  socket.on("data", onData);
  // What has gone wrong is found out from the engine when the connection is closed, which follows.
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  let killing: Promise<boolean> | undefined;
  const exited = closed.then(howItEnded).then(async (exit): Promise<PtyExit> => {
    if (!killing || !exit.lost) return exit;
    // The engine may not learn how a program ended whose terminal had more in it.
    if (await killing) return { code: undefined, signal: "SIGKILL" };
    return { code: undefined, reason: "The terminal is closed, but its program may still run there." };
  });
  let wanted = 0;

  /** The engine refuses a size as long as the program is being started. */
  async function resize(columns: number, rows: number): Promise<void> {
    wanted += 1;
    const mine = wanted;
    for (let tries = 0; tries < RESIZE_TRIES && mine === wanted && !socket.destroyed; tries++) {
      try {
        await engine.call("POST", `${path}/resize?h=${rows}&w=${columns}`);
        return;
      } catch {
        await sleep(25);
      }
    }
  }

  return {
    pid: undefined,
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(bytes, (error) => (error ? reject(new Error("The program has ended.")) : resolve()));
      }),
    resize,
    async kill() {
      if (!socket.destroyed) killing ??= end().catch(() => false);
      await killing;
      await Promise.race([closed, sleep(CLOSE_MS, undefined, { ref: false })]);
      socket.destroy();
      await exited;
    },
    exited,
  };
}
