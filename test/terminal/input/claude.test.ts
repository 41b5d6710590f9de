import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "../../../src/terminal/input/inject.ts";
import type { State } from "../../../src/terminal/input/status.ts";
import { startModel } from "../../fakes/anthropic.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { claudeEnv, realClaude } from "../../fakes/real-claude.ts";
import { held, shows } from "../held.ts";
import { becomes } from "./becomes.ts";
import { turnsOf } from "./turns.ts";

const claude = await realClaude();
const binary = "binary" in claude ? claude.binary : "";
const skip = "skip" in claude && claude.skip;
const LEFT = { confirmed: true, how: "left-the-input" };
const YES = { submit: "yes" } as const;

/** The real Claude Code in a terminal. */
async function interactive(t: TestContext, { trusted = true } = {}) {
  const model = await startModel();
  t.after(() => model.close());
  const folder = await temporaryFolder(t);
  const env = claudeEnv(folder, model.url);
  const key = String(env.ANTHROPIC_API_KEY).slice(-20);
  const projects = trusted ? { [folder]: { hasTrustDialogAccepted: true } } : {};
  const known = { hasCompletedOnboarding: true, customApiKeyResponses: { approved: [key] }, projects };
  await writeFile(join(folder, ".claude.json"), JSON.stringify(known));
  const session = await held(t, [binary], { cwd: folder, env, columns: 100, rows: 30 });
  return { session, folder, ...turnsOf(model, t.signal) };
}

test("Claude Code gets each prompt that is injected, once and as it is, at rest and at work, but no Enter at a dialog", {
  skip,
}, async (t) => {
  const { session, folder, asked, reply, hold } = await interactive(t);
  await shows(session, /\? for shortcuts/);

  await t.test("at rest, with what a shell would take for its own", async () => {
    assert.match(await becomes(session, "idle"), /Claude Code/);
    reply({ text: "done one" });
    const text = "$(touch hacked) 🎉 日本\nand a second line";
    assert.deepEqual(await inject(session, { text, ...YES }), LEFT);
    await shows(session, /done one/);
    assert.equal(asked().filter((each) => each === text).length, 1);
  });

  await t.test("9, 10: at work, twenty at once are twenty, in order", async () => {
    const answer = hold();
    await inject(session, { text: "begin", ...YES });
    const model = await answer;
    assert.match(await becomes(session, "working"), /esc to interrupt|title/);
    const texts = Array.from({ length: 20 }, (_, index) => `fast ${index}`);
    const outcomes = await Promise.all(texts.map((text) => inject(session, { text, ...YES })));
    assert.deepEqual(
      outcomes,
      texts.map(() => LEFT),
    );
    reply({ text: "done all" });
    model.text("begun");
    model.end();
    await shows(session, /done all/);
    assert.deepEqual(
      asked()
        .map((text) => text.trim())
        .filter((text) => text.startsWith("fast")),
      texts,
    );
  });

  await t.test(
    "what is offered for an @, or the next line behind a backslash, is not taken for sent",
    async () => {
      await writeFile(join(folder, "notes-of-today.md"), "");
      for (const text of ["look at @notes-of", "path C:\\"]) {
        await becomes(session, "idle");
        assert.deepEqual(await inject(session, { text, ...YES }), LEFT);
        const begins = text.slice(0, -1);
        for (let tries = 0; tries < 200 && !asked().some((each) => each.startsWith(begins)); tries++)
          await sleep(20);
        assert.equal(asked().filter((each) => each.startsWith(begins)).length, 1, text);
      }
    },
  );

  await t.test("100 kB", async () => {
    await becomes(session, "idle");
    reply({ text: "done long" });
    const text = `${"many words ".repeat(9_100)}end`;
    assert.deepEqual(await inject(session, { text, ...YES }), LEFT);
    await shows(session, /done long/);
    assert.equal(asked().at(-1), text);
  });

  await t.test("what it asks is told from what it is told, by its screen", async () => {
    const options = [
      { label: "Red", description: "warm" },
      { label: "Blue", description: "cold" },
    ];
    const question = { question: "Which colour?", header: "Colour", multiSelect: false, options };
    const asks: readonly (readonly [State, RegExp, tool: string | undefined, input: unknown])[] = [
      [
        "needs-permission",
        /want to create notes\.txt\?/,
        "Write",
        { file_path: join(folder, "notes.txt"), content: "x" },
      ],
      ["waiting", /asks “Which colour\?”/, "AskUserQuestion", { questions: [question] }],
      ["waiting", /“Select model”/, undefined, undefined],
    ];
    // On a phone, the list of models leaves no room for what was typed, so that it is not confirmed.
    const onBoth = [
      ...asks.map((ask) => [100, 30, ...ask] as const),
      ...asks.slice(0, 2).map((ask) => [44, 18, ...ask] as const),
    ];
    for (const [columns, rows, state, evidence, tool, input] of onBoth) {
      await session.resize(columns, rows);
      await becomes(session, "idle");
      if (tool) reply({ tool, input });
      assert.deepEqual(await inject(session, { text: tool ? `use ${tool}` : "/model", ...YES }), LEFT);
      assert.match(await becomes(session, state), evidence);
      const outcome = await inject(session, { text: "1", ...YES });
      assert.equal(outcome.confirmed ? "" : outcome.code, "dialog");
      await session.write(Buffer.from("\x1b"));
    }
    await session.resize(100, 30);
  });

  await t.test("at a dialog nothing is typed, until it is answered", async () => {
    await becomes(session, "idle");
    reply({ tool: "Bash", input: { command: "touch made" } });
    assert.deepEqual(await inject(session, { text: "make it", ...YES }), LEFT);
    assert.equal(await becomes(session, "needs-permission"), "Claude Code asks “Do you want to proceed?”.");
    const { position } = session;
    assert.deepEqual(await inject(session, { text: "1", ...YES }), {
      confirmed: false,
      code: "dialog",
      reason: "Claude Code asks “Do you want to proceed?”, and the text was not meant for that.",
      hint: "Answer that first, or force it.",
      typed: "nothing",
    });
    assert.equal(session.position, position);
    await session.write(Buffer.from("\x1b"));
    await becomes(session, "idle");
    reply({ text: "done anyway" });
    assert.deepEqual(await inject(session, { text: "do another thing", ...YES }), LEFT);
    await shows(session, /done anyway/);
    assert.equal(existsSync(join(folder, "made")), false);
  });
});

test("Claude Code's question whether a folder is trusted is not answered by a prompt", {
  skip,
}, async (t) => {
  const { session } = await interactive(t, { trusted: false });
  await shows(session, /1\. Yes, I trust/);
  assert.match(await becomes(session, "waiting"), /Claude Code asks “.*trust/);
  const outcome = await inject(session, { text: "hello", ...YES });
  assert.equal(outcome.confirmed ? "" : outcome.code, "dialog");
  await shows(session, /1\. Yes, I trust/);
  // What it was not meant for may be meant all the same.
  await inject(session, { text: "", submit: "force" });
  assert.match(await becomes(session, "idle"), /Claude Code/);
});

test("a prompt for a Claude Code that is just starting arrives, or is not said to have", {
  skip,
}, async (t) => {
  const { session, asked } = await interactive(t);
  const outcome = await inject(session, { text: "an early one", ...YES });
  // A slow machine may not have it shown in time.
  if (!outcome.confirmed) return assert.equal(outcome.code, "not-shown");
  for (let tries = 0; tries < 500 && !asked().includes("an early one"); tries++) await sleep(20);
  assert.ok(asked().includes("an early one"));
});
