import type { ChildProcess } from "node:child_process";
import type { BotServer } from "./bot-server.ts";
import { makeProject, type RunningBridge, startBridge } from "./bridge.ts";
import { programPath, startProgram } from "./workplace.ts";

/** A bridge, and the least program that waits for the same answers. */
export interface Pair {
  readonly bridge: RunningBridge;
  readonly bare: ChildProcess;
}

/** Starts so many of both. Resolves when all of them poll. */
export function startPairs(server: BotServer, count: number): Promise<Pair[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const bridge = await startBridge(server, makeProject(server, { NANOGENT_AGENT: "shell" }));
      const polled = server.nextCall(({ body }) => body === "bare");
      const bare = startProgram(process.execPath, [programPath("poll.mjs"), server.root], {
        stdio: "ignore",
      });
      await polled;
      return { bridge, bare };
    }),
  );
}
