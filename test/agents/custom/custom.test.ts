import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { ClaudeProcesses } from "../../../src/agents/claude/processes.ts";
import { customAgent } from "../../../src/agents/custom/custom.ts";
import { customHealth } from "../../../src/agents/custom/health.ts";
import { firstLineKind } from "../../../src/agents/first-line.ts";
import { startModel } from "../../fakes/anthropic.ts";
import {
  answer,
  canUseTool,
  fakeClaude,
  init,
  SESSION,
  starts,
  success,
  toolUse,
} from "../../fakes/claude-cli.ts";
import { claudeEnv } from "../../fakes/real-claude.ts";
import { BINARY, options } from "../claude/stage.ts";
import { failureOf, inFolder, isGone, keepLog, pidIn, watch } from "../turns.ts";

function agentOf(command: string, env: NodeJS.ProcessEnv = { PATH: process.env.PATH }) {
  return customAgent({
    ...{ command, env, secrets: ["the-token"], log: keepLog() },
    processes: new ClaudeProcesses(),
  });
}

const RUNS: [name: string, command: string, prompt: string, text: string][] = [
  ["the example", "tr a-z A-Z", "shout **this**", "SHOUT **THIS**"],
  ["a pipeline", "cat | wc -c | tr -d ' '", "12345", "5\n"],
  ["a prompt over 128 KiB", "wc -c | tr -d ' '", "x".repeat(300_000), "300000\n"],
  ["one that reads nothing", "echo fixed", "x", "fixed\n"],
  ["colours", "printf '\\033[31mred\\033[0m\\n'", "x", "red\n"],
  ["an object that is text", `echo '{"a":1}'`, "x", '{"a":1}\n'],
  ["an object without a line end", `printf '{"type":"poem"}'`, "x", '{"type":"poem"}\n'],
  ["what only begins like an object", "printf '{ not json'", "x", "{ not json\n"],
  ["no token in its environment", `echo "$KEY|$TELEGRAM_BOT_TOKEN|"`, "x", "||\n"],
  ["nothing", "true", "x", ""],
];

for (const [name, command, prompt, text] of RUNS) {
  test(`text in, text out: ${name}`, () =>
    inFolder(async (dir) => {
      const env = { PATH: process.env.PATH, KEY: "the-token", TELEGRAM_BOT_TOKEN: "x" };
      const watched = watch(agentOf(command, env), { cwd: dir, prompt });
      assert.equal((await watched.end()).kind, "done");
      assert.equal(watched.text(), text);
    }));
}

test("text comes while it is written", () =>
  inFolder(async (dir) => {
    const watched = watch(agentOf("echo first; while [ ! -e go ]; do sleep 0.01; done; echo second"), {
      cwd: dir,
    });
    assert.equal((await watched.until("text")).delta, "first\n");
    await agentFile(dir);
    await watched.end();
    assert.equal(watched.text(), "first\nsecond\n");
  }));

async function agentFile(dir: string): Promise<void> {
  await watch(agentOf("touch go"), { cwd: dir }).end();
}

test("an exit code other than 0 is a failure, with the end of stderr", () =>
  inFolder(async (dir) => {
    const cases: [command: string, code: string, message: RegExp, detail: RegExp][] = [
      ["echo half; echo why >&2; exit 3", "crashed", /failed \(exit code 3\)/, /why$/],
      ["kill -9 $$", "crashed", /SIGKILL/, /SIGKILL/],
      ["nanogent-no-such-program", "missing", /not found/, /nanogent-no-such-program/],
    ];
    for (const [command, code, message, detail] of cases) {
      const failure = await failureOf(watch(agentOf(command), { cwd: dir }));
      assert.equal(failure.code, code, command);
      assert.match(failure.message, message);
      assert.match(failure.detail ?? "", detail);
    }
    const away = await failureOf(watch(agentOf("cat"), { cwd: join(dir, "missing") }));
    assert.equal(away.code, "config");
  }));

test("cancelling ends everything that it has started", () =>
  inFolder(async (dir) => {
    const watched = watch(agentOf("setsid sleep 600 & echo $! > far; echo up; sleep 600"), { cwd: dir });
    await watched.until("text");
    const pid = await pidIn(join(dir, "far"));
    await watched.turn.cancel();
    assert.equal((await watched.end()).kind, "cancelled");
    assert.ok(isGone(pid));
    assert.equal(watched.text(), "up\n");
  }));

