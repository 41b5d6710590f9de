import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import test from "node:test";
import { BUNDLE, run } from "../e2e/project.ts";
import { temporaryFolder } from "../fakes/folder.ts";

test("`nanogent` in PATH is `node nanogent.mjs`, as its verbs, its output and its exit codes go", async (t) => {
  const folder = await temporaryFolder(t);
  const bin = join(folder, "bin");
  const work = join(folder, "work");
  for (const path of [bin, work]) mkdirSync(path);
  // As npm and npx install it.
  symlinkSync(BUNDLE, join(bin, "nanogent"));
  const env = { ...process.env, PATH: [bin, process.env.PATH].join(delimiter) };
  const called = async (...words: string[]) => {
    const child = spawn("nanogent", words, { cwd: work, env });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    const code = await new Promise((resolve) => child.once("close", resolve));
    return { code, output };
  };
  const cases: [words: string[], code: number][] = [
    [["--version"], 0],
    [["help"], 0],
    [["help", "init"], 0],
    [["nonsense"], 2],
    [["help", "nonsense"], 2],
    [["chat", "--loud"], 2],
    [["status"], 1],
    [[], 2],
  ];
  for (const [words, code] of cases) {
    const direct = run(words, work);
    assert.equal((await direct.exited).code, code, direct.output());
    assert.deepEqual(await called(...words), { code, output: direct.output() }, words.join(" "));
  }
});

test("a start with a broken .env ends with 2, and every problem is told", async (t) => {
  const folder = await temporaryFolder(t);
  const secret = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
  writeFileSync(
    join(folder, ".env"),
    `TELEGRAM_BOT_TOKEN=bot1:${secret}\nNANOGENT_AGENT=gemini\nnonsense\nTELEGRAM_ALLOWED_CHAT_IDS=1:${secret}\n`,
  );
  for (const words of [["start"], []]) {
    const bridge = run(words, folder, { NANOGENT_LOG: "loud" });
    assert.equal((await bridge.exited).code, 2);
    const lines = bridge.output().trimEnd().split("\n");
    assert.equal(lines[0], "The configuration needs a correction:");
    for (const start of [
      "A line (.env line 3) is neither",
      "TELEGRAM_BOT_TOKEN (.env line 1) does not look like",
      "TELEGRAM_ALLOWED_CHAT_IDS (.env line 4) ",
      'NANOGENT_AGENT (.env line 2) "gemini" is not one of its values',
      'NANOGENT_LOG (the environment) "loud"',
    ]) {
      assert.ok(
        lines.some((line) => line.startsWith(start)),
        `${start}\n${bridge.output()}`,
      );
    }
    assert.equal(lines.length, 6);
    assert.ok(!bridge.output().includes(secret), "failure 21");
  }
});

test("a reader that goes away does not make it fail", async (t) => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
  const script = '"$0" "$1" help | true; echo "${PIPESTATUS[0]}"';
  const cwd = await temporaryFolder(t);
  const child = spawn("bash", ["-c", script, process.execPath, BUNDLE], { cwd });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  await new Promise((resolve) => child.once("close", resolve));
  assert.equal(output, "0\n");
});

test("in a folder that was removed every verb says so", { skip: process.platform === "win32" }, async (t) => {
  const folder = join(await temporaryFolder(t), "gone");
  for (const word of ["start", "status", "help"]) {
    mkdirSync(folder);
    const script = 'rmdir "$PWD"; exec "$0" "$@"';
    const child = spawn("sh", ["-c", script, process.execPath, BUNDLE, word], { cwd: folder });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
    const code = await new Promise((resolve) => child.once("close", resolve));
    assert.match(output, /^The folder in which nanogent was called is gone\. [^\n]*\n$/);
    assert.equal(code, 1);
  }
});
