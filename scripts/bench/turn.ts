import { startBotServer } from "./bot-server.ts";
import { makeProject, startBridge } from "./bridge.ts";
import { type Bench, interleave, monotonic, toRow } from "./measure.ts";
import { claudeForBench } from "./real-agents.ts";
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
  await real.close();
  const baseline = { what: "claude -p", values: byHand };
  return [
    toRow({ bench: "turn", what: "fresh, to the model's request", unit: "ms", values: fresh, baseline }),
  ];
};
