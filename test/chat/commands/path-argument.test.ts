import assert from "node:assert/strict";
import test from "node:test";
import { pathArgument } from "../../../src/chat/commands/path-argument.ts";

const PATHS: readonly [string, string][] = [
  ["a b.txt", "a b.txt"],
  ['"a b.txt"', "a b.txt"],
  ["'a b.txt'", "a b.txt"],
  ['"say \\"hi\\" \\n"', 'say "hi" \\n'],
  [`'it"s'`, 'it"s'],
  ["it's", "it's"],
  ['"a" "b"', '"a" "b"'],
  ['""', ""],
  ['"', '"'],
];

for (const [args, path] of PATHS) {
  test(`a path as it is typed: ${args}`, () => assert.equal(pathArgument(args), path));
}
