import assert from "node:assert/strict";
import test from "node:test";
import type { Check } from "../../src/doctor/examination.ts";
import { examine } from "../../src/doctor/examine.ts";
import { mendAll } from "../../src/doctor/mend.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { lines } from "./patients.ts";

const good = { name: "good", state: "pass", words: "Fine." } as const;

test("checks run at the same time, and none can hold up or break the others", async (t) => {
  const folder = await temporaryFolder(t);
  let release = (): void => {};
  const opened = new Promise<void>((resolve) => {
    release = resolve;
  });
  const checks: [string, Check][] = [
    ["waits", () => opened.then(() => ({ ...good, name: "waits" }))],
    ["throws", () => Promise.reject(new Error("a fault"))],
    [
      "throws at once",
      () => {
        throw new Error("another fault");
      },
    ],
    ["hangs", () => new Promise<never>(() => {})],
    ["several", () => [good, { ...good, name: "better" }]],
    ["none", () => []],
    [
      "releases",
      () => {
        release();
        return good;
      },
    ],
  ];
  assert.deepEqual(lines(await examine({ folder, env: {}, telegram: false }, checks, 300)), [
    "waits pass: Fine.",
    "throws fail: This check failed: a fault",
    "throws at once fail: This check failed: another fault",
    "hangs fail: This check was not done within 0.3 s.",
    "good pass: Fine.",
    "better pass: Fine.",
    "good pass: Fine.",
  ]);
});

test("what can be mended is mended in order, and a failure does not stop the rest", async () => {
  const done: string[] = [];
  const mend = (name: string) => async () => {
    done.push(name);
    if (name === "two") throw new Error("no right to");
    return `Mended ${name}.`;
  };
  const findings = ["one", "two", "three"].map((name) => ({ ...good, name, mend: mend(name) }));
  assert.deepEqual(await mendAll([good, ...findings]), [
    "Mended one.",
    "Not mended (two): no right to.",
    "Mended three.",
  ]);
  assert.deepEqual(done, ["one", "two", "three"]);
});
