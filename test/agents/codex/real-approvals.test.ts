import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import type { AgentAnswer } from "../../../src/agents/agent.ts";
import { watch } from "../turns.ts";
import { onStage, permissionOf, REAL, requestOf } from "./stage.ts";

const ONCE: AgentAnswer = { kind: "allow", scope: "once" };
const SESSION: AgentAnswer = { kind: "allow", scope: "session" };
const ALWAYS: AgentAnswer = { kind: "allow", scope: "always" };

const touch = (file: string, id: string) => ({
  tool: "exec_command",
  input: { cmd: `touch '${file}'` },
  id,
});

test("real: a command is denied with a reason, then allowed once", REAL, () =>
  onStage(async ({ agent, model, cwd }) => {
    model.reply(touch("a b", "call_1"));
    model.reply(touch("a b", "call_2"));
    model.reply({ text: "Fine." });
    const watched = watch(agent, { cwd });
    const first = await permissionOf(watched);
    assert.deepEqual(first, {
      ...{ kind: "permission", id: first.id, tool: "Shell", detail: "touch 'a b'", language: "bash" },
      ...{ session: true, always: { rules: ["touch 'a b'"], keeper: "agent" } },
    });
    assert.equal(watched.turn.answer(first.id, { kind: "approve", edits: true }), false);
    assert.equal(watched.turn.answer(first.id, { kind: "deny", reason: "not today" }), true);
    assert.equal(watched.turn.answer(first.id, ONCE), false);
    const second = await permissionOf(watched, 2);
    const { texts, toolResult } = await model.untilRequest(2);
    assert.match(toolResult("call_1") ?? "", /rejected by user/);
    assert.equal(texts.at(-1), "not today");
    assert.ok(!existsSync(join(cwd, "a b")));
    watched.turn.answer(second.id, ONCE);
    assert.equal((await watched.end()).kind, "done");
    assert.ok(existsSync(join(cwd, "a b")));
    const ends = watched.events.filter((event) => event.kind === "tool-end");
    assert.deepEqual(ends, [
      { kind: "tool-end", id: "call_1", ok: false, error: "not allowed" },
      { kind: "tool-end", id: "call_2", ok: true },
    ]);
    assert.ok(!watched.events.some(({ kind }) => kind === "request-void"));
  }),
);

test("real: what is allowed for the session is not asked again, in this turn and the next", REAL, () =>
  onStage(async ({ agent, model, cwd }) => {
    for (const id of ["call_1", "call_2"]) model.reply(touch("a", id));
    model.reply({ text: "Fine." });
    const first = watch(agent, { cwd });
    first.turn.answer((await permissionOf(first)).id, SESSION);
    assert.equal((await first.end()).kind, "done");
    const { sessionId } = await first.until("session");
    assert.equal(first.events.filter(({ kind }) => kind === "request").length, 1);

    model.reply(touch("a", "call_3"));
    model.reply({ text: "Fine." });
    const second = watch(agent, { cwd, sessionId });
    assert.equal((await second.end()).kind, "done");
    assert.equal(second.events.filter(({ kind }) => kind === "request").length, 0);

    model.reply(touch("a", "call_4"));
    model.reply({ text: "Fine." });
    const other = watch(agent, { cwd });
    other.turn.answer((await permissionOf(other)).id, ONCE);
    assert.equal((await other.end()).kind, "done");
  }),
);

test("real: what is allowed for good is kept by the program", REAL, () =>
  onStage(async ({ agent, model, cwd, home }) => {
    for (const run of [1, 2]) {
      model.reply(touch("a", `call_${run}`));
      model.reply({ text: "Fine." });
      const watched = watch(agent, { cwd });
      if (run === 1) watched.turn.answer((await permissionOf(watched)).id, ALWAYS);
      assert.equal((await watched.end()).kind, "done");
      assert.equal(watched.events.filter(({ kind }) => kind === "request").length, run === 1 ? 1 : 0);
    }
    assert.match(await readFile(join(home, "rules", "default.rules"), "utf8"), /"touch", ?"a"/);
  }),
);

