import assert from "node:assert/strict";
import test from "node:test";
import { nameFault } from "../src/secret-name.ts";

test("names that a secret may have, and why not others", () => {
  for (const name of ["A", "_", "GITHUB_TOKEN", "K8S_2", "MY_PATH", "HOMEPAGE", "TELEGRAMS"])
    assert.equal(nameFault(name), undefined, name);
  const cases: [string, RegExp][] = [
    ...["", "a", "Github", "2FA", "A-B", "A B", "A=B", "Ä", "A".repeat(101), "A\n"].map(
      (name) => [name, /^A name is made of capital letters/] as [string, RegExp],
    ),
    ...["PATH", "HOME", "NODE_OPTIONS", "LD_PRELOAD", "LD_", "DYLD_INSERT_LIBRARIES"].map(
      (name) => [name, /decides which programs/] as [string, RegExp],
    ),
    ...["TELEGRAM_BOT_TOKEN", "NANOGENT_JOB"].map((name) => [name, /belong to nanogent/] as [string, RegExp]),
  ];
  for (const [name, why] of cases) assert.match(nameFault(name) ?? "", why, name);
});
