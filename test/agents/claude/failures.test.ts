import assert from "node:assert/strict";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { claudeAgent } from "../../../src/agents/claude/claude.ts";
import {
  answer,
  failure,
  fakeClaude,
  init,
  type Scenario,
  type Step,
  success,
} from "../../fakes/claude-cli.ts";
import { failureOf, fakeAgent, inFolder, isGone, keepLog, pidIn, play, watch } from "../turns.ts";

const USER = { expect: { type: "user" } };

test("failure 11: a program that is missing or cannot be executed is told with what to do", () =>
  inFolder(async (dir) => {
    const plain = join(dir, "not-executable");
    await writeFile(plain, "#!/bin/sh\n");
    await chmod(plain, 0o644);
    const cases: [binary: string, cwd: string, code: string][] = [
      ["nanogent-no-such-program", dir, "missing"],
      [join(dir, "missing"), dir, "missing"],
      [plain, dir, "missing"],
      ["/bin/sh", join(dir, "no-such-folder"), "config"],
    ];
    for (const [binary, cwd, code] of cases) {
      const env = { PATH: process.env.PATH };
      const agent = claudeAgent({ binary, args: [], env, secrets: [], log: keepLog() });
      const watched = watch(agent, { cwd });
      const told = await failureOf(watched);
      assert.equal(told.code, code, binary);
      assert.throws(() => watched.pid());
      if (code !== "missing") continue;
      assert.match(told.hint ?? "", /npm install -g @anthropic-ai\/claude-code/);
      assert.match(told.hint ?? "", /NANOGENT_CLAUDE/);
      await watched.turn.cancel();
    }
  }));

test("failure 14: a program that does not read its prompt fails, nothing is thrown", () =>
  inFolder(async (dir) => {
    const prompt = "x".repeat(5_000_000);
    for (const scenario of [
      [{ exit: 1 }],
      [{ closeStdin: true }, { sleep: 100 }, { exit: 1 }],
    ] as Scenario[]) {
      const watched = await play(dir, scenario, { prompt });
      assert.ok(watched.last.kind === "failed" && watched.last.failure.code === "crashed");
    }
  }));

test("failure 15: an end without a result is a failure with the last words, never an empty success", () =>
  inFolder(async (dir) => {
    const cases: [scenario: Scenario, detail: RegExp][] = [
      [[USER, { exit: 0 }], /^exit code 0$/],
      [[USER, init(), { exit: 3 }], /^exit code 3$/],
      [[USER, { stderr: "first\nboom 한글\n" }, { exit: 1 }], /^exit code 1\nfirst\nboom 한글$/],
      [[USER, { kill: "SIGSEGV" }], /^killed by SIGSEGV$/],
      [[USER, ...answer("Half an ans"), { kill: "SIGKILL" }], /^killed by SIGKILL$/],
    ];
    for (const [scenario, detail] of cases) {
      const { last } = await play(dir, scenario);
      assert.ok(last.kind === "failed", JSON.stringify(last));
      assert.equal(last.failure.code, "crashed");
      assert.match(last.failure.detail ?? "", detail);
    }
  }));

test("failure 15: a reported failure says what the program says", () =>
  inFolder(async (dir) => {
    const cases: [text: string, fields: object, code: string][] = [
      ["Not logged in · Please run /login", {}, "auth"],
      ["API Error: Request rejected (429)", { api_error_status: 429 }, "rate-limit"],
      ["Something new", {}, "error"],
      [
        "",
        { subtype: "error_during_execution", errors: ["No conversation found with session ID: x"] },
        "no-session",
      ],
      ["", { subtype: "error_max_turns", is_error: false }, "error"],
    ];
    for (const [text, fields, code] of cases) {
      const { last } = await play(dir, [USER, failure(text, fields), { stderr: "words\n" }]);
      assert.ok(last.kind === "failed", JSON.stringify(last));
      assert.equal(last.failure.code, code, text);
      assert.ok(last.failure.message.length > 10);
      assert.equal(last.usage?.costUsd, 0.5);
    }
  }));

test("failure 12: a grandchild that keeps stdout open does not hold up the turn", () =>
  inFolder(async (dir) => {
    const endings: [steps: Step[], kind: string][] = [
      [[success("Hi")], "done"],
      [[{ exit: 1 }], "failed"],
    ];
    for (const where of ["group", "session"] as const) {
      for (const [steps, kind] of endings) {
        const pidFile = join(dir, `${where}-${kind}`);
        const { last } = await play(dir, [USER, { grandchild: where, pidFile }, ...steps]);
        assert.equal(last.kind, kind);
        assert.ok(isGone(await pidIn(pidFile)), `${pidFile}: left behind`);
      }
    }
  }));

test("a program that stays after its result is ended after a while", () =>
  inFolder(async (dir) => {
    const binary = await fakeClaude(dir, [USER, success("Hi"), { stay: true }]);
    const log = keepLog();
    const agent = claudeAgent({ binary, args: [], env: {}, secrets: [], log, exitMs: 50 });
    const watched = watch(agent, { cwd: dir });
    await watched.end();
    assert.ok(isGone(watched.pid()));
    assert.ok(log.lines.some(({ event }) => event === "agent stays after its result"));
  }));

test("the answer does not wait for a program that stays after its result", () =>
  inFolder(async (dir) => {
    const agent = await fakeAgent(dir, [USER, success("Hi"), { ignoreTerm: true }, { stay: true }]);
    const watched = watch(agent, { cwd: dir });
    await watched.until("done");
    const pid = watched.pid();
    assert.ok(!isGone(pid), "it stays");
    // Nobody needs to wait for the deadline: giving the turn up ends it at once.
    await watched.turn.cancel();
    assert.ok(isGone(pid));
    assert.equal((await watched.end()).kind, "done");
  }));
