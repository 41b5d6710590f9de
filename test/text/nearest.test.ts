import assert from "node:assert/strict";
import test from "node:test";
import { nearest } from "../../src/text/nearest.ts";

const VERBS = ["init", "start", "chat", "status", "help"];

test("the word that was meant is found, and none where none is close", () => {
  const cases: [word: string, meant: string | undefined][] = [
    ["init", "init"],
    ["inti", "init"],
    ["hlep", "help"],
    ["sttaus", "status"],
    ["STATUS", "status"],
    ["statu", "status"],
    ["chta", "chat"],
    ["stat", "start"],
    ["initialise", undefined],
    ["in", "init"],
    ["i", undefined],
    ["", undefined],
    ["deploy", undefined],
    ["x".repeat(10_000), undefined],
  ];
  for (const [word, meant] of cases) assert.equal(nearest(word, VERBS), meant, word.slice(0, 20));
  assert.equal(nearest("x", []), undefined);
});
