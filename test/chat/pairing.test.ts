import assert from "node:assert/strict";
import test from "node:test";
import { createPairing } from "../../src/chat/pairing.ts";

const HOUR = 60 * 60 * 1000;

function withClock() {
  let time = 0;
  const pairing = createPairing(() => time);
  const wrong = pairing.code === "000000" ? "000001" : "000000";
  return {
    pairing,
    advance: (ms: number) => {
      time += ms;
    },
    /** Wrong tries from a chat, one after the other. */
    miss: (chat: number, count = 1) => Array.from({ length: count }, () => pairing.attempt(chat, wrong)),
  };
}

test("the code is six digits, another one for each start", () => {
  const codes = Array.from({ length: 200 }, () => createPairing(() => 0).code);
  for (const code of codes) assert.match(code, /^\d{6}$/);
  assert.ok(new Set(codes).size > 190);
});

test("the right code pairs once", () => {
  const { pairing } = withClock();
  assert.equal(pairing.attempt(7, ` ${pairing.code}\n`), "paired");
  assert.equal(pairing.attempt(7, pairing.code), "closed");
  assert.equal(pairing.attempt(8, pairing.code), "closed");
});

test("what only looks like the code does not pair", () => {
  const { pairing } = withClock();
  const { code } = pairing;
  const tries = [
    "",
    code.slice(1),
    `${code}0`,
    `0${code}`,
    `${code.slice(0, 3)} ${code.slice(3)}`,
    `${code} ${code}`,
  ];
  const fullWidth = code.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
  for (const [index, attempt] of [...tries, fullWidth, "한글한글한글", "\0".repeat(6)].entries()) {
    assert.equal(pairing.attempt(index, attempt), "wrong", attempt);
  }
});

test("five wrong tries from one chat lock pairing for an hour, for the right code too", () => {
  const { pairing, miss, advance } = withClock();
  assert.deepEqual(miss(7, 6), ["wrong", "wrong", "wrong", "wrong", "locking", "locked"]);
  assert.equal(pairing.attempt(8, pairing.code), "locked");
  advance(HOUR - 1);
  assert.equal(pairing.attempt(8, pairing.code), "locked");
  advance(1);
  assert.equal(pairing.attempt(7, pairing.code), "paired");
});

test("after the hour there are five new tries, and the tries while it was locked do not count", () => {
  const { miss, advance } = withClock();
  miss(7, 50);
  advance(HOUR);
  assert.deepEqual(miss(7, 6), ["wrong", "wrong", "wrong", "wrong", "locking", "locked"]);
});

test("tries are counted for each chat, up to twenty in all", () => {
  const { pairing, miss } = withClock();
  const results = Array.from({ length: 21 }, (_, chat) => miss(chat)[0]);
  assert.deepEqual(results, [...Array(19).fill("wrong"), "locking", "locked"]);
  assert.equal(pairing.attempt(99, pairing.code), "locked");
});
