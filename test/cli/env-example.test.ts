import assert from "node:assert/strict";
import test from "node:test";
import { envExample } from "../../src/cli/env-example.ts";
import { readConfig } from "../../src/config.ts";
import { CONFIG_KEYS } from "../../src/config-keys.ts";
import { parseEnv } from "../../src/env-file.ts";
import { temporaryFolder } from "../fakes/folder.ts";

test("the example has every key that is read and no other, in the same order", () => {
  const { entries, malformed } = parseEnv(envExample());
  assert.deepEqual([...entries.keys()], [...CONFIG_KEYS]);
  assert.deepEqual(malformed, []);
  assert.equal(envExample().match(/^\w+=/gm)?.length, CONFIG_KEYS.length, "each once");
});

test("each key has exactly one line of comment above it, and an empty one above that", () => {
  const [heading, ...blocks] = envExample().trimEnd().split("\n\n");
  assert.match(heading ?? "", /^# [^\n]+$/);
  assert.equal(blocks.length, CONFIG_KEYS.length);
  for (const [index, block] of blocks.entries()) {
    assert.match(block, new RegExp(`^# [A-Z][^\n]{20,}\n${CONFIG_KEYS[index]}=\\S*$`));
  }
});

test("what it sets is what holds without it", async (t) => {
  const folder = await temporaryFolder(t);
  const example = Object.fromEntries(
    [...parseEnv(envExample()).entries].map(([key, { value }]) => [key, value]),
  );
  const needs = { telegram: false };
  assert.deepEqual(readConfig(folder, example, needs), readConfig(folder, {}, needs));
});
