import { type ArrivedCall, type BotServer, buttonData, startBotServer } from "./bot-server.ts";
import { makeProject, startBridge } from "./bridge.ts";
import { type Bench, monotonic, toRow } from "./measure.ts";
import { ended, executableProgram, programPath, startProgram } from "./workplace.ts";

interface Asked {
  /** From the agent's asking to the request's message at the server. */
  readonly shown: number;
  /** From the answered poll to the agent's reading of the answer. */
  readonly read: number;
}

/**
 * A permission on its way to the phone, and the press on its way back; next to a bare Node that posts what the agent writes
 * and hands it what it polls. Linux only: the times are those of two processes on one clock.
 */
export const asking: Bench = async ({ quick }) => {
  if (process.platform !== "linux") return [];
  const rounds = quick ? 1 : 50;
  const agent = executableProgram("ask.mjs");
  const server = await startBotServer();
  const bare = await startBotServer();
  const settings = { NANOGENT_AGENT: "claude", NANOGENT_CLAUDE: agent, NANOGENT_PERMISSIONS: "ask" };
  // Every prompt in a chat of its own: none waits for the pace of another.
  const bridge = await startBridge(server, makeProject(server, settings, rounds + 1));
  const through: Asked[] = [];
  const around: Asked[] = [];
  for (let user = 1; user <= rounds + 1; user += 1) {
    through.push(await byBridge(server, user));
    around.push(await byHand(bare, agent));
  }
  await bridge.stop();
  server.close();
  bare.close();
  // Without the first, which warmed up.
  const values = (from: readonly Asked[], of: keyof Asked): number[] => from.slice(1).map((each) => each[of]);
  const rowOf = (what: string, of: keyof Asked, atMost: number) =>
    toRow({
      ...{ bench: "asking", what, unit: "ms", values: values(through, of) },
      baseline: { what: "bare relay", values: values(around, of) },
      target: { of: "value", atMost },
    });
  return [rowOf("permission to its message", "shown", 100), rowOf("tap to the agent", "read", 50)];
};

async function byBridge(server: BotServer, user: number): Promise<Asked> {
  const asked = server.nextCall(({ body }) => body.includes("ASKED"));
  await server.say(user, "go", monotonic);
  const card = await asked;
  const over = server.nextCall(({ body }) => body.includes("READ"));
  const pressed = await server.press(user, buttonData(card, "Allow once"), monotonic);
  return { shown: card.at - stamp(card, "ASKED"), read: stamp(await over, "READ") - pressed };
}

async function byHand(server: BotServer, agent: string): Promise<Asked> {
  const asked = server.nextCall(({ body }) => body.includes("ASKED"));
  const over = server.nextCall(({ body }) => body.includes("READ"));
  const child = startProgram(process.execPath, [programPath("bare-bridge.mjs"), agent, server.root], {
    stdio: "inherit",
  });
  const end = ended(child);
  const card = await asked;
  const pressed = await server.press(1, "", monotonic);
  const read = stamp(await over, "READ") - pressed;
  await end;
  return { shown: card.at - stamp(card, "ASKED"), read };
}

/** Milliseconds, of a time that the agent told. */
function stamp({ body }: ArrivedCall, name: string): number {
  return Number(new RegExp(`${name}(\\d+)`).exec(body)?.[1]) / 1e6;
}
