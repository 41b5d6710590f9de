import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { promisify } from "node:util";
import { npmPackage } from "../fakes/npm-package.ts";
import { untilSaid } from "./chats.ts";
import { BUNDLE, OWNER, project, run } from "./project.ts";

/** The newest of each line that the registry has for both kinds of processor. */
const NODE_VERSIONS = ["20.20.2", "22.23.3", "24.21.0", "26.10.0"];
/** What Node says about its own features, and about those that it is to lose. */
const WARNING = /\(node:\d+\)|Warning:|deprecat|experimental/i;

for (const version of NODE_VERSIONS) {
  test(`the program under Node ${version}`, async (t) => {
    const found = await nodeOf(version);
    if ("skip" in found) return t.skip(found.skip);
    const { node } = found;
    const { stdout: running } = await promisify(execFile)(node, ["--version"]);
    assert.equal(majorOf(running.slice(1)), majorOf(version));

    await t.test("prints its version and its help", async () => {
      const options = { env: { PATH: process.env.PATH } };
      const told = await promisify(execFile)(node, [BUNDLE, "--version"], options);
      assert.match(told.stdout, /^\d+\.\d+\.\d+\n$/);
      assert.equal(told.stderr, "");
      const help = await promisify(execFile)(node, [BUNDLE, "help"], options);
      assert.match(help.stdout, /^Usage: nanogent/m);
      assert.equal(help.stderr, "");
    });

    await t.test("answers, streams and stops", async (t) => {
      const { api, start, folder } = await project(t, { node });
      const ada = api.privateChat(OWNER);
      const bridge = await start();
      api.say(ada, "/status");
      await untilSaid(api, ada, /^Agent: shell/m);
      api.say(ada, "echo one; while [ ! -e go ]; do sleep 0.05; done; echo two 한글");
      // The answer is there before its end is.
      await untilSaid(api, ada, /^one$/m);
      api.say(ada, "/status");
      await untilSaid(api, ada, /^Running: “echo one/m);
      await writeFile(join(folder, "go"), "");
      await untilSaid(api, ada, /^one\ntwo 한글\n\n✅ exit 0/);
      assert.equal(await bridge.stop(), 0);
      assert.doesNotMatch(bridge.output(), WARNING);
      assert.deepEqual(api.violations, []);
    });

    await t.test("chats in a terminal", async (t) => {
      const { folder } = await project(t);
      const chat = run(["chat"], folder, { NANOGENT_AGENT: "shell" }, node);
      chat.child.stdin?.end("echo hello\n");
      assert.equal((await chat.exited).code, 0);
      assert.match(chat.output(), / {2}hello\n\n✅ exit 0/);
      assert.doesNotMatch(chat.output(), WARNING);
    });
  });
}

/** The program itself. The one that runs the test will do where it is of the same line. */
async function nodeOf(version: string): Promise<{ node: string } | { skip: string }> {
  if (majorOf(process.versions.node) === majorOf(version)) return { node: process.execPath };
  const { platform, arch } = process;
  if (platform !== "linux" || !["x64", "arm64"].includes(arch)) {
    return { skip: `There is no package with Node ${version} for ${platform}-${arch}.` };
  }
  const name = `node-linux-${arch}`;
  const installed = await npmPackage(name, version);
  return "skip" in installed
    ? installed
    : { node: join(installed.folder, "node_modules", name, "bin", "node") };
}

function majorOf(version: string): string | undefined {
  return version.split(".")[0];
}
