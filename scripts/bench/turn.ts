import { startBotServer } from "./bot-server.ts";
import { makeProject, startBridge } from "./bridge.ts";
import { type Bench, interleave, monotonic, toRow } from "./measure.ts";
import { claudeForBench, type RealAgent } from "./real-agents.ts";
import { ended, startProgram, temporaryFolder } from "./workplace.ts";

/** From the answered poll to the request at the model, through a fresh Claude Code; next to `claude -p` run by hand. */
export const turn: Bench = async ({ quick }) => {
  const real = await claudeForBench();
  if (!real) return [];
  const rounds = quick ? 1 : 9;
  const server = await startBotServer();
  const settings = { NANOGENT_AGENT: "claude", NANOGENT_CLAUDE: real.binary };
  // Every prompt in a chat of its own: a fresh session each, and none waits for the pace of another.
  const bridge = await startBridge(server, makeProject(server, settings, rounds + 1), real.env);
  const folder = temporaryFolder();
  let user = 0;
  const [byHand = [], fresh = []] = await interleave(rounds, [
    async () => {
      const requested = real.untilRequest(real.requests() + 1);
      real.says("Hello.");
      const began = monotonic();
      const words = ["-p", "--dangerously-skip-permissions", "go"];
      const child = startProgram(real.binary, words, { cwd: folder, env: real.env, stdio: "ignore" });
      const end = ended(child);
      await requested;
      const ms = monotonic() - began;
      await end;
      return ms;
    },
    async () => {
      const requested = real.untilRequest(real.requests() + 1);
      const over = server.nextCall(({ body }) => body.includes("Hello.") && body.includes("✅"));
      real.says("Hello.");
      const asked = await server.say(++user, "go", monotonic);
      await requested;
      const ms = monotonic() - asked;
      await over;
      return ms;
    },
  ]);
  await bridge.stop();
  server.close();
  const warm = await warmTurns(real, rounds);
  await real.close();
  return [
    toRow({
      ...{ bench: "turn", what: "fresh, to the model's request", unit: "ms", values: fresh },
      baseline: { what: "claude -p", values: byHand },
    }),
    toRow({
      ...{ bench: "turn", what: "warm, to the model's request", unit: "ms", values: warm },
      baseline: { what: "fresh", values: fresh },
      target: { of: "value", atMost: 50 },
    }),
  ];
};

/** The same with a Claude Code that waits for the next prompt of its session. */
async function warmTurns(real: RealAgent, rounds: number): Promise<number[]> {
  const server = await startBotServer();
  const settings = { NANOGENT_AGENT: "claude", NANOGENT_CLAUDE: real.binary, NANOGENT_KEEP_WARM: "10m" };
  const bridge = await startBridge(server, makeProject(server, settings), real.env);
  const values: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const requested = real.untilRequest(real.requests() + 1);
    const over = server.nextCall(({ body }) => body.includes(`Hello ${round}.`) && body.includes("✅"));
    real.says(`Hello ${round}.`);
    const asked = await server.say(1, "go", monotonic);
    await requested;
    values.push(monotonic() - asked);
    await over;
  }
  await bridge.stop();
  server.close();
  // The first one starts it.
  return values.slice(1);
}
