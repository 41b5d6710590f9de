import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import test from "node:test";
import { main } from "../../src/cli/main.ts";
import { VERBS } from "../../src/cli/verbs.ts";
import { VERSION } from "../../src/version.ts";

/** Runs the command line where nothing can be found, so that no verb gets far. */
async function command(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const around = { folder: "/nonexistent", env: {}, stdin: new PassThrough(), stdout, stderr };
  const texts = Promise.all([text(stdout), text(stderr)]);
  const code = await main(words, around);
  stdout.end();
  stderr.end();
  const [out, err] = await texts;
  return { code, stdout: out, stderr: err };
}

test("what asks for information gets it on stdout, with exit code 0", async () => {
  const cases: [words: string[], stdout: RegExp][] = [
    [["--version"], new RegExp(`^${VERSION}\n$`)],
    [["-v"], new RegExp(`^${VERSION}\n$`)],
    [["help"], /^nanogent: [\s\S]*Usage: nanogent \[verb\] {4}or {4}node nanogent\.mjs \[verb\]/],
    [["--help"], /^nanogent: /],
    [["-h"], /^nanogent: /],
    [["help", "--help"], /^nanogent: /],
    [["help", "init"], /^Usage: nanogent init \[--force\]\n\nSet nanogent up in this folder\.\n\nCopies/],
    [["--help", "init"], /^Usage: nanogent init/],
    [["init", "--help"], /^Usage: nanogent init/],
    [["init", "--force", "-h"], /^Usage: nanogent init/],
    [["help", "help"], /^Usage: nanogent help \[verb\]/],
    [["help", "--help", "chat"], /^Usage: nanogent chat/],
  ];
  for (const [words, stdout] of cases) {
    const result = await command(...words);
    assert.match(result.stdout, stdout, words.join(" "));
    assert.deepEqual([result.code, result.stderr], [0, ""], words.join(" "));
  }
});

test("help tells of every verb, and of each in particular", async () => {
  const { stdout } = await command("help");
  for (const { name, summary, hidden } of VERBS) {
    assert.equal(stdout.includes(summary), !hidden, name);
    assert.match((await command("help", name)).stdout, new RegExp(`^Usage: nanogent ${name}`));
  }
  assert.ok(
    stdout.split("\n").every((line) => line.length <= 80),
    "it fits a terminal",
  );
});

test("a wrong verb or flag gets the usage on stderr, with exit code 2", async () => {
  const cases: [words: string[], stderr: RegExp][] = [
    [["nonsense"], /^There is no verb “nonsense”\.\n\nnanogent: [\s\S]*Usage: /],
    [["statsu"], /^There is no verb “statsu”\. Did you mean “status”\?\n/],
    [["help", "nonsense"], /^There is no verb “nonsense”\.[\s\S]*Usage: /],
    [["help", "init", "more"], /^help does not take “more”\.\n\nUsage: nanogent help \[verb\]\n/],
    [["init", "--frce"], /^init has no flag --frce\.\n\nUsage: nanogent init \[--force\]\n/],
    [["init", "here"], /^init does not take “here”\.\n\nUsage: /],
    [["start", "--force"], /^start has no flag --force\.\n\nUsage: nanogent start \[--take-over\]\n/],
    [["--force"], /^start has no flag --force\./],
    [["status", "-x"], /^status has no flag -x\./],
    [["spawn", "--frce", "ls", "-l"], /^spawn has no flag --frce\./],
    [["spawn", "--host", "--id"], /^--id needs a value\./],
    [["list", "term-1"], /^list does not take “term-1”\./],
    [["rename", "a", "b", "c"], /^rename does not take “c”\./],
    [[""], /^There is no verb “”\./],
    [["constructor"], /^There is no verb “constructor”\./],
  ];
  for (const [words, stderr] of cases) {
    const result = await command(...words);
    assert.match(result.stderr, stderr, words.join(" "));
    assert.deepEqual([result.code, result.stdout], [2, ""], words.join(" "));
  }
});
