import { type ArrivedCall, type BotServer, startBotServer } from "./bot-server.ts";
import { makeProject, startBridge } from "./bridge.ts";
import { type Bench, interleave, toRow } from "./measure.ts";
import { ended, programPath, startProgram } from "./workplace.ts";

/**
 * 2,000 messages wait when the bridge starts: from the first poll until all are on the disk and confirmed, next to a
 * program that confirms them unread, and until the command that came last is answered.
 */
export const backlog: Bench = async ({ quick }) => {
  // The first one keeps the agent busy: what is measured is the way into the queue, not the work.
  const prompts = Array.from({ length: quick ? 200 : 2_000 }, (_, index) =>
    index === 0 ? "sleep 300" : `echo ${index}`,
  );
  const server = await startBotServer();
  const commands: number[] = [];
  const [bare = [], bridge = []] = await interleave(quick ? 1 : 9, [
    async () => {
      const confirmed = timeToConfirm(server, [...prompts, "/status"]);
      const child = startProgram(process.execPath, [programPath("confirm.mjs"), server.root], {
        stdio: "ignore",
      });
      const { ms } = await confirmed;
      child.kill();
      await ended(child);
      return ms;
    },
    async () => {
      const folder = makeProject(server, { NANOGENT_AGENT: "shell" });
      const confirmed = timeToConfirm(server, [...prompts, "/status"]);
      const answered = server.nextCall(({ body }) => body.includes("Agent: shell"));
      const running = await startBridge(server, folder);
      const { ms, began } = await confirmed;
      commands.push((await answered).at - began);
      await running.stop();
      return ms;
    },
  ]);
  server.close();
  const common = { bench: "backlog", unit: "ms", baseline: { what: "bare confirming", values: bare } };
  const target = { of: "value", atMost: 5_000 } as const;
  return [
    toRow({ ...common, what: `${prompts.length} messages to the disk`, values: bridge, target }),
    // Without the first, which warmed up.
    toRow({ ...common, what: "a command after them", values: commands.slice(1) }),
  ];
};

/** From the first poll from now on to the one that confirms the last of the texts. */
async function timeToConfirm(
  server: BotServer,
  texts: readonly string[],
): Promise<{ ms: number; began: number }> {
  const last = server.keep(texts);
  const isPoll = ({ method }: ArrivedCall): boolean => method === "getUpdates";
  const first = server.nextCall(isPoll);
  const confirming = server.nextCall((call) => isPoll(call) && offsetOf(call) > last);
  const { at: began } = await first;
  return { ms: (await confirming).at - began, began };
}

function offsetOf({ body }: ArrivedCall): number {
  return (JSON.parse(body) as { offset?: number }).offset ?? 0;
}
