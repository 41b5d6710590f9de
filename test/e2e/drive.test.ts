import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { ask } from "../control/door.ts";
import { neighbour } from "./door-project.ts";

const BASH = "PS1='$ ' exec bash --norc --noprofile";

test("terminals are driven from the command line: what is typed arrives, and what they show and do is told", async (t) => {
  const { folder, nanogent, start } = await neighbour(t, undefined, { NANOGENT_PERSIST: "off" });
  assert.match((await nanogent(["inject", "a", "x"])).said, /^No bridge runs in this folder/);
  await start();
  await nanogent(["spawn", "--id", "a", BASH]);
  const table: [words: readonly string[], code: number, said: RegExp][] = [
    [["wait", "a"], 0, /^idle: /],
    [["inject", "a", "echo one", "$((1+1))", "--submit"], 0, /^$/],
    [["wait", "a", "--text", "one 2"], 0, /^/],
    [["inject", "term-1", "read -p 'Name? ' name; echo hello $name", "--submit"], 0, /^$/],
    [["wait", "a", "--text", "Name?"], 0, /^/],
    [["inject", "a", "Ada"], 0, /^$/],
    [["key", "a", "Enter"], 0, /^$/],
    [["wait", "a", "--text", "hello Ada"], 0, /^/],
    [["inject", "a", "sleep 60", "--submit"], 0, /^$/],
    [["wait", "a", "--timeout", "0.3"], 124, /^Not in time: sleep runs in the foreground/],
    [["key", "a", "C-c"], 0, /^$/],
    [["wait", "a", "--timeout", "30"], 0, /^idle: /],
    [["status", "a"], 0, /^idle: bash waits at its prompt\.$/m],
    [["read-screen", "a", "--lines", "1"], 0, /^\$ ?\n$/],
    [["key", "a", "Nonsense"], 2, /^Nonsense is no key\. Such as Enter/],
    [["inject", "b", "x"], 4, /^There is no such terminal/],
    [["inject", "a"], 2, /^Say which one, and what/],
    [["read-screen", "a", "--lines", "x"], 2, /^Say which one/],
    [["wait", "a", "--for", "nonsense"], 2, /^Say which one, and for what/],
    [["inject", "a", "cat > shared.txt <<'x'\nfirst\nx", "--submit"], 0, /^$/],
    [["inject", "a", "y".repeat(5_000)], 0, /^$/],
    [["read-screen", "a"], 0, /^\$ Read \//m],
    [["key", "a", "C-u"], 0, /^$/],
    [["inject", "a", "exit 7", "--submit"], 0, /^/],
    [["wait", "a", "--for", "exit"], 0, /^ended: /],
    [["inject", "term-1", "x"], 5, /ended/],
  ];
  for (const [words, code, said] of table) {
    const what = words.join(" ").slice(0, 60);
    const got = await nanogent(words);
    assert.match(got.said, said, what);
    assert.equal(got.code, code, what);
  }
  const shared = join(folder, ".nanogent", "shared");
  const [file = ""] = readdirSync(shared);
  assert.equal(readFileSync(join(shared, file), "utf8"), "y".repeat(5_000));
  assert.equal(statSync(join(shared, file)).mode & 0o777, 0o600);
  assert.equal(readFileSync(join(folder, "shared.txt"), "utf8"), "first\n");
});

test("failures 9, 10: twenty at once are twenty inputs, each as a whole", async (t) => {
  const { folder, nanogent, start } = await neighbour(t, undefined, { NANOGENT_PERSIST: "off" });
  await start();
  await nanogent(["spawn", "--id", "a", "echo ready; cat > got.txt"]);
  await nanogent(["wait", "a", "--text", "ready"]);
  const texts = Array.from({ length: 20 }, (_, index) => `line ${index} ${"x".repeat(200)}`);
  const socket = join(folder, ".nanogent", "control.sock");
  const inject = (text: string) =>
    ask(socket, "POST", "/v1/sessions/a/input", { body: { text, submit: "yes" } });
  const answers = await Promise.all(texts.map(inject));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  await nanogent(["key", "a", "C-d"]);
  await nanogent(["wait", "a", "--for", "exit"]);
  assert.deepEqual(readFileSync(join(folder, "got.txt"), "utf8").trimEnd().split("\n"), texts);
});
