import assert from "node:assert/strict";
import test from "node:test";
import { deniedBy } from "../../src/files/denied.ts";

test("failure 23: keys, passwords and the state of tools stay, wherever they lie", () => {
  const isDenied = deniedBy([]);
  const denied = [
    ...[".env", ".env.local", ".ENV", "packages/api/.env.production", "prod.env"],
    ...[".git", ".git/config", "vendor/x/.git/HEAD", ".nanogent/journal.jsonl", ".nanogent"],
    ...["server.pem", "certs/a.key", "a.KEY", "id_rsa", "keys/id_ed25519.pub", "x.p12", "pass.kdbx"],
    ...[".ssh/known_hosts", "home/.aws/credentials", ".npmrc", "app/.netrc", ".docker/config.json"],
  ];
  const allowed = [
    ...["", "a.txt", "src/env.ts", ".github/workflows/ci.yml", ".gitignore", "key.ts", "keys.md"],
    ...["environment.txt", "pem", "grid_1.png", ".docker/Dockerfile", "a.pem.md", "nanogent.mjs"],
  ];
  for (const path of denied) assert.ok(isDenied(path), path);
  for (const path of allowed) assert.ok(!isDenied(path), path);
});

test("globs of the settings add to it", () => {
  const cases: [glob: string, denied: string[], allowed: string[]][] = [
    ["*.csv", ["a.csv", "x/a.csv", "a.CSV"], ["a.csvx", "a"]],
    ["private/", ["private", "private/a", "x/private/a"], ["private2/a"]],
    ["/private", ["private/a"], ["privat", "x/private/a"]],
    ["docs/*.md", ["docs/a.md"], ["docs/a/b.md", "x/docs/a.md"]],
    ["docs/**/*.md", ["docs/a.md", "docs/a/b.md"], ["a.md"]],
    ["docs/**", ["docs/a/b"], ["docs2/a"]],
    ["a?.txt", ["ab.txt"], ["a.txt", "abc.txt"]],
    ["a+(b)[c].txt", ["a+(b)[c].txt"], ["aab.txt"]],
    ["größe*", ["größe 1.txt"], ["grosse"]],
  ];
  for (const [glob, denied, allowed] of cases) {
    const isDenied = deniedBy([glob]);
    for (const path of denied) assert.ok(isDenied(path), `${glob} ${path}`);
    for (const path of allowed) assert.ok(!isDenied(path), `${glob} ${path}`);
  }
});
