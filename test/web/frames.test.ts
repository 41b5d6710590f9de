import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { FrameError, FrameReader, type Message } from "../../src/web/frames.ts";
import { closing, frame, type HandMade } from "./frames.ts";

const LARGEST = 1_000;

type Said = string | number;

/** What a reader makes of frames: `text: …`, `binary: …`, `ping: …`, `close: code`, and at last the code of a fault. */
function read(frames: readonly HandMade[], pieces = Number.POSITIVE_INFINITY): Said[] {
  const reader = new FrameReader(LARGEST);
  const bytes = Buffer.concat(frames.map(frame));
  const said: Said[] = [];
  try {
    for (let at = 0; at < bytes.length; at += pieces) {
      for (const message of reader.push(bytes.subarray(at, at + pieces))) said.push(words(message));
    }
  } catch (error) {
    assert.ok(error instanceof FrameError, String(error));
    said.push(error.code);
  }
  return said;
}

function words(message: Message): string {
  if (message.kind === "text") return `text: ${message.text}`;
  return message.kind === "close"
    ? `close: ${message.code}`
    : `${message.kind}: ${message.bytes.toString("latin1")}`;
}

const euro = Buffer.from("€");

const cases: readonly [what: string, frames: readonly HandMade[], said: readonly Said[]][] = [
  ["a text", [{ opcode: 1, payload: "häß" }], ["text: häß"]],
  ["an empty text", [{ opcode: 1 }], ["text: "]],
  ["a byte order mark stays", [{ opcode: 1, payload: "\ufeffa" }], ["text: \ufeffa"]],
  ["bytes", [{ opcode: 2, payload: Buffer.from([0, 255, 128]) }], ["binary: \0\xff\x80"]],
  ["126 bytes", [{ opcode: 2, payload: "x".repeat(126) }], [`binary: ${"x".repeat(126)}`]],
  ["the largest", [{ opcode: 2, payload: "x".repeat(LARGEST) }], [`binary: ${"x".repeat(LARGEST)}`]],
  [
    "two in a row",
    [
      { opcode: 1, payload: "a" },
      { opcode: 2, payload: "b" },
    ],
    ["text: a", "binary: b"],
  ],
  [
    "fragments, cut within a character",
    [
      { opcode: 1, payload: euro.subarray(0, 1), final: false },
      { opcode: 0, final: false },
      { opcode: 0, payload: euro.subarray(1) },
      { opcode: 1, payload: "next" },
    ],
    ["text: €", "text: next"],
  ],
  [
    "control frames between fragments",
    [
      { opcode: 2, payload: "a", final: false },
      { opcode: 9, payload: "1" },
      { opcode: 0, payload: "b", final: false },
      { opcode: 10, payload: "2" },
      { opcode: 0, payload: "c" },
    ],
    ["ping: 1", "pong: 2", "binary: abc"],
  ],
  ["a close without a code", [{ opcode: 8 }], ["close: 1005"]],
  ["a close with a reason", [{ opcode: 8, payload: closing(1000, "bye") }], ["close: 1000"]],
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000].map(
    (code): [string, HandMade[], Said[]] => [
      `close code ${code}, as it may be`,
      [{ opcode: 8, payload: closing(code) }],
      [`close: ${code}`],
    ],
  ),
  ["the longest ping", [{ opcode: 9, payload: "x".repeat(125) }], [`ping: ${"x".repeat(125)}`]],
  ["the longest reason", [{ opcode: 8, payload: closing(1000, "x".repeat(123)) }], ["close: 1000"]],
  ["a close between fragments", [{ opcode: 1, payload: "a", final: false }, { opcode: 8 }], ["close: 1005"]],
  ["a close of one's own", [{ opcode: 8, payload: closing(4999) }], ["close: 4999"]],
  ["no mask", [{ opcode: 1, payload: "a", masked: false }], [1002]],
  ["reserved bit 1", [{ opcode: 1, reserved: 0x40 }], [1002]],
  ["reserved bit 2", [{ opcode: 1, reserved: 0x20 }], [1002]],
  ["reserved bit 3", [{ opcode: 9, reserved: 0x10 }], [1002]],
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode): [string, HandMade[], Said[]] => [
    `opcode ${opcode}`,
    [{ opcode }],
    [1002],
  ]),
  ["nothing to continue", [{ opcode: 0, payload: "a" }], [1002]],
  ["nothing to continue any more", [{ opcode: 1, payload: "a" }, { opcode: 0 }], ["text: a", 1002]],
  ["a message within a message", [{ opcode: 1, final: false }, { opcode: 1 }], [1002]],
  ["a ping in fragments", [{ opcode: 9, final: false }], [1002]],
  ["a long ping", [{ opcode: 9, payload: "x".repeat(126) }], [1002]],
  ["a length that is too wide (16)", [{ opcode: 2, payload: "a", width: 16 }], [1002]],
  ["a length that is too wide (64)", [{ opcode: 2, payload: "a", width: 64 }], [1002]],
  ["a negative length", [{ opcode: 2, length: 1n << 63n }], [1002]],
  ["one byte too many", [{ opcode: 2, payload: "x".repeat(LARGEST + 1) }], [1009]],
  ["a huge length, before anything of it has come", [{ opcode: 2, length: 1n << 40n }], [1009]],
  [
    "fragments that are too long together",
    [
      { opcode: 2, payload: "x".repeat(LARGEST), final: false },
      { opcode: 0, payload: "x" },
    ],
    [1009],
  ],
  ["text that is not UTF-8", [{ opcode: 1, payload: Buffer.from([0x61, 0xff]) }], [1007]],
  ["text that is cut", [{ opcode: 1, payload: euro.subarray(0, 2) }], [1007]],
  [
    "text that is cut behind its fragments",
    [
      { opcode: 1, payload: euro.subarray(0, 1), final: false },
      { opcode: 0, payload: "a" },
    ],
    [1007],
  ],
  ["text that is longer than need be", [{ opcode: 1, payload: Buffer.from([0xc0, 0xaf]) }], [1007]],
  ["text beyond Unicode", [{ opcode: 1, payload: Buffer.from([0xf4, 0x90, 0x80, 0x80]) }], [1007]],
  [
    "a reserved bit of a fragment",
    [
      { opcode: 1, final: false },
      { opcode: 0, reserved: 0x40 },
    ],
    [1002],
  ],
  [
    "a fragment without a mask",
    [
      { opcode: 1, final: false },
      { opcode: 0, masked: false },
    ],
    [1002],
  ],
  ["a close without a mask", [{ opcode: 8, masked: false }], [1002]],
  ["a long close", [{ opcode: 8, payload: closing(1000, "x".repeat(124)) }], [1002]],
  ["text with half a pair", [{ opcode: 1, payload: Buffer.from([0xed, 0xa0, 0x80]) }], [1007]],
  ["a close code of one byte", [{ opcode: 8, payload: "a" }], [1002]],
  ["a reason that is not UTF-8", [{ opcode: 8, payload: closing(1000, Buffer.from([0xff])) }], [1007]],
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map((code): [string, HandMade[], Said[]] => [
    `close code ${code}`,
    [{ opcode: 8, payload: closing(code) }],
    [1002],
  ]),
];

