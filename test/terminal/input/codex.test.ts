import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "../../../src/terminal/input/inject.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { startModel } from "../../fakes/openai.ts";
import { codexEnv, codexHome, realCodex } from "../../fakes/real-codex.ts";
import { held, shows } from "../held.ts";
import { becomes } from "./becomes.ts";
import { turnsOf } from "./turns.ts";

const codex = await realCodex();
const binary = "binary" in codex ? codex.binary : "";
const skip = "skip" in codex && codex.skip;
const LEFT = { confirmed: true, how: "left-the-input" };
const YES = { submit: "yes" } as const;

async function interactive(t: TestContext) {
  const model = await startModel();
  t.after(() => model.close());
  const folder = await temporaryFolder(t);
  const policy = 'approval_policy = "on-request"\nsandbox_mode = "workspace-write"';
  const config = `${policy}\n[projects."${folder}"]\ntrust_level = "trusted"`;
  const home = await codexHome(model.url, { config });
  t.after(() => home.remove());
  const env = codexEnv(home.path);
  const session = await held(t, [binary], { cwd: folder, env, columns: 100, rows: 30 });
  return { session, folder, ...turnsOf(model, t.signal) };
}

test("Codex gets each prompt that is injected, and no Enter at its dialogs", { skip }, async (t) => {
  const { session, folder, asked, reply, hold } = await interactive(t);

  await t.test("it begins with an offer, which a prompt does not take", async () => {
    assert.match(await becomes(session, "waiting"), /Codex asks/);
    const outcome = await inject(session, { text: "1", ...YES });
    assert.equal(outcome.confirmed ? "" : outcome.code, "dialog");
    await session.write(Buffer.from("2"));
    await shows(session, /Ask Codex/);
  });

  await t.test("9: at rest and at work", async () => {
    const answer = hold();
    const texts = ["$(touch hacked) 🎉 日本\nand a second line", "fast 1", "fast 2", "fast 3"];
    assert.deepEqual(await inject(session, { text: String(texts[0]), ...YES }), LEFT);
    const model = await answer;
    assert.match(await becomes(session, "working"), /esc to interrupt|title/);
    const fast = texts.slice(1).map((text) => inject(session, { text, ...YES }));
    assert.deepEqual(await Promise.all(fast), [LEFT, LEFT, LEFT]);
    model.text("begun");
    model.end();
    // What waits for the end of its turn Codex itself may hand on as one.
    const all = () => asked().join("\n");
    for (let tries = 0; tries < 500 && !all().includes("fast 3"); tries++) await sleep(20);
    await becomes(session, "idle");
    assert.deepEqual(
      texts.map((text) => all().split(text).length - 1),
      [1, 1, 1, 1],
    );
    const places = texts.map((text) => all().indexOf(text));
    assert.deepEqual(
      places,
      places.toSorted((one, other) => one - other),
    );
  });

  await t.test("100 kB", async () => {
    await becomes(session, "idle");
    const text = `${"many words ".repeat(9_100)}end`;
    reply({ text: "done with it" });
    const outcome = await inject(session, { text, ...YES });
    // On a busy machine Codex takes longer for that than anybody waits; then it must not be said to be taken.
    assert.match(outcome.confirmed ? outcome.how : outcome.code, /^left-the-input$|^not-taken$/);
    await shows(session, /done with it/);
    assert.equal(asked().filter((each) => each === text).length, 1);
  });

  await t.test("at a dialog nothing is typed", async () => {
    await becomes(session, "idle");
    const escalated = { sandbox_permissions: "require_escalated", justification: "May I?" };
    reply({ tool: "exec_command", input: { cmd: "touch made", ...escalated } });
    assert.deepEqual(await inject(session, { text: "make it", ...YES }), LEFT);
    const said = "Codex asks “Would you like to run the following command?”";
    assert.equal(await becomes(session, "needs-permission"), `${said}.`);
    const outcome = await inject(session, { text: "no, another thing", ...YES });
    assert.equal(outcome.confirmed ? "" : outcome.reason, `${said}, and the text was not meant for that.`);
    assert.equal(await becomes(session, "needs-permission"), `${said}.`);
    assert.equal(existsSync(join(folder, "made")), false);
  });
});