test("one that answers in Claude's lines is read as Claude Code is, and goes on with its session", () =>
  inFolder(async (dir) => {
    const steps = [init(), ...answer("Hel", "lo"), toolUse("Bash", { command: "ls" }), success("Hello")];
    const binary = await fakeClaude(dir, steps);
    const agent = agentOf(`${binary} --session "$NANOGENT_SESSION_ID"`);
    for (const sessionId of [undefined, SESSION]) {
      const watched = watch(agent, {
        cwd: dir,
        prompt: "{}",
        ...(sessionId === undefined ? {} : { sessionId }),
      });
      assert.equal((await watched.until("session")).sessionId, SESSION);
      assert.equal((await watched.until("tool-start")).summary, "ls");
      const last = await watched.end();
      assert.ok(last.kind === "done" && last.usage.costUsd === 0.5);
      assert.equal(watched.text(), "Hello");
    }
    const sessions = (await starts(dir)).map(({ args }) => args[1]);
    assert.deepEqual(sessions, ["", SESSION]);
  }));

test("one that reads Claude's lines too can ask", () =>
  inFolder(async (dir) => {
    const binary = await fakeClaude(dir, [
      { expect: { type: "user" } },
      init(),
      canUseTool("Bash", { command: "rm x" }),
      { expect: { type: "control_response" } },
      ...answer("Gone."),
      success("Gone."),
    ]);
    const agent = agentOf(`exec ${binary} --input-format stream-json --output-format stream-json`);
    const watched = watch(agent, { cwd: dir, prompt: "delete it" });
    const request = await watched.request(1);
    assert.ok(watched.turn.answer(request.id, { kind: "allow", scope: "once" }));
    assert.equal((await watched.end()).kind, "done");
    assert.equal(watched.text(), "Gone.");
    const [start] = await starts(dir);
    assert.deepEqual(start?.args, ["--input-format", "stream-json", "--output-format", "stream-json"]);
  }));

test("what a program speaks is told by its first line", () => {
  const cases: [output: string, kind: ReturnType<typeof firstLineKind>][] = [
    ["", undefined],
    ["\n ", undefined],
    ["{", undefined],
    ['{"type":"system"}', undefined],
    ['\n{"type":"system","x":"ü"}\n', "stream-json"],
    ['{"type":"result"}\nmore', "stream-json"],
    ['{"type":"poem"}\n', "text"],
    ['{"type":1}\n{"type":"system"}\n', "text"],
    ["{oops}\n", "text"],
    ["[1]", "text"],
    ["Hello", "text"],
    [`{${"x".repeat(2 << 20)}`, "text"],
  ];
  for (const [output, kind] of cases) {
    assert.equal(firstLineKind(Buffer.from(output)), kind, output.slice(0, 40));
  }
});

test("doctor: is its program there?", () =>
  inFolder(async (dir) => {
    const cases: [command: string, state: string][] = [
      ["cat", "pass"],
      ["FOO=1 BAR= cat -n", "pass"],
      ["cd /tmp && cat", "pass"],
      [process.execPath, "pass"],
      ["./mine --x", "fail"],
      ["nanogent-no-such-program | cat", "fail"],
      ['"quoted program"', "skipped"],
      ["(cat)", "skipped"],
    ];
    for (const [customCommand, state] of cases) {
      const found = await customHealth({
        ...{ customCommand, folder: dir, env: { PATH: process.env.PATH }, secrets: [], deadlineMs: 5_000 },
      });
      assert.equal(found.state, state, customCommand);
    }
    assert.equal(existsSync(join(dir, "go")), false);
  }));

const FLAGS = "--output-format stream-json --verbose --permission-mode default";

test("real: Claude Code as an agent of one's own, with its session", options, () =>
  inFolder(async (dir) => {
    const model = await startModel();
    try {
      const env = claudeEnv(join(dir, "home"), model.url);
      const resume = `\${NANOGENT_SESSION_ID:+--resume "$NANOGENT_SESSION_ID"}`;
      const agent = agentOf(`'${BINARY}' -p ${FLAGS} ${resume}`, env);
      model.reply({ text: "One." });
      const first = watch(agent, { cwd: dir, prompt: "begin here" });
      const { sessionId } = await first.until("session");
      assert.equal((await first.end()).kind, "done");
      assert.equal(first.text(), "One.");
      model.reply({ text: "Two." });
      await watch(agent, { cwd: dir, prompt: "go on", sessionId }).end();
      assert.ok(model.requests.at(-1)?.texts.some((text) => text.includes("begin here")));

      const both = agentOf(
        `'${BINARY}' -p --input-format stream-json ${FLAGS} --permission-prompt-tool stdio`,
        env,
      );
      model.reply({ tool: "Bash", input: { command: "touch made", description: "make" } });
      model.reply({ text: "Made." });
      const asking = watch(both, { cwd: dir, prompt: "make it" });
      const request = await asking.request(1);
      assert.ok(asking.turn.answer(request.id, { kind: "allow", scope: "once" }));
      assert.equal((await asking.end()).kind, "done");
      assert.equal(await readFile(join(dir, "made"), "utf8"), "");
    } finally {
      await model.close();
    }
  }),
);
