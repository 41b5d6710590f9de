import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { isGone, watch } from "../turns.ts";
import { onStage, REAL } from "./stage.ts";

test("real: the answer streams, a command runs, and the turn ends", REAL, () =>
  onStage(async ({ agent, model, cwd }) => {
    model.reply(
      { text: ["I ", "write."] },
      { tool: "exec_command", input: { cmd: "pwd > made.txt; echo no >&2; exit 3" }, id: "call_1" },
    );
    const held = model.hold();
    const watched = watch(agent, { cwd, prompt: "-p write\u2028한글", permissions: "skip" });
    const request = await held.requested;
    assert.ok(request.texts.includes("-p write\u2028한글"), JSON.stringify(request.texts));
    assert.match(request.toolResult("call_1") ?? "", /exited with code 3[\s\S]*no/);
    held.text("It ");
    held.text("failed 글.");
    held.end();
    const last = await watched.end();
    const { sessionId } = await watched.until("session");
    assert.equal(await readFile(join(cwd, "made.txt"), "utf8"), `${cwd}\n`);
    assert.equal(watched.text(), "I write.¶It failed 글.");
    // The model's last message with all that it read, and the room that Codex says there is for its usual model.
    const context = { contextTokens: 15, contextWindow: 258_400 };
    assert.deepEqual(
      watched.events.filter(({ kind }) => kind !== "text"),
      [
        { kind: "session", sessionId, model: "gpt-5.5" },
        {
          ...{ kind: "tool-start", id: "call_1", name: "Shell" },
          summary: "pwd > made.txt; echo no >&2; exit 3",
        },
        { kind: "tool-end", id: "call_1", ok: false, error: "Exit code 3 …" },
        { kind: "usage", usage: { inputTokens: 10, outputTokens: 5, ...context } },
        { kind: "usage", usage: { inputTokens: 20, outputTokens: 10, ...context } },
        last,
      ],
    );
    assert.ok(last.kind === "done" && last.usage.durationMs > 0);
    assert.deepEqual(
      { ...last.usage, durationMs: 0 },
      { durationMs: 0, inputTokens: 20, outputTokens: 10, ...context },
    );
    assert.ok(isGone(watched.pid()));
  }),
);

test("real: the next prompt goes on with the session, and counts its own tokens", REAL, () =>
  onStage(async ({ agent, model, cwd }) => {
    model.reply({ text: "Noted." });
    const first = watch(agent, { cwd, prompt: "the word is plum" });
    const { sessionId } = await first.until("session");
    await first.end();
    model.reply({ text: "Plum." });
    const second = watch(agent, { cwd, prompt: "which word?", sessionId, model: "gpt-5.4", effort: "high" });
    assert.deepEqual(await second.until("session"), { kind: "session", sessionId, model: "gpt-5.4" });
    const last = await second.end();
    assert.ok(last.kind === "done" && last.usage.inputTokens === 10, JSON.stringify(second.events));
    assert.equal(second.text(), "Plum.");
    const { texts, body } = await model.untilRequest(2);
    for (const text of ["the word is plum", "Noted.", "which word?"]) assert.ok(texts.includes(text), text);
    assert.equal(body.model, "gpt-5.4");
    assert.equal((body.reasoning as { effort?: string }).effort, "high");
  }),
);

test("real: what is said while a command runs joins the turn", REAL, () =>
  onStage(async ({ agent, model, cwd }) => {
    const cmd = "touch here; while [ ! -e go ]; do sleep 0.05; done; rm go";
    model.reply({ tool: "exec_command", input: { cmd, yield_time_ms: 20_000 }, id: "call_1" });
    model.reply({ text: "Blue then." });
    const watched = watch(agent, { cwd, prompt: "paint it red", permissions: "skip" });
    await watched.until("tool-start");
    assert.equal(await watched.turn.steer("blue, rather"), true);
    assert.equal(await watched.turn.setMode("skip"), false);
    await writeFile(join(cwd, "go"), "");
    assert.equal((await watched.end()).kind, "done");
    const { texts } = await model.untilRequest(2);
    assert.ok(texts.includes("blue, rather"), JSON.stringify(texts.slice(-3)));
    assert.equal(watched.text(), "Blue then.");
    assert.equal(await watched.turn.steer("too late"), false);
  }),
);

test("real: the modes and the sandbox are what the program is told", REAL, () =>
  onStage(async ({ agent, model, cwd }) => {
    const cases = [
      [{ permissions: "plan" }, "no"],
      [{ permissions: "edits" }, "yes"],
      [{ permissions: "skip" }, "yes"],
      [{ permissions: "skip", sandbox: "read-only" }, "no"],
    ] as const;
    for (const [request, written] of cases) {
      const done = model.requests.length;
      const cmd = "touch a && echo yes || echo no";
      model.reply({ tool: "exec_command", input: { cmd }, id: "call_1" });
      model.reply({ text: "Fine." });
      const watched = watch(agent, { cwd, ...request });
      assert.equal((await watched.end()).kind, "done");
      const result = (await model.untilRequest(done + 2)).toolResult("call_1") ?? "";
      assert.match(result, new RegExp(`\\n${written}\\n`), JSON.stringify([request, result]));
    }
  }),
);

test("real: the models with their efforts", REAL, () =>
  onStage(async ({ agent, cwd }) => {
    const models = await agent.models(cwd);
    assert.ok(models.length > 1, JSON.stringify(models));
    for (const { id, name, efforts } of models) {
      assert.ok(id !== "" && name !== "" && efforts.includes("low"), id);
    }
    assert.deepEqual(await agent.slashCommands(cwd), []);
  }),
);
