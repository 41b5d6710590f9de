import assert from "node:assert/strict";
import test from "node:test";
import { watchWords } from "../../../src/chat/terminals/watch-words.ts";
import { readWatch } from "../../../src/chat/terminals/watches.ts";

const LIMIT = "Silence is waited for from 1 to 86400 seconds, which is a day.";
const ASKED: readonly [string, string][] = [
  ["", "when it ends or it rings the bell"],
  ["exit", "when it ends"],
  ["bell", "when it rings the bell"],
  ["all good", "when “all good” appears"],
  ["silence 30", "when nothing comes for 30 s"],
  ["silence 86400 s", "when nothing comes for 24:00 h"],
  ["silence 86401", LIMIT],
  ["silence 99999999999", LIMIT],
  ["silence 0", LIMIT],
  ["silence", "Write the seconds behind it, such as /watch term-1 silence 30."],
  ["silence please", "Write the seconds behind it, such as /watch term-1 silence 30."],
];

for (const [words, answer] of ASKED) {
  test(`/watch term-1 ${words}: ${answer}`, () => {
    const what = readWatch(words);
    assert.equal(typeof what === "string" ? what : `when ${watchWords(what)}`, answer);
  });
}
