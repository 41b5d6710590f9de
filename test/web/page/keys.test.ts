import assert from "node:assert/strict";
import { test } from "node:test";
import { keyBytes, withModifiers } from "../../../src/terminal/key-bytes.ts";

const plain = { ctrl: false, alt: false };
const ctrl = { ctrl: true, alt: false };
const alt = { ctrl: false, alt: true };

for (const [key, modifiers, application, bytes] of [
  ["ArrowUp", plain, false, "\x1b[A"],
  ["ArrowUp", plain, true, "\x1bOA"],
  ["ArrowLeft", ctrl, true, "\x1b[1;5D"],
  ["ArrowRight", alt, false, "\x1b[1;3C"],
  ["ArrowDown", { ...ctrl, shift: true }, false, "\x1b[1;6B"],
  ["Home", plain, false, "\x1b[H"],
  ["End", plain, true, "\x1bOF"],
  ["PageUp", plain, false, "\x1b[5~"],
  ["PageDown", ctrl, false, "\x1b[6;5~"],
  ["Delete", plain, false, "\x1b[3~"],
  ["F1", plain, false, "\x1bOP"],
  ["F1", ctrl, false, "\x1b[1;5P"],
  ["F5", plain, false, "\x1b[15~"],
  ["F12", plain, false, "\x1b[24~"],
  ["Tab", plain, false, "\t"],
  ["Tab", { ...plain, shift: true }, false, "\x1b[Z"],
  ["Escape", plain, false, "\x1b"],
  ["Escape", alt, false, "\x1b\x1b"],
  ["Enter", plain, false, "\r"],
  ["Backspace", plain, false, "\x7f"],
  ["Backspace", ctrl, false, "\x08"],
  ["Backspace", alt, false, "\x1b\x7f"],
  ["a", plain, false, undefined],
  ["Shift", plain, false, undefined],
] as const) {
  test(`${key} with ${JSON.stringify(modifiers)}${application ? " for an application" : ""}`, () => {
    assert.equal(keyBytes(key, modifiers, application), bytes);
  });
}

for (const [text, modifiers, bytes] of [
  ["c", ctrl, "\x03"],
  ["C", ctrl, "\x03"],
  ["[", ctrl, "\x1b"],
  [" ", ctrl, "\0"],
  ["/", ctrl, "\x1f"],
  ["?", ctrl, "\x7f"],
  ["1", ctrl, "1"],
  ["한", ctrl, "한"],
  ["f", alt, "\x1bf"],
  ["x", { ctrl: true, alt: true }, "\x1b\x18"],
  ["ls", ctrl, "\x0cs"],
  ["", ctrl, ""],
  ["ls", plain, "ls"],
] as const) {
  test(`${JSON.stringify(text)} typed with ${JSON.stringify(modifiers)}`, () => {
    assert.equal(withModifiers(text, modifiers), bytes);
  });
}
