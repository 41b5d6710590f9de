import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { markdown } from "../../src/text/markdown.ts";
import { split } from "../../src/text/split.ts";
import { notation } from "./notation.ts";
import { assertSound } from "./sound.ts";

/*
 * Answers as agents write them, each with what it looks like in the notation next to it. They are not called
 * `.md` so that no formatter tidies them up.
 * `UPDATE_CORPUS=1` writes what they look like anew, for reading the difference.
 */
const FOLDER = new URL("corpus/", import.meta.url);
const NAMES = readdirSync(FOLDER).filter((name) => name.endsWith(".mdown"));

for (const name of NAMES) {
  const source = readFileSync(new URL(name, FOLDER), "utf8");

  test(`${name} looks as it should`, () => {
    const rich = markdown(source);
    assertSound(rich);
    assertFile(name.replace(".mdown", ".txt"), `${notation(rich)}\n`);
  });

  test(`${name} can be shown at any time while it grows`, () => {
    for (const written of prefixes(source)) assertSound(markdown(written, { growing: true }));
  });

  // The columns of a table get wider as it grows, and rows that have been sent change with them.
  if (/^\|?[-:| ]+\|[-:| ]+$/m.test(source)) continue;

  test(`${name} only ever gets longer while it grows`, () => {
    const { text } = markdown(source);
    for (const written of prefixes(source)) {
      const frame = markdown(written, { growing: true }).text;
      assert.equal(frame, text.slice(0, frame.length), JSON.stringify(written.slice(-40)));
    }
  });

  test(`${name} grows without changing what has been sent`, () => {
    let sent: string[] = [];
    for (const written of prefixes(source)) {
      const parts = split(markdown(written, { growing: true }), { length: 200 }).map(notation);
      assert.deepEqual(parts.slice(0, -1).slice(0, sent.length), sent);
      sent = parts.slice(0, -1);
    }
  });
}

test("a growing answer shows no marker which the next frame hides", () => {
  const source = readFileSync(new URL("growing.mdown", FOLDER), "utf8");
  const frames: string[] = [];
  for (let end = 5; end < source.length + 5; end += 5) {
    const written = source.slice(0, end);
    frames.push(
      `=== ${JSON.stringify(written.slice(-24))}\n${notation(markdown(written, { growing: true }))}\n`,
    );
  }
  assertFile("growing.frames.txt", frames.join("\n"));
});

function assertFile(name: string, shown: string): void {
  const file = new URL(name, FOLDER);
  if (process.env.UPDATE_CORPUS === "1") writeFileSync(file, shown);
  assert.equal(shown, readFileSync(file, "utf8"));
}

function* prefixes(source: string): Generator<string> {
  for (let end = 1; end <= source.length; end++) yield source.slice(0, end);
}
