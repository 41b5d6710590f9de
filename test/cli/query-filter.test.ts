import assert from "node:assert/strict";
import test from "node:test";
import { QueryFilter } from "../../src/cli/query-filter.ts";

const QUERIES = [
  ...[
    "\x05",
    "\x1bZ",
    "\x1b[c",
    "\x1b[0c",
    "\x1b[>c",
    "\x1b[>0c",
    "\x1b[=c",
    "\x1b[5n",
    "\x1b[6n",
    "\x1b[?6n",
  ],
  ...[
    "\x1b[?996n",
    "\x1b[?2026$p",
    "\x1b[4$p",
    "\x1b[>q",
    "\x1b[>0q",
    "\x1b[?u",
    "\x1b[14t",
    "\x1b[18t",
    "\x1b[21t",
  ],
  ...["\x1b]10;?\x07", "\x1b]11;?\x1b\\", "\x1b]4;1;?\x07", "\x1bP$qm\x1b\\", "\x1bP+q544e\x1b\\"],
];
const OTHERS = [
  ...[
    "\x1b[31m",
    "\x1b[2J",
    "\x1b[?25h",
    "\x1b[?1049h",
    "\x1b[8;24;80t",
    "\x1b[22;0t",
    "\x1b[>1u",
    "\x1b[<u",
    "\x1b[=1u",
  ],
  ...[
    "\x1b[2 q",
    "\x1b]0;a title?\x07",
    "\x1b]8;;https://example.org\x1b\\",
    "\x1b]10;#fff\x07",
    "\x1b]52;c;YQ==\x07",
  ],
  ...[
    "\x1b7",
    "\x1b(B",
    "\x1b[!p",
    "\x1bPq#0~\x1b\\",
    "n",
    "c",
    "\u00e9\u{1f5a5}",
    "\x1b[3;4H",
    "\x1b[r",
    "\x1b>",
  ],
];

/** What is left of a text that comes in pieces of so many bytes. */
function filtered(text: string, size: number): string {
  const filter = new QueryFilter();
  const bytes = Buffer.from(text);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) pieces.push(filter.push(bytes.subarray(at, at + size)));
  return Buffer.concat(pieces).toString();
}

test("a program's questions to its terminal are left out, all else goes through, however it is cut", () => {
  for (const size of [1, 2, 3, 7, 1_000]) {
    for (const query of QUERIES)
      assert.equal(filtered(`a${query}b`, size), "ab", `${JSON.stringify(query)} in pieces of ${size}`);
    for (const other of OTHERS)
      assert.equal(
        filtered(`a${other}b`, size),
        `a${other}b`,
        `${JSON.stringify(other)} in pieces of ${size}`,
      );
    assert.equal(filtered([...QUERIES, ...OTHERS, "."].join(""), size), `${OTHERS.join("")}.`);
  }
});
