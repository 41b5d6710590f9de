import assert from "node:assert/strict";
import test from "node:test";
import { readOpening } from "../../../src/chat/terminals/opening.ts";

const ASKED: readonly [string, ReturnType<typeof readOpening> | RegExp][] = [
  ["", {}],
  ["npm run watch", { command: "npm run watch" }],
  ["@build npm run watch", { name: "build", command: "npm run watch" }],
  ["@build host", { name: "build", where: { kind: "host", name: "" } }],
  ["ssh:web uptime", { where: { kind: "ssh", name: "web" }, command: "uptime" }],
  ["echo ssh:", { command: "echo ssh:" }],
  ["@ sh", /^A name has letters/],
  ["@", /^A name has letters/],
  ["@../x sh", /^A name has letters/],
  ["ssh:", /^Which one\? .* such as ssh:web\.$/],
  ["@x docker: sh", /^Which one\? .* such as docker:db\.$/],
  ["kubectl:", /^Which one\? .* such as kubectl:web-1\.$/],
];

for (const [words, wanted] of ASKED) {
  test(`/term ${words} is ${wanted instanceof RegExp ? "refused" : "understood"}`, () => {
    if (wanted instanceof RegExp) assert.throws(() => readOpening(words), { message: wanted });
    else assert.deepEqual(readOpening(words), wanted);
  });
}
