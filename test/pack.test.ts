import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "./fakes/folder.ts";

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
    .map((match) => match[1] ?? match[2] ?? match[3] ?? "")
    // A part of the program asks for what is in another one by its path. What is optional is done without.
    .filter((name) => !name.startsWith("node:") && !existsSync(`${root}${name}`))
    .filter((name) => !Object.hasOwn(peerDependencies, name));
  assert.deepEqual(foreign, []);
  assert.ok(text.split("\n").length > 3_000, "not minified");
});

test("optional packages are looked for beside the bundle", async (t) => {
  const folder = await temporaryFolder(t);
  copyFileSync(`${root}dist/nanogent.mjs`, join(folder, "nanogent.mjs"));
  const install = (name: string, code: string): void => {
    mkdirSync(join(folder, "node_modules", name), { recursive: true });
    writeFileSync(join(folder, "node_modules", name, "index.js"), code);
  };
  const fails = (name: string): string => `{ throw new Error("asked: ${name}"); }`;
  install("node-pty", `exports.spawn = () => ${fails("node-pty")};`);
  install("ssh2", `exports.Client = function () ${fails("ssh2")};`);
  mkdirSync(join(folder, ".ssh"));
  writeFileSync(join(folder, ".ssh/config"), "Host box\n  HostName 127.0.0.1\n  User nobody\n");
  const chat = spawnSync(process.execPath, [join(folder, "nanogent.mjs"), "chat"], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, NANOGENT_AGENT: "shell", NANOGENT_SSH: "ssh2" },
    input: "/term\n/term ssh:box\n",
    encoding: "utf8",
  });
  assert.deepEqual(chat.stdout.match(/asked: [\w-]+/g), ["asked: node-pty", "asked: ssh2"]);
});

const PARTS: readonly [part: string, until: string, holds: RegExp, neverHolds: RegExp][] = [
  ["^", "common", /^cli\/start\.ts$/, /^(agents|chat|jobs|terminal|web|doctor)\//],
  [
    "common",
    "client",
    /^text\/clean\.ts$/,
    /^(control\/(?!socket)|web|chat|jobs|terminal\/(registry|tmux|screen))/,
  ],
  [
    "client",
    "bridge",
    /^cli\/hook\.ts$/,
    /^(chat\/|jobs\/|terminal\/tmux|web\/(?!frames|handshake|http-error))/,
  ],
  ["bridge", "page", /^chat\/router\.ts$/, /^(terminal\/(host|tmux|picture)\/|web\/server)/],
  ["page", "terminals", /^web\/server\.ts$/, /^terminal\//],
  ["terminals", "$", /^terminal\/registry\.ts$/, /^(web|telegram)\//],
];

for (const [part, until, holds, neverHolds] of PARTS) {
  test(`the bundle's part before “${until}” is compiled without what it does not need`, () => {
    const text = readFileSync(`${root}dist/nanogent.mjs`, "utf8");
    const from = part === "^" ? 0 : text.indexOf(`\nfunction ${part}Part() {/*\n`);
    const to = until === "$" ? text.length : text.indexOf(`\nfunction ${until}Part() {/*\n`);
    assert.ok(from >= 0 && to > from);
    const modules = [...text.slice(from, to).matchAll(/^\/\/ src\/(\S+)$/gm)].map(([, name = ""]) => name);
    assert.ok(modules.some((name) => holds.test(name)));
    assert.deepEqual(
      modules.filter((name) => neverHolds.test(name)),
      [],
    );
  });
}
