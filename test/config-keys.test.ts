import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { parseArguments, parseClaudeArguments, parseToken, ValueFault } from "../src/config-keys.ts";

test("arguments are split as a shell splits them", () => {
  const cases: [text: string, words: string[]][] = [
    ["", []],
    ["  ", []],
    ["a  b\tc", ["a", "b", "c"]],
    [`"a b" 'c d'`, ["a b", "c d"]],
    [`--x="a b"c`, ["--x=a bc"]],
    [`a\\ b`, ["a b"]],
    [`"a\\"b" 'a\\b'`, ['a"b', "a\\b"]],
    [`"" ''`, ["", ""]],
    [`"a\\nb"`, ["a\\nb"]],
    ["한글 👩‍👧", ["한글", "👩‍👧"]],
    ["a\\", ["a\\"]],
  ];
  for (const [text, words] of cases) assert.deepEqual(parseArguments(text), words, text);
});

test("words in quotes come back as they were", () => {
  const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), (words) => {
      assert.deepEqual(parseArguments(words.map(quote).join(" ")), words);
    }),
  );
});

test("a quote that is never closed is a fault that names it", () => {
  for (const text of [`a "b`, `a 'b`, `it's`]) {
    assert.throws(
      () => parseArguments(text),
      (error) => error instanceof ValueFault && /never closed/.test(error.message),
    );
  }
});

test("arguments that would take the session or the protocol away are refused", () => {
  const refused = [
    "-c",
    "--continue",
    "-r x",
    "--resume=x",
    "-p",
    "--print",
    "--output-format text",
    "--input-format=x",
  ];
  for (const text of [...refused, "--permission-prompt-tool x"]) {
    assert.throws(() => parseClaudeArguments(text), ValueFault, text);
  }
  for (const text of ["--add-dir x", "--continued", "--printer", "--max-turns 3", ""]) {
    assert.deepEqual(parseClaudeArguments(text), parseArguments(text), text);
  }
});

test("a token is digits, a colon and a long rest", () => {
  const good = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
  assert.equal(parseToken(good), good);
  for (const bad of [
    "",
    "123456789",
    ":AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
    `bot${good}`,
    `${good} `,
    `${good}\n`,
    "1:AA",
  ]) {
    assert.throws(() => parseToken(bad), ValueFault, bad);
  }
});
