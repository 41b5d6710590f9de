import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { keystrokes, typeable } from "../../../src/terminal/input/keystrokes.ts";
import { InputQueue } from "../../../src/terminal/input-queue.ts";

function queueWith(): { queue: InputQueue; written: string[] } {
  const written: string[] = [];
  const queue = new InputQueue(async (bytes) => {
    await sleep(1);
    written.push(Buffer.from(bytes).toString());
  });
  return { queue, written };
}

const bytes = (text: string): Buffer => Buffer.from(text);

test("while one holds the input others wait, but not what the terminal answers", async () => {
  const { queue, written } = queueWith();
  const held = queue.hold(10_000, async (write) => {
    await write(bytes("text"));
    await queue.answer(bytes("answer"));
    await sleep(20);
    await write(bytes("enter"));
    return "done";
  });
  const other = queue.add(bytes("other"));
  const next = queue.hold(10_000, (write) => write(bytes("next")));
  assert.equal(await held, "done");
  await Promise.all([other, next]);
  await queue.answer(bytes("late answer"));
  assert.deepEqual(written, ["text", "answer", "enter", "other", "next", "late answer"]);
});

test("whoever holds it too long goes on in turn with the others, and a fault of his is his alone", async () => {
  const { queue, written } = queueWith();
  let goOn = (): void => {};
  const waits = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const held = queue.hold(5, async (write) => {
    await write(bytes("text"));
    await waits;
    await write(bytes("enter"));
    throw new Error("no");
  });
  await queue.add(bytes("other"));
  const parts = queue.add(bytes("one"), bytes("two"));
  goOn();
  await assert.rejects(held, /no/);
  await parts;
  assert.deepEqual(written, ["text", "other", "one", "two", "enter"]);
  await assert.rejects(
    queue.hold(5, (write) => write(Buffer.alloc((8 << 20) + 1))),
    /does not read/,
  );
  await queue.add(bytes("last"));
  assert.equal(written.at(-1), "last");
});

test("what is typed presses no key and ends no paste", () => {
  const cases: readonly [text: string, typed: string][] = [
    ["a\r\nb\rc\n", "a\nb\nc\n"],
    ["\x1b[201~\x03\x00\x08\x7f\x9b201~", "[201~201~"],
    ["tab\tstays", "tab\tstays"],
    ["日本 é 🎉", "日本 é 🎉"],
  ];
  for (const [text, typed] of cases) assert.equal(typeable(text), typed);
  assert.equal(keystrokes("a\nb", false).toString(), "a\rb");
  assert.equal(keystrokes("a\nb\x1b[201~", true).toString(), "\x1b[200~a\rb[201~\x1b[201~");
});
