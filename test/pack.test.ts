import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import test from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

test("the package is the bundle, the README, the licence and .env.example", () => {
  // Without its scripts: the bundle is there already, and other tests run it meanwhile.
  const output = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  // A list, or since npm 12 an object by package name.
  const [packed] = Object.values(JSON.parse(output)) as { files: { path: string }[] }[];
  const files = packed?.files.map(({ path }) => path).sort();
  assert.deepEqual(files, [".env.example", "LICENSE", "README.md", "dist/nanogent.mjs", "package.json"]);
});

test("the package needs nothing", () => {
  const manifest = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
  assert.equal(manifest.dependencies, undefined);
  assert.ok(
    Object.keys(manifest.peerDependencies).every((name) => manifest.peerDependenciesMeta[name].optional),
  );
});

test("the bundle can be run, can be read, and imports only what comes with Node", () => {
  const path = `${root}dist/nanogent.mjs`;
  const text = readFileSync(path, "utf8");
  assert.equal(statSync(path).mode & 0o111, 0o111);
  assert.ok(text.startsWith("#!/usr/bin/env node\n"));
  const imports = [
    ...text.matchAll(/^import .* from "([^"]+)"|\bimport\("([^"]+)"\)|\brequire\("([^"]+)"\)/gm),
  ];
  const { peerDependencies } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
  const foreign = imports
    // What is optional is looked for when it is wanted, and done without.
    .filter(([, , later]) => later === undefined || !Object.hasOwn(peerDependencies, later))
    .map((match) => match[1] ?? match[2] ?? match[3] ?? "")
    .filter((name) => !name.startsWith("node:"));
  assert.deepEqual(foreign, []);
  assert.ok(text.split("\n").length > 3_000, "not minified");
});
