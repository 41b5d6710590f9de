import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { runBriefly } from "../../../src/agents/process/brief-run.ts";
import type { Sessions, TranscriptEntry } from "../../../src/agents/sessions.ts";
import { failureOf, watch } from "../turns.ts";
import { onStage, REAL, type Stage } from "./stage.ts";

/** Runs a turn to its end. @returns the thread's id. */
async function turn({ agent, model, cwd }: Stage, prompt: string, more: object = {}): Promise<string> {
  model.reply({ text: `Answer to ${prompt}` });
  const watched = watch(agent, { cwd, prompt, permissions: "skip", ...more });
  assert.equal((await watched.end()).kind, "done");
  return (await watched.until("session")).sessionId;
}

test("real: threads of this folder, also those of the desk, are listed, resumed and copied", REAL, () =>
  onStage(async (stage) => {
    const { agent, model, options, cwd } = stage;
    const sessions = agent.sessions as Sessions;
    assert.deepEqual(await sessions.list(cwd, 0, 9), []);
    const elsewhere = join(cwd, "..", "other");
    await mkdir(elsewhere);
    const foreign = await turn(stage, "elsewhere", { cwd: elsewhere });
    model.reply({ text: "At the desk." });
    const desk = await runBriefly({
      ...{ command: options.binary, args: ["exec", "--skip-git-repo-check", "begun at the desk"] },
      ...{ cwd, env: options.env, secrets: [], deadlineMs: 30_000 },
    });
    assert.equal(desk.exit?.code, 0, desk.stderr);
    const [found, ...others] = await sessions.list(cwd, 0, 9);
    assert.deepEqual(
      [found?.firstWords, found?.turns, others],
      ["begun at the desk", { count: 1, atLeast: false }, []],
    );
    const sessionId = found?.id ?? "";
    assert.ok(Math.abs(Date.now() - (found?.lastUsed ?? 0)) < 60_000);

    assert.equal(await turn(stage, "resumed", { sessionId }), sessionId);
    const copy = await turn(stage, "copied", { sessionId, fork: true, sessionName: "a copy" });
    assert.notEqual(copy, sessionId);
    await turn(stage, "in the old one", { sessionId });
    assert.doesNotMatch(JSON.stringify(model.requests.at(-1)?.body), /copied/);
    await turn(stage, "in the copy", { sessionId: copy });
    const body = JSON.stringify(model.requests.at(-1)?.body);
    for (const said of [/begun at the desk/, /resumed/, /copied/]) assert.match(body, said);
    assert.doesNotMatch(body, /in the old one/);

    const listed = (await sessions.list(cwd, 0, 9)).map(({ id, name, turns }) => [id, name, turns?.count]);
    assert.deepEqual(
      new Set(listed.map(String)),
      new Set(
        [
          [copy, "a copy", 4],
          [sessionId, undefined, 3],
        ].map(String),
      ),
    );
    assert.equal((await sessions.list(cwd, 1, 9)).length, 1);
    assert.deepEqual(
      (await sessions.find(cwd, copy.slice(0, -2))).map(({ id }) => id),
      [copy],
    );
    assert.deepEqual(await sessions.find(cwd, foreign), []);
    await assert.rejects(
      sessions.transcript(cwd, foreign, () => {}),
      /no such session/,
    );
    const gone = "01a21319-0000-7000-8000-000000000000";
    const failed = watch(agent, { cwd, prompt: "x", sessionId: gone, fork: true });
    assert.equal((await failureOf(failed)).code, "no-session");
  }),
);

test(
  "real: a thread is renamed, a new one begins with its name, and its transcript has its tools",
  REAL,
  () =>
    onStage(async (stage) => {
      const { agent, model, cwd } = stage;
      const sessions = agent.sessions as Sessions;
      model.reply({ text: "I look." }, { tool: "exec_command", input: { cmd: "echo hi" } });
      const id = await turn(stage, "look", { sessionName: "first name" });
      const name = async () => (await sessions.find(cwd, id))[0]?.name;
      assert.equal(await name(), "first name");
      await sessions.rename(cwd, id, "-second name");
      assert.equal(await name(), "-second name");
      await assert.rejects(
        sessions.rename(cwd, "01a21319-0000-7000-8000-000000000000", "x"),
        /^Error: Codex did not/,
      );
      const entries: TranscriptEntry[] = [];
      await sessions.transcript(cwd, id, (entry) => entries.push(entry));
      assert.deepEqual(entries, [
        { kind: "prompt", text: "look" },
        { kind: "answer", text: "I look." },
        { kind: "tool", name: "Shell", summary: "echo hi" },
        { kind: "answer", text: "Answer to look" },
      ]);
      assert.equal(model.requests.length, 2);
    }),
);