test("frames are read, and what is no frame is refused with the right code", () => {
  for (const [what, frames, said] of cases) assert.deepEqual(read(frames), said, what);
});

test("how the bytes are cut on their way makes no difference", () => {
  for (const [what, frames, said] of cases) {
    for (const pieces of [1, 3, 7]) assert.deepEqual(read(frames, pieces), said, `${what}, by ${pieces}`);
  }
});

test("whatever comes, it is read or refused", () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .record({
        opcode: fc.nat(15),
        payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
        final: fc.boolean(),
        masked: fc.constantFrom(true, true, true, false),
      })
      .map(frame),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), fc.integer({ min: 1, max: 50 }), (pieces, size) => {
      const bytes = Buffer.concat(pieces);
      const reader = new FrameReader(LARGEST);
      try {
        for (let at = 0; at < bytes.length; at += size)
          for (const _ of reader.push(bytes.subarray(at, at + size)));
      } catch (error) {
        assert.ok(error instanceof FrameError, String(error));
      }
    }),
    { numRuns: 500 },
  );
});

test("a large message in the smallest of fragments takes no more time than its bytes", () => {
  const reader = new FrameReader(200_000);
  const bytes = Buffer.concat([
    frame({ opcode: 2, final: false }),
    ...Array.from({ length: 200_000 }, () => frame({ opcode: 0, payload: "x", final: false })),
    frame({ opcode: 0 }),
  ]);
  const [message] = [...reader.push(bytes)];
  assert.equal(message?.kind === "binary" && message.bytes.equals(Buffer.alloc(200_000, "x")), true);
});
