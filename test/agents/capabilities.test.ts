import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { claudeAgent } from "../../src/agents/claude/claude.ts";
import { turnParams } from "../../src/agents/codex/protocol.ts";
import { asObject, asText } from "../../src/agents/json.ts";
import { twoClaudeTurns, withServer } from "./by-hand.ts";
import { COMMON, isDone, ONLY_CLAUDE, ONLY_CODEX, type Probe, type Stage } from "./capability-probes.ts";
import { options as CLAUDE, onStage as claudeStage } from "./claude/stage.ts";
import { REAL as CODEX, onStage as codexStage } from "./codex/stage.ts";
import { watch } from "./turns.ts";

/** What this program is known not to do: when it does, nanogent can use it. */
const KNOWN_TO_LACK: Readonly<Record<string, readonly string[]>> = {
  "Claude Code": [],
  // It gets a picture by the path of its file. The policy is set with a turn's start.
  Codex: ["image in", "mode switch mid-run"],
};
const PROBE_MS = 45_000;

/** Whether the program can do it, with the reason why not. */
async function tried(probe: Probe, stage: Stage): Promise<string> {
  const late = sleep(PROBE_MS, "no: it hangs", { ref: false });
  const outcome = probe(stage).then(
    (can) => (can ? "yes" : "no"),
    (error: Error) => `no: ${error.message.split("\n")[0]?.slice(0, 120)}`,
  );
  return Promise.race([outcome, late]);
}

const PROGRAMS = [
  {
    name: "Claude Code",
    skip: CLAUDE.skip,
    probes: { ...COMMON, ...ONLY_CLAUDE },
    play: (use: (stage: Stage) => Promise<void>) =>
      claudeStage(async ({ agent, cwd, model, options }) =>
        use({
          ...{ agent, cwd, reply: model.reply },
          async fork(sessionId) {
            const forking = watch(claudeAgent({ ...options, args: ["--fork-session"] }), { cwd, sessionId });
            return (await isDone(forking)) ? (await forking.until("session")).sessionId : undefined;
          },
          twoTurns: () => twoClaudeTurns(options, cwd),
          run: (command) => model.reply({ tool: "Bash", input: { command } }),
          lastRequest: () => JSON.stringify(model.requests.at(-1)?.body),
        }),
      ),
  },
  {
    name: "Codex",
    skip: CODEX.skip,
    probes: { ...COMMON, ...ONLY_CODEX },
    play: (use: (stage: Stage) => Promise<void>) =>
      codexStage(async ({ agent, cwd, model, options }) =>
        use({
          ...{ agent, cwd, reply: model.reply },
          fork: (sessionId) =>
            withServer(options, cwd, async ({ call, completed }) => {
              const { thread } = await call("thread/fork", { threadId: sessionId, cwd });
              const threadId = asText(asObject(thread).id);
              await call("turn/start", turnParams(threadId ?? "", { prompt: "which?" }));
              await completed(1);
              return threadId;
            }),
          twoTurns: () =>
            withServer(options, cwd, async ({ call, completed }) => {
              const { thread } = await call("thread/start", { cwd });
              const threadId = asText(asObject(thread).id) ?? "";
              for (const turn of [1, 2]) {
                await call("turn/start", turnParams(threadId, { prompt: `number ${turn}` }));
                await completed(turn);
              }
              return 2;
            }),
          run: (cmd) => model.reply({ tool: "exec_command", input: { cmd } }),
          lastRequest: () => JSON.stringify(model.requests.at(-1)?.body),
        }),
      ),
  },
];

for (const { name, skip, probes, play } of PROGRAMS) {
  test(`what the installed ${name} can do`, { skip }, async (t) => {
    const table: (readonly [what: string, can: string])[] = [];
    for (const [what, probe] of Object.entries(probes)) {
      await play(async (stage) => void table.push([what, await tried(probe, stage)]));
    }
    t.diagnostic(name);
    for (const [what, can] of table) t.diagnostic(`  ${what.padEnd(34)} ${can}`);
    const lacks = table.filter(([, can]) => can !== "yes").map(([what]) => what);
    assert.deepEqual(lacks, KNOWN_TO_LACK[name]);
  });
}
