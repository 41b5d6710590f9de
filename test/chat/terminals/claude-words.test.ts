import assert from "node:assert/strict";
import test from "node:test";
import {
  finishedWords,
  permissionWords,
  verdictWords,
  waitingWords,
} from "../../../src/chat/terminals/claude-words.ts";
import { createSecrets } from "../../../src/secrets.ts";
import type { RichText } from "../../../src/text/entities.ts";
import { played } from "./known.ts";

const SECRET = "hunter2-hunter2";
const { redact } = createSecrets([SECRET]);
const { known } = played("term-1");
/** A text that is cut within the secret at its end. */
const cutAt = (length: number): string => `${"x ".repeat(length / 2 - 5)}${SECRET}`;
const verdict = (tool: string, input: object): RichText =>
  verdictWords(known, { kind: "permission", prompt: "", tool, input: { ...input } }, "✅ Allowed", {
    folder: "/p",
    redact,
  });
const asks = (tool: string, input: object): RichText =>
  permissionWords(known, { kind: "permission", prompt: "", tool, input: { ...input } }, redact);

const ROWS: readonly [title: string, said: () => RichText][] = [
  ["the tool in a question", () => asks(cutAt(100), {})],
  ["what a tool is to do", () => asks("Bash", { command: cutAt(1_500) })],
  ["a question of its own", () => asks("AskUserQuestion", { questions: [{ question: cutAt(1_500) }] })],
  ["the tool in a verdict", () => verdict(cutAt(100), {})],
  ["a command in a verdict", () => verdict("Bash", { command: cutAt(120) })],
  ["a path in a verdict", () => verdict("Write", { file_path: `/p/${cutAt(120)}` })],
  [
    "an answer",
    () => finishedWords(known, { kind: "finished", prompt: "", text: cutAt(500), inBackground: 0 }, redact),
  ],
  ["what it tells", () => waitingWords(known, { kind: "waiting", prompt: "", words: cutAt(300) }, redact)],
];

for (const [title, said] of ROWS)
  test(`a secret where ${title} is cut does not show`, () => {
    const { text } = said();
    assert.match(text, /x •/);
    assert.doesNotMatch(text, /hunt/);
  });