test("real: a change of files is shown as a diff", REAL, () =>
  onStage(async ({ agent, model, cwd }) => {
    await writeFile(join(cwd, "old.txt"), "one\ntwo\n");
    await writeFile(join(cwd, "gone.txt"), "bye\n");
    const patch = [
      "*** Begin Patch",
      ...["*** Add File: new.txt", "+first", "+second"],
      ...["*** Update File: old.txt", "*** Move to: moved.txt", "@@", " one", "-two", "+zwei"],
      "*** Delete File: gone.txt",
      "*** End Patch",
    ].join("\n");
    for (const id of ["patch_1", "patch_2", "patch_3"]) model.reply({ patch, id });
    model.reply({ text: "Fine." });
    const watched = watch(agent, { cwd });
    const request = await permissionOf(watched);
    const [added, old, moved, gone] = ["new", "old", "moved", "gone"].map((name) => join(cwd, `${name}.txt`));
    const diff = [
      ...["--- /dev/null", `+++ ${added}`, "@@ -0,0 +1,2 @@", "+first", "+second"],
      ...[`--- ${old}`, `+++ ${moved}`, "@@ -1,2 +1,2 @@", " one", "-two", "+zwei"],
      ...[`--- ${gone}`, "+++ /dev/null", "@@ -1,1 +0,0 @@", "-bye"],
    ];
    const { detail } = request;
    assert.deepEqual(
      [...detail.split(/\n(?=---)/)].sort(),
      diff
        .join("\n")
        .split(/\n(?=---)/)
        .sort(),
    );
    assert.deepEqual(
      { ...request, id: "", detail: "" },
      { kind: "permission", id: "", tool: "Edit", detail: "", language: "diff", session: true },
    );
    watched.turn.answer(request.id, { kind: "deny", reason: "keep them" });
    const again = await permissionOf(watched, 2);
    assert.equal(await readFile(join(cwd, "old.txt"), "utf8"), "one\ntwo\n");
    watched.turn.answer(again.id, ONCE);
    assert.equal((await watched.end()).kind, "done");
    assert.equal(await readFile(join(cwd, "moved.txt"), "utf8"), "one\nzwei\n");
    assert.equal((await model.untilRequest(2)).texts.at(-1), "keep them");
    const start = watched.events.find((event) => event.kind === "tool-start");
    assert.ok(start?.name === "Edit" && /new\.txt/.test(start.summary), JSON.stringify(start));
  }),
);

test("real: edits are made without asking in the mode for edits, more rights are asked for", REAL, () =>
  onStage(async ({ agent, model, cwd }) => {
    model.reply({ patch: "*** Begin Patch\n*** Add File: a.txt\n+one\n*** End Patch" });
    const escalated = { sandbox_permissions: "require_escalated", justification: "It needs more." };
    model.reply({ tool: "exec_command", input: { cmd: "touch b.txt", ...escalated } });
    model.reply({ text: "Fine." });
    const watched = watch(agent, { cwd, permissions: "edits" });
    const request = await permissionOf(watched);
    assert.equal(await readFile(join(cwd, "a.txt"), "utf8"), "one\n");
    assert.equal(request.detail, "touch b.txt");
    assert.equal(request.reason, "It needs more.");
    watched.turn.answer(request.id, { kind: "deny", reason: " " });
    await watched.end();
    assert.ok(!existsSync(join(cwd, "b.txt")));
  }),
);

