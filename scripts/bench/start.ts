import { type BotServer, startBotServer } from "./bot-server.ts";
import { BUNDLE, makeProject, startBridge } from "./bridge.ts";
import { type Bench, interleave, monotonic, toRow } from "./measure.ts";
import { ended, programPath, startProgram } from "./workplace.ts";

/** From the start of the process to its first `getUpdates`, next to a Node that does nothing. */
export const start: Bench = async ({ quick }) => {
  const server = await startBotServer();
  const folder = makeProject(server, { NANOGENT_AGENT: "shell" });
  const [bare = [], bridge = [], version = [], poll = []] = await interleave(quick ? 1 : 25, [
    () => wallTime(["-e", "0"]),
    async () => {
      const running = await startBridge(server, folder);
      await running.stop();
      return running.startMs;
    },
    () => wallTime([BUNDLE, "--version"]),
    () => barePoll(server),
  ]);
  server.close();
  const common = { bench: "start", unit: "ms", baseline: { what: "node -e 0", values: bare } };
  return [
    toRow({ ...common, what: "to the first poll", values: bridge, target: { of: "ratio", atMost: 1.5 } }),
    toRow({ ...common, what: "nanogent --version", values: version }),
    toRow({ ...common, what: "bare poll to its first", values: poll }),
  ];
};

async function wallTime(args: readonly string[]): Promise<number> {
  const began = monotonic();
  await ended(startProgram(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] }));
  return monotonic() - began;
}

/** What no bridge in this language can be faster than. */
async function barePoll(server: BotServer): Promise<number> {
  const polled = server.nextCall(({ method }) => method === "getUpdates");
  const began = monotonic();
  const child = startProgram(process.execPath, [programPath("poll.mjs"), server.root], { stdio: "ignore" });
  const end = ended(child);
  const { at } = await polled;
  child.kill();
  await end;
  return at - began;
}
