import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import type { AgentAnswer } from "../../../src/agents/agent.ts";
import { failureOf, isGone, pidIn, watch } from "../turns.ts";
import { onStage, options } from "./stage.ts";

const ONCE = { CLAUDE_CODE_MAX_RETRIES: "0" };

test("real: the answer streams and the turn ends", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    const reply = model.hold();
    const watched = watch(agent, { cwd, prompt: "-p say hello\u2028한글", model: "sonnet" });
    const request = await reply.requested;
    assert.ok(request.texts.includes("-p say hello\u2028한글"), JSON.stringify(request.texts));
    reply.text("Hel");
    assert.deepEqual(await watched.until("text"), { kind: "text", delta: "Hel", block: 0 });
    assert.ok(watched.events.some(({ kind }) => kind === "session"));
    reply.text("lo 글");
    reply.end();
    const last = await watched.end();
    assert.equal(watched.text(), "Hello 글");
    assert.ok(last.kind === "done" && last.usage.inputTokens === 10 && last.usage.outputTokens === 5);
    assert.ok((last.usage.costUsd ?? 0) > 0 && last.usage.turns === 1);
    assert.deepEqual([last.usage.contextTokens, last.usage.contextWindow], [15, 200_000]);
    assert.ok(isGone(watched.pid()));
  }),
);

test("real: a tool runs in the folder, and the next prompt goes on with the session", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    model.reply(
      { text: "I write." },
      { tool: "Bash", input: { command: "pwd > made.txt; echo no >&2; exit 3" } },
    );
    model.reply({ text: ["It ", "failed."] });
    const first = watch(agent, { cwd, prompt: "write a file", permissions: "skip" });
    const { sessionId } = await first.until("session");
    assert.equal((await first.end()).kind, "done");
    assert.equal(await readFile(join(cwd, "made.txt"), "utf8"), `${cwd}\n`);
    assert.equal(first.text(), "I write.¶It failed.");
    const tools = first.events.filter(({ kind }) => kind.startsWith("tool-"));
    assert.deepEqual(
      tools.map((event) => ({ ...event, id: "" })),
      [
        { kind: "tool-start", id: "", name: "Bash", summary: "pwd > made.txt; echo no >&2; exit 3" },
        { kind: "tool-end", id: "", ok: false, error: "Exit code 3 …" },
      ],
    );

    model.reply({ text: "Yes." });
    const second = watch(agent, { cwd, prompt: "do you remember?", permissions: "skip", sessionId });
    assert.equal((await second.until("session")).sessionId, sessionId);
    await second.end();
    const { texts } = await model.untilRequest(3);
    for (const text of ["write a file", "It failed.", "do you remember?"])
      assert.ok(texts.includes(text), text);
  }),
);

test("real: a permission is asked, allowed and denied", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    const command = "touch made.txt";
    for (const [answer, made] of [
      ["deny", false],
      ["allow", true],
    ] as const) {
      const done = model.requests.length;
      model.reply({ tool: "Bash", input: { command, description: "Make a file" }, id: `toolu_${answer}` });
      model.reply({ text: "Fine." });
      const watched = watch(agent, { cwd, prompt: answer, permissions: "ask" });
      const { request } = await watched.until("request");
      assert.ok(request.kind === "permission");
      assert.deepEqual([request.tool, request.detail, request.reason], ["Bash", command, "Make a file"]);
      assert.ok(!existsSync(join(cwd, "made.txt")));
      const decision: AgentAnswer =
        answer === "allow" ? { kind: "allow", scope: "once" } : { kind: "deny", reason: "not today" };
      assert.ok(watched.turn.answer(request.id, decision));
      assert.equal((await watched.end()).kind, "done");
      assert.equal(existsSync(join(cwd, "made.txt")), made);
      const result = (await model.untilRequest(done + 2)).toolResult(`toolu_${answer}`);
      if (answer === "deny") assert.equal(result, "not today");
    }
  }),
);

