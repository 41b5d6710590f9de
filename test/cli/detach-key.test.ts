import assert from "node:assert/strict";
import test from "node:test";
import { findDetachKey, readDetachKey } from "../../src/cli/detach-key.ts";

test("the key to leave by is one with Ctrl, written as people write it", () => {
  const cases: [words: string, byte: number | undefined][] = [
    ["C-\\", 0x1c],
    ["c-a", 1],
    ["Ctrl-Z", 26],
    ["^]", 0x1d],
    ["^_", 0x1f],
    ["C-[", undefined],
    ["a", undefined],
    ["C-aa", undefined],
    ["C-1", undefined],
    ["", undefined],
    ["$(ls)", undefined],
  ];
  for (const [words, byte] of cases) assert.equal(readDetachKey(words), byte, words);
});

test("it is found however the program has keys sent, and nothing else is taken for it", () => {
  const cases: [typed: string, byte: number, at: number][] = [
    ["\x1c", 0x1c, 0],
    ["ls\x1crm", 0x1c, 2],
    ["ab\x1b[92;5u", 0x1c, 2],
    ["\x1b[92;5:1u", 0x1c, 0],
    ["\x1b[92;69u", 0x1c, 0],
    ["\x1b[92::92;133:1;92u", 0x1c, 0],
    ["\x1b[27;5;92~", 0x1c, 0],
    ["\x1b[97;5u", 1, 0],
    ["\x1b[92;5:3u", 0x1c, -1],
    ["\x1b[92;6u", 0x1c, -1],
    ["\x1b[92u", 0x1c, -1],
    ["\x1b[28;5u", 0x1c, -1],
    ["\x1b[1;5A", 1, -1],
    ["\\", 0x1c, -1],
    ["\u011c", 0x1c, -1],
    ["", 0x1c, -1],
  ];
  for (const [typed, byte, at] of cases)
    assert.equal(findDetachKey(Buffer.from(typed), byte), at, JSON.stringify(typed));
});
