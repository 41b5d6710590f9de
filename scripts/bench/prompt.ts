import { createInterface } from "node:readline";
import { startBotServer } from "./bot-server.ts";
import { makeProject, startBridge } from "./bridge.ts";
import { type Bench, epochClock, interleave, toRow } from "./measure.ts";
import { ended, executableScript, programPath, startProgram } from "./workplace.ts";

// Its own start is told in nanoseconds, as the whole answer of a turn.
const STAMP = `#!/bin/sh
echo "{\\"type\\":\\"result\\",\\"subtype\\":\\"success\\",\\"is_error\\":false,\\"result\\":\\"STAMP$(date +%s%N)\\"}"
`;

/** From the answered poll to the agent's process, next to a bare Node that starts the same process. Linux only. */
export const prompt: Bench = async ({ quick }) => {
  if (process.platform !== "linux") return [];
  const rounds = quick ? 1 : 50;
  const agent = executableScript(STAMP);
  const server = await startBotServer();
  // Every prompt in a chat of its own: none waits for the pace of another.
  const settings = { NANOGENT_AGENT: "claude", NANOGENT_CLAUDE: agent, NANOGENT_PERMISSIONS: "ask" };
  const bridge = await startBridge(server, makeProject(server, settings, rounds + 1));
  const spawner = startSpawner(agent);
  let user = 0;
  const [bare = [], whole = []] = await interleave(rounds, [
    () => spawner.run(),
    async () => {
      const answered = server.nextCall(({ body }) => body.includes("STAMP") && body.includes("✅"));
      const asked = await server.say(++user, "go", epochClock());
      return stampIn((await answered).body) - asked;
    },
  ]);
  await Promise.all([bridge.stop(), spawner.stop()]);
  server.close();
  const baseline = { what: "spawn by bare node", values: bare };
  const target = { of: "difference", atMost: 10 } as const;
  return [
    toRow({ bench: "prompt", what: "to the agent's start", unit: "ms", values: whole, baseline, target }),
  ];
};

/** A bare Node that starts the agent's program whenever it is told to, and measures how long that takes. */
function startSpawner(agent: string): { run(): Promise<number>; stop(): Promise<void> } {
  const child = startProgram(process.execPath, [programPath("spawn.mjs"), agent], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const end = ended(child);
  if (!child.stdout) throw new Error("no pipe to read from");
  const lines = createInterface(child.stdout);
  return {
    run: () =>
      new Promise((resolve) => {
        lines.once("line", (line) => resolve(Number(line)));
        child.stdin?.write("go\n");
      }),
    stop() {
      child.stdin?.end();
      return end;
    },
  };
}

function stampIn(text: string): number {
  return Number(/STAMP(\d+)/.exec(text)?.[1]) / 1e6;
}