test("real: edits are made without asking in the mode for edits, commands are asked for", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    const path = join(cwd, "a.txt");
    model.reply({ tool: "Write", input: { file_path: path, content: "one\n" } });
    model.reply({ tool: "Bash", input: { command: "sh -c 'echo x > b.txt'" } });
    model.reply({ text: "Fine." });
    const watched = watch(agent, { cwd, permissions: "edits" });
    const { request } = await watched.until("request");
    assert.ok(request.kind === "permission" && request.tool === "Bash");
    assert.equal(await readFile(path, "utf8"), "one\n");
    watched.turn.answer(request.id, { kind: "deny", reason: "no" });
    await watched.end();
  }),
);

test("failure 12: real: cancelling ends a running tool, and no process is left", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    model.reply({
      tool: "Bash",
      input: { command: "setsid sleep 600 & echo $! > far; echo $$ > near; sleep 600" },
    });
    const watched = watch(agent, { cwd, permissions: "skip" });
    const pids = [await pidIn(join(cwd, "far")), await pidIn(join(cwd, "near")), watched.pid()];
    await watched.turn.cancel();
    assert.equal((await watched.end()).kind, "cancelled");
    assert.deepEqual(pids.map(isGone), [true, true, true]);
  }),
);

test("real: cancelling while the answer streams keeps the session", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    const reply = model.hold();
    reply.text("Half an ");
    const watched = watch(agent, { cwd, prompt: "tell me" });
    await watched.until("text");
    const { sessionId } = await watched.until("session");
    await watched.turn.cancel();
    assert.equal((await watched.end()).kind, "cancelled");
    assert.equal(watched.text(), "Half an ");

    model.reply({ text: "Hello." });
    const next = watch(agent, { cwd, prompt: "go on", sessionId });
    assert.equal((await next.end()).kind, "done");
    assert.ok((await model.untilRequest(2)).texts.includes("tell me"));
  }),
);

test("failure 15: real: what goes wrong at the model is told as what it is", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    const cases: [status: number, type: string, message: string, code: string][] = [
      [529, "overloaded_error", "Overloaded", "overloaded"],
      [401, "authentication_error", "invalid x-api-key", "auth"],
      [429, "rate_limit_error", "This request would exceed your rate limit", "rate-limit"],
      [400, "invalid_request_error", "prompt is too long: 205000 tokens > 200000 maximum", "context"],
    ];
    for (const [status, type, message, code] of cases) {
      model.error(status, type, message);
      const watched = watch(agent, { cwd });
      const told = await failureOf(watched);
      assert.equal(told.code, code, JSON.stringify(told));
      assert.ok(told.raw, "its own words go to the log");
      assert.deepEqual([told.detail, watched.text()], [undefined, ""], "and nowhere else");
    }
  }, ONCE),
);

test("real: no network, and a session that does not exist", options, () =>
  onStage(
    async ({ agent, cwd }) => {
      assert.equal((await failureOf(watch(agent, { cwd }))).code, "network");
      const sessionId = "11111111-1111-4111-8111-111111111111";
      assert.equal((await failureOf(watch(agent, { cwd, sessionId }))).code, "no-session");
    },
    // Port 1 is closed everywhere.
    { ...ONCE, ANTHROPIC_BASE_URL: "http://127.0.0.1:1" },
  ),
);

test("real: slash commands are listed, and a local one is answered without the model", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    await mkdir(join(cwd, ".claude/commands"), { recursive: true });
    await writeFile(join(cwd, ".claude/commands/greet.md"), "Say hello");
    const commands = await agent.slashCommands(cwd);
    assert.ok(commands.includes("greet") && commands.includes("compact"), commands.join(" "));
    const watched = watch(agent, { cwd, prompt: "/context" });
    assert.equal((await watched.end()).kind, "done");
    assert.match(watched.text(), /Context Usage/);
    assert.equal(watched.events.filter((event) => event.kind === "text").length, 1, "told once");
    assert.equal(model.requests.length, 0);
  }),
);
