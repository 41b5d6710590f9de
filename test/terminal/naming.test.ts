import assert from "node:assert/strict";
import test from "node:test";
import { createSecrets } from "../../src/secrets.ts";
import { HOST, readWhere } from "../../src/terminal/backends.ts";
import { keptCommand, labelOf } from "../../src/terminal/naming.ts";

const SECRET = "hunter2-hunter2";
const { redactGrowing: redact } = createSecrets([SECRET]);
const dots = "•".repeat(SECRET.length);

const ROWS: readonly [command: string | undefined, label: string, kept: object][] = [
  [undefined, "bash", {}],
  ["make  test\n", "make test", { command: "make  test\n" }],
  [`curl ${SECRET}`, `curl ${dots}`, { isSecret: true }],
  [`${"x".repeat(30)} ${SECRET} y`, `${"x".repeat(30)} ${"•".repeat(8)}…`, { isSecret: true }],
  // The end of a command is no secret that goes on.
  ["echo hunter2", "echo hunter2", { command: "echo hunter2" }],
];

for (const [command, label, kept] of ROWS)
  test(`“${command ?? "a shell"}” is called “${label}”, and kept as ${JSON.stringify(kept)}`, () => {
    assert.equal(labelOf(HOST, command, "/bin/bash", redact), label);
    assert.deepEqual(keptCommand(command, redact), kept);
  });

test("elsewhere the place stands before the command", () => {
  const where = readWhere("ssh:web");
  assert.ok(where);
  assert.equal(labelOf(where, undefined, "/bin/bash", redact), "ssh:web");
  assert.equal(labelOf(where, `x ${SECRET}`, "/bin/bash", redact), `ssh:web x ${dots}`);
});