test("real: questions are asked and answered", REAL, () =>
  onStage(async ({ agent, model, cwd }) => {
    const options = [
      { label: "A", description: "the first" },
      { label: "B", description: "the second" },
    ];
    const questions = [{ id: "which", header: "Way", question: "Which way?", options }];
    for (const id of ["ask_1", "ask_2"])
      model.reply({ tool: "request_user_input", input: { questions }, id });
    model.reply({ text: "Fine." });
    const watched = watch(agent, { cwd, permissions: "skip" });
    const request = await requestOf(watched, 1);
    assert.deepEqual(request, {
      ...{ kind: "questions", id: request.id },
      questions: [{ id: "which", header: "Way", text: "Which way?", options, multiple: false }],
    });
    watched.turn.answer(request.id, { kind: "answers", answers: { which: ["B"] } });
    watched.turn.answer((await requestOf(watched, 2)).id, { kind: "deny", reason: "decide yourself" });
    await watched.end();
    const { toolResult, texts } = await model.untilRequest(3);
    assert.equal(toolResult("ask_1"), '{"answers":{"which":{"answers":["B"]}}}');
    assert.equal(toolResult("ask_2"), '{"answers":{}}');
    assert.equal(texts.at(-1), "decide yourself");
  }),
);

test("real: more rights for the sandbox are given or not", REAL, () =>
  onStage(
    async ({ agent, model, cwd }) => {
      const input = { permissions: { network: { enabled: true } }, reason: "To download" };
      for (const id of ["more_1", "more_2"]) model.reply({ tool: "request_permissions", input, id });
      model.reply({ text: "Fine." });
      const watched = watch(agent, { cwd, permissions: "edits" });
      const request = await permissionOf(watched);
      assert.deepEqual(request, {
        ...{ kind: "permission", id: request.id, tool: "Permissions", language: "json", session: true },
        ...{ detail: JSON.stringify(input.permissions, null, 2), reason: "To download" },
      });
      watched.turn.answer(request.id, { kind: "deny", reason: "offline, please" });
      watched.turn.answer((await permissionOf(watched, 2)).id, SESSION);
      await watched.end();
      const { toolResult } = await model.untilRequest(3);
      assert.doesNotMatch(toolResult("more_1") ?? "", /true/);
      assert.match(toolResult("more_2") ?? "", /"enabled":true.*"scope":"session"/);
    },
    { config: "[features]\nrequest_permissions_tool = true" },
  ),
);

test("real: the tool of an MCP server is asked for by its name", REAL, () => {
  const server = fileURLToPath(new URL("../../fakes/mcp-server.cjs", import.meta.url));
  const config = `[mcp_servers.toy]\ncommand = ${JSON.stringify(process.execPath)}\nargs = [${JSON.stringify(server)}]`;
  return onStage(
    async ({ agent, model, cwd }) => {
      const call = { tool: "poke", namespace: "mcp__toy", input: { what: "it" } };
      for (const id of ["mcp_1", "mcp_2", "mcp_3"]) model.reply({ ...call, id });
      model.reply({ text: "Fine." });
      const watched = watch(agent, { cwd });
      const request = await permissionOf(watched);
      assert.deepEqual(request, {
        ...{ kind: "permission", id: request.id, tool: "toy.poke", language: "json", session: true },
        ...{ detail: JSON.stringify(call.input, null, 2), always: { rules: ["toy.poke"], keeper: "agent" } },
        reason: 'Allow the toy MCP server to run tool "poke"?',
      });
      watched.turn.answer(request.id, { kind: "deny", reason: "not now" });
      watched.turn.answer((await permissionOf(watched, 2)).id, SESSION);
      assert.equal((await watched.end()).kind, "done");
      const { toolResult } = await model.untilRequest(4);
      assert.doesNotMatch(toolResult("mcp_1") ?? "", /poked it/);
      assert.match(toolResult("mcp_2") ?? "", /poked it/);
      assert.match(toolResult("mcp_3") ?? "", /poked it/);
      const start = watched.events.find((event) => event.kind === "tool-start");
      assert.ok(start?.name === "toy.poke" && start.summary === "it");
    },
    { config },
  );
});
