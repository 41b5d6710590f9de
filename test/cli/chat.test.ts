import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { BUNDLE, run } from "../e2e/project.ts";
import {
  canUseTool,
  fakeClaude,
  init,
  type Scenario,
  streamed,
  success,
  toolUse,
} from "../fakes/claude-cli.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { openTerminal } from "../fakes/terminal.ts";

/** The chat in a terminal, with a shell or a scripted Claude Code as its agent. */
async function openChat(t: TestContext, scenario?: Scenario) {
  const cwd = await temporaryFolder(t);
  const agent = scenario
    ? { NANOGENT_CLAUDE: await fakeClaude(cwd, scenario), NANOGENT_PERMISSIONS: "ask" }
    : { NANOGENT_AGENT: "shell" };
  const terminal = openTerminal(`'${process.execPath}' '${BUNDLE}' chat`, { cwd, env: agent });
  t.after(() => terminal.kill());
  await terminal.shows(/^› ?$/m);
  return terminal;
}

test("without a terminal each line is a prompt, and it ends when all are answered", async (t) => {
  const chat = run(["chat"], await temporaryFolder(t), { NANOGENT_AGENT: "shell" });
  chat.child.stdin?.end("echo one; sleep 0.3\n/hlep\necho two; exit 4\n");
  assert.equal((await chat.exited).code, 1, "the last one has failed");
  const lines = chat.output().split("\n");
  const order = ["  one", "There is no command /hlep. Did you mean /help?", "  two"].map((line) =>
    lines.indexOf(line),
  );
  assert.ok(
    order.every((index) => index > 0),
    chat.output(),
  );
  assert.match(chat.output(), / {2}one\n\n✅ exit 0 · [\d.]+ s\n/);
  assert.match(chat.output(), / {2}two\n\n❌ exit 4 · [\d.]+ s\n$/);
  assert.ok(!chat.output().includes("\x1b"), "no control sequences in a file");
});

const SCRIPTS: readonly [input: string, code: number][] = [
  ["true", 0],
  ["false", 1],
  ["true\nfalse\n/status\n", 1],
  ["false\ntrue\n", 0],
  ["/status\n", 0],
];

for (const [input, code] of SCRIPTS) {
  test(`without a terminal ${JSON.stringify(input)} ends with code ${code}`, async (t) => {
    const chat = run(["chat"], await temporaryFolder(t), { NANOGENT_AGENT: "shell" });
    chat.child.stdin?.end(input);
    assert.equal((await chat.exited).code, code, chat.output());
  });
}

test("in a terminal answers grow in place above the input line", async (t) => {
  const chat = await openChat(t);
  chat.type("for i in 1 2 3; do echo line $i; sleep 0.3; done\r");
  await chat.shows(/ {2}line 1\n(.*\n)*⏳ 0 s · working\n\[1\] ⏹ Stop\n›/);
  const screen = await chat.shows(/ {2}line 1\n {2}line 2\n {2}line 3\n\n✅ exit 0 · [\d.]+ s\n›/);
  assert.equal(screen.match(/line 1$/gm)?.length, 1, screen);
  assert.ok(!screen.includes("⏳"), screen);
  chat.type("\x04");
  assert.equal(await chat.exited, 0);
});

test("an answer longer than the window leaves each line once", async (t) => {
  const chat = await openChat(t);
  chat.type("for i in $(seq 1 60); do echo row-$i.; [ $i != 30 ] || sleep 0.3; done\r");
  const screen = await chat.shows(/row-60\.\n\n✅/);
  for (const index of [1, 29, 30, 31, 60])
    assert.equal(screen.split(`row-${index}.`).length - 1, 1, `row ${index}\n${screen}`);
});

test("what is typed while a job runs leaves the lines above as they are, and the answer goes on below", async (t) => {
  const chat = await openChat(t);
  chat.type("echo first; sleep 1; echo last\r");
  await chat.shows(/ {2}first\n/);
  chat.type("/queue\r");
  await chat.shows(/▶ echo first; sleep 1; echo last/);
  const screen = await chat.shows(/› \/queue\n {2}last\n\n✅/);
  assert.equal(screen.match(/ {2}first$/gm)?.length, 1, screen);
});

test("Ctrl-C stops the job and keeps the chat; with nothing running it says how to leave", async (t) => {
  const chat = await openChat(t);
  chat.type("echo begun; sleep 60\r");
  await chat.shows(/ {2}begun/);
  chat.type("\x03");
  await chat.shows(/⏹ Stopped by you/);
  chat.type("\x03");
  await chat.shows(/Nothing is running\. Ctrl-D leaves\./);
  chat.type("echo still here\r");
  await chat.shows(/ {2}still here/);
});

test("buttons are numbers, and a typed word answers too", async (t) => {
  const chat = await openChat(t, [
    init(),
    ...streamed("Now."),
    toolUse("Bash", { command: "make it" }),
    canUseTool("Bash", { command: "make it" }),
    { expect: { response: { response: { behavior: "allow" } } } },
    canUseTool("Bash", { command: "break it" }, "req_2"),
    { expect: { response: { response: { behavior: "deny" } } } },
    success(),
  ]);
  chat.type("go\r");
  await chat.shows(/🔐 The agent wants to use Bash\n\n {2}make it\n\[2\] ✅ Allow once {3}\[3\] ⛔ Deny/);
  chat.type("2\r");
  await chat.shows(/✅ Allowed once by you/);
  await chat.shows(/ {2}break it\n\[\d\] ✅ Allow/);
  chat.type("no\r");
  await chat.shows(/⛔ Denied by you/);
  await chat.shows(/^✅ .*\$0\.50/m);
});

test("lines that are pasted together are one prompt", async (t) => {
  const chat = await openChat(t);
  chat.type("echo a\recho b\recho c\r");
  await chat.shows(/ {2}a\n {2}b\n {2}c\n\n✅/);
});

test("agent output cannot drive the terminal", async (t) => {
  const chat = await openChat(t);
  chat.type("printf '\\033]0;owned\\007\\033[2Jevil\\r\\nnext\\n'\r");
  const screen = await chat.shows(/ {2}next\n\n✅/);
  assert.match(screen, /Type a prompt, or \/help/);
});
