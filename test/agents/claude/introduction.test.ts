import assert from "node:assert/strict";
import test from "node:test";
import { askIntroduction } from "../../../src/agents/claude/introduction.ts";
import { fakeClaude, init, type Scenario, SESSION, starts, success } from "../../fakes/claude-cli.ts";
import { fakeAgent, inFolder, isGone, keepLog, watch } from "../turns.ts";

const INITIALIZE = { expect: { request: { subtype: "initialize" } } };
const COMMANDS = {
  line: {
    type: "control_response",
    response: {
      subtype: "success",
      request_id: "initialize",
      response: { commands: [{ name: "review", description: "x" }, { name: "compact" }, {}] },
    },
  },
};

test("the program is started once to be asked, without a prompt", () =>
  inFolder(async (dir) => {
    const agent = await fakeAgent(dir, [INITIALIZE, COMMANDS]);
    const asked = await Promise.all([agent.slashCommands(dir), agent.slashCommands(dir)]);
    assert.deepEqual(asked, [
      ["review", "compact"],
      ["review", "compact"],
    ]);
    assert.deepEqual(await agent.slashCommands(dir), ["review", "compact"]);
    const seen = await starts(dir);
    assert.equal(seen.length, 1);
    assert.deepEqual(
      seen[0]?.input.map(({ type }) => type),
      ["control_request"],
    );
  }));

test("a turn tells them too, from both lists, in whichever order they come", () =>
  inFolder(async (dir) => {
    const session = init({ slash_commands: ["cost", "compact"] });
    const cases: [scenario: Scenario, commands: readonly string[]][] = [
      [
        [COMMANDS, session],
        ["review", "compact", "cost"],
      ],
      [
        [session, COMMANDS],
        ["cost", "compact", "review"],
      ],
      [
        [session, session, session],
        ["cost", "compact"],
      ],
    ];
    for (const [scenario, commands] of cases) {
      const agent = await fakeAgent(dir, [INITIALIZE, ...(scenario as []), success("ok")]);
      const watched = watch(agent, { cwd: dir });
      await watched.end();
      const sessions = watched.events.filter((event) => event.kind === "session");
      assert.deepEqual(sessions.at(-1), {
        kind: "session",
        sessionId: SESSION,
        model: "fake-model",
        commands,
      });
      assert.ok(sessions.length <= 2);
      assert.deepEqual(await agent.slashCommands(dir), commands);
    }
    assert.equal((await starts(dir)).length, cases.length, "nothing was started to ask");
  }));

test("a failure gives none, and is not repeated for a minute", async (context) => {
  await inFolder(async (dir) => {
    const agent = await fakeAgent(dir, [{ exit: 1 }]);
    context.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
    assert.deepEqual(await agent.slashCommands(dir), []);
    context.mock.timers.tick(59_999);
    assert.deepEqual(await agent.slashCommands(dir), []);
    assert.equal((await starts(dir)).length, 1);
    context.mock.timers.tick(1);
    assert.deepEqual(await agent.slashCommands(dir), []);
    assert.equal((await starts(dir)).length, 2);
  });
});

test("a program that does not answer is ended after a while", () =>
  inFolder(async (dir) => {
    const binary = await fakeClaude(dir, [INITIALIZE, { stay: true }]);
    const options = { binary, args: [], env: {}, secrets: [], log: keepLog() };
    assert.equal(await askIntroduction(options, dir, 300), undefined);
    assert.ok((await starts(dir)).every(({ pid }) => isGone(pid)));
  }));

test("a program that stays after the answer is ended", () =>
  inFolder(async (dir) => {
    const agent = await fakeAgent(dir, [INITIALIZE, COMMANDS, { stay: true }]);
    assert.deepEqual(await agent.slashCommands(dir), ["review", "compact"]);
    const [start] = await starts(dir);
    assert.ok(isGone(start?.pid ?? 0));
  }));
