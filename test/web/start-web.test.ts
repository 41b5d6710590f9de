import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import { systemClock } from "../../src/clock.ts";
import type { WebConfig } from "../../src/config.ts";
import { silentLog } from "../../src/log.ts";
import { lockProject, prepareState, projectPaths } from "../../src/project.ts";
import { PortError, startWeb } from "../../src/web/start-web.ts";
import { run } from "../e2e/project.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { site } from "./site.ts";
import { until } from "./until.ts";

const PAGE = { bytes: gzipSync("<p>page"), headers: {} };

async function place(t: TestContext) {
  const folder = await temporaryFolder(t);
  const paths = projectPaths(folder);
  prepareState(paths);
  const lock = lockProject(paths);
  t.after(() => lock.release());
  const start = async (web: Partial<WebConfig> = {}, env: NodeJS.ProcessEnv = {}) => {
    const faults: string[] = [];
    const made = await startWeb({
      config: {
        token: "1:x",
        secretValues: [],
        web: { on: true, port: undefined, publicUrl: undefined, tunnel: undefined, ...web },
      },
      ...{ paths, env, page: () => PAGE, clock: systemClock, log: silentLog },
      needs: (await site(t)).needs,
      onFault: (fault) => faults.push(fault),
    });
    t.after(() => made.stop());
    return { ...made, web: made, faults };
  };
  return { folder, paths, lock, start };
}

async function open(folder: string, ...words: string[]) {
  const program = run(["open", ...words], folder);
  const { code } = await program.exited;
  return { code, output: program.output().trim() };
}

test("nanogent open prints a link that lets in once, for as long as the bridge runs", async (t) => {
  const { folder, lock, start } = await place(t);
  const one = { where: "host", label: "sh", createdAt: 1, mark: "m", persists: false };
  const list = {
    last: 4,
    sessions: [
      { ...one, id: "term-1", name: "term-1" },
      { ...one, id: "term-4", name: "build" },
    ],
    ended: [
      { ...one, id: "term-2", name: "old", endedAt: 1 },
      { ...one, id: "term-3", name: "build", endedAt: Date.now() },
    ],
  };
  writeFileSync(join(folder, ".nanogent", "terminals.json"), JSON.stringify(list), { mode: 0o600 });
  assert.deepEqual(await open(folder), {
    code: 1,
    output: "The bridge that runs here serves no page. If NANOGENT_WEB is off, turn it on and start again.",
  });
  const { web } = await start();
  const { code, output } = await open(folder, "term-1");
  const url = new URL(output);
  const words = new URLSearchParams(url.hash.slice(1));
  assert.deepEqual(
    [code, url.origin, url.search, words.get("session")],
    [0, `http://127.0.0.1:${web.port}`, "", "term-1"],
  );
  const login = () =>
    fetch(`${url.origin}/v1/login`, { method: "POST", body: JSON.stringify({ link: words.get("link") }) });
  assert.deepEqual([(await login()).status, (await login()).status], [200, 401]);
  assert.equal(new URL((await open(folder)).output).hash.includes("session"), false);
  for (const [name, id] of [
    ["build", "term-4"],
    ["@build", "term-4"],
    ["term-3", "term-3"],
  ] as const)
    assert.match((await open(folder, name)).output, new RegExp(`session=${id}$`), name);
  for (const name of ["../x", "term-2", "old", "term-9", "buil"]) {
    const refused = await open(folder, name);
    assert.deepEqual([refused.code, /no such terminal/.test(refused.output)], [1, true], name);
  }
  const file = join(folder, ".nanogent", "web.json");
  if (process.platform !== "win32") assert.equal(statSync(file).mode & 0o777, 0o600);
  rmSync(file);
  web.rewrite();
  assert.equal((await open(folder)).code, 0);
  // What a bridge that was killed has left: its port may be another program's by now.
  const left = readFileSync(file);
  await web.stop();
  assert.equal(existsSync(file), false);
  lock.release();
  writeFileSync(file, left);
  assert.deepEqual(await open(folder), {
    code: 1,
    output: "nanogent does not run in this folder. Start it with: node nanogent.mjs",
  });
});

test("the key is not written to where a link leads", async (t) => {
  const { folder, start } = await place(t);
  const other = join(await temporaryFolder(t), "other");
  writeFileSync(other, "mine");
  symlinkSync(other, join(folder, ".nanogent", "web.json"));
  await start();
  assert.equal(readFileSync(other, "utf8"), "mine");
});

test("a port that cannot be had is told with what to do", async (t) => {
  const { start } = await place(t);
  const other = createServer().listen(0, "127.0.0.1");
  t.after(() => other.close());
  await until("the other", () => other.listening);
  const { port } = other.address() as AddressInfo;
  await assert.rejects(start({ port }), (error) => {
    assert.ok(error instanceof PortError);
    assert.equal(
      error.message,
      `Port ${port} (NANOGENT_PORT) is in use by another program. Choose another one, or none.`,
    );
    return true;
  });
});

test("the address for phones is the one that is set, or the tunnel's as it changes", async (t) => {
  const { folder, start } = await place(t);
  const { web: fixed } = await start({ publicUrl: new URL("https://term.example.org") });
  assert.equal(fixed.url?.host, "term.example.org");
  await fixed.stop();
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(
    join(bin, "tailscale"),
    "#!/bin/sh\necho $$ > pid\necho https://a.b.ts.net/\nexec sleep 1000\n",
    { mode: 0o755 },
  );
  const { web, faults } = await start({ tunnel: "tailscale" }, { PATH: `${bin}:${process.env.PATH}` });
  const urls: (string | undefined)[] = [];
  web.onUrl((url) => urls.push(url?.href));
  await until("the address", () => urls.length === 1);
  assert.equal(web.url?.host, "a.b.ts.net");
  process.kill(Number(readFileSync(join(folder, "pid"), "utf8")), "SIGKILL");
  await until("the repair", () => urls.length === 3);
  assert.deepEqual([urls, faults.length], [["https://a.b.ts.net/", undefined, "https://a.b.ts.net/"], 1]);
});
