import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { runBriefly } from "../../../src/agents/process/brief-run.ts";
import type { Session, Sessions, TranscriptEntry } from "../../../src/agents/sessions.ts";
import { sessionPath } from "../../fakes/claude-session.ts";
import { claudeEnv, realClaude } from "../../fakes/real-claude.ts";
import { watch } from "../turns.ts";
import { onStage, options } from "./stage.ts";

const real = await realClaude();

test("real: a session of the desk is listed, resumed and copied, and each goes on by itself", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    const sessions = agent.sessions as Sessions;
    model.reply({ text: "At the desk." });
    await atDesk(cwd, model.url, "begun at the desk");
    const [desk] = await sessions.list(cwd, 0, 9);
    assert.deepEqual([desk?.firstWords, desk?.turns], ["begun at the desk", { count: 1, atLeast: false }]);
    assert.deepEqual(await sessions.list(join(cwd, ".."), 0, 9), []);
    const sessionId = desk?.id ?? "";

    const turn = async (prompt: string, more: object): Promise<string> => {
      model.reply({ text: `Answer to ${prompt}` });
      const watched = watch(agent, { cwd, prompt, permissions: "skip", ...more });
      assert.equal((await watched.end()).kind, "done");
      return (await watched.until("session")).sessionId;
    };
    assert.equal(await turn("resumed", { sessionId }), sessionId);
    const copy = await turn("copied", { sessionId, fork: true, sessionName: "-a “copy”" });
    assert.notEqual(copy, sessionId);
    assert.equal(await turn("in the old one", { sessionId }), sessionId);
    assert.ok(!model.requests.at(-1)?.texts.includes("copied"));
    assert.equal(await turn("in the copy", { sessionId: copy }), copy);
    const { texts = [] } = model.requests.at(-1) ?? {};
    for (const said of ["begun at the desk", "resumed", "copied"]) assert.ok(texts.includes(said), said);
    assert.ok(!texts.includes("in the old one"));

    const listed = (all: readonly Session[]) => all.map(({ id, name, turns }) => [id, name, turns?.count]);
    assert.deepEqual(listed(await sessions.list(cwd, 0, 9)), [
      [copy, "-a “copy”", 4],
      [sessionId, undefined, 3],
    ]);
    assert.deepEqual(await prompts(sessions, cwd, copy), [
      "begun at the desk",
      "resumed",
      "copied",
      "in the copy",
    ]);
  }),
);

test(
  "real: a name is what Claude Code itself writes down, also while a turn runs in the session",
  options,
  () =>
    onStage(async ({ agent, model, cwd }) => {
      const sessions = agent.sessions as Sessions;
      model.reply({ text: "One." });
      const first = watch(agent, { cwd, prompt: "one", permissions: "skip", sessionName: "first name" });
      const { sessionId } = await first.until("session");
      await first.end();
      const name = async () => (await sessions.list(cwd, 0, 1))[0]?.name;
      assert.equal(await name(), "first name");
      const held = model.hold();
      const second = watch(agent, { cwd, prompt: "two", permissions: "skip", sessionId });
      await held.requested;
      await sessions.rename(cwd, sessionId, "Second – 한글");
      assert.equal(await name(), "Second – 한글");
      held.text("Two.");
      held.end();
      await second.end();
      assert.equal(await name(), "Second – 한글");
      const file = await readFile(sessionPath(join(cwd, "..", "home"), cwd, sessionId), "utf8");
      assert.match(file, /^\{"type":"custom-title","customTitle":"Second – 한글"/m);
      const gone = "11111111-2222-4333-8444-555555555555";
      await assert.rejects(sessions.rename(cwd, gone, "x"), /did not take the name/);
    }),
);

test("real: the transcript of a session has its tools", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    model.reply({ text: "I look." }, { tool: "Bash", input: { command: "echo hi" } });
    model.reply({ text: "Done." });
    const watched = watch(agent, { cwd, prompt: "look", permissions: "skip" });
    const { sessionId } = await watched.until("session");
    await watched.end();
    const entries: TranscriptEntry[] = [];
    await agent.sessions?.transcript(cwd, sessionId, (entry) => entries.push(entry));
    assert.deepEqual(entries, [
      { kind: "prompt", text: "look" },
      { kind: "answer", text: "I look." },
      { kind: "tool", name: "Bash", summary: "echo hi" },
      { kind: "answer", text: "Done." },
    ]);
  }),
);

/** A person's own `claude -p` in the folder. */
async function atDesk(cwd: string, modelUrl: string, prompt: string): Promise<void> {
  const { exit, stderr } = await runBriefly({
    command: "binary" in real ? real.binary : "",
    args: ["-p", "--dangerously-skip-permissions", prompt],
    ...{ cwd, env: claudeEnv(join(cwd, "..", "home"), modelUrl), secrets: [], deadlineMs: 30_000 },
  });
  assert.equal(exit?.code, 0, stderr);
}

async function prompts(sessions: Sessions, cwd: string, id: string): Promise<readonly string[]> {
  const found: string[] = [];
  await sessions.transcript(cwd, id, (entry) => {
    if (entry.kind === "prompt") found.push(entry.text);
  });
  return found;
}
