import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { temporaryFolder } from "../fakes/folder.ts";
import { until } from "../web/until.ts";
import { OWNER, type Project, project, type RunningBridge, run, SCRIPTED } from "./project.ts";

const SETTINGS = { TELEGRAM_ALLOWED_USER_IDS: String(OWNER), NANOGENT_WEB: "off", ...SCRIPTED };

/** A project beside others of one user, who share a runtime folder. */
async function neighbour(t: TestContext, runtime: string, settings: Record<string, string> = {}) {
  const home = await project(t, { env: { ...SETTINGS, ...settings } });
  const around = { XDG_RUNTIME_DIR: runtime };
  /** Runs a verb to its end. */
  const nanogent = async (words: readonly string[], folder = home.folder) => {
    const verb = run(words, folder, { ...around, TMUX_TMPDIR: join(home.folder, ".nanogent") });
    verb.child.stdin?.end();
    let stdout = "";
    verb.child.stdout?.on("data", (chunk) => {
      stdout += chunk;
    });
    const { code } = await verb.exited;
    return { code, stdout, said: verb.output() };
  };
  return { ...home, nanogent, start: () => startWithDoor(home, around) };
}

/** Resolves when its control socket is open. */
async function startWithDoor(home: Project, around: Record<string, string>): Promise<RunningBridge> {
  const bridge = await home.start(around);
  await until("the control socket", () => existsSync(join(home.folder, ".nanogent", "control.sock")));
  return bridge;
}

test("the terminals of two projects are opened, listed, renamed, closed and cleaned from the command line", async (t) => {
  const runtime = await temporaryFolder(t);
  const [one, two] = await Promise.all([neighbour(t, runtime), neighbour(t, runtime)]);
  assert.deepEqual(await one.nanogent(["list"]), {
    code: 3,
    stdout: "",
    said: "No bridge runs in this folder. Start it: nanogent start\n",
  });
  const bridges = await Promise.all([one.start(), two.start()]);
  assert.equal(statSync(join(one.folder, ".nanogent", "control.sock")).mode & 0o777, 0o600);
  const within = join(one.folder, "src", "deep");
  mkdirSync(within, { recursive: true });
  const said = async (words: string[], folder?: string) => {
    const { code, said: text } = await one.nanogent(words, folder);
    return `${code} ${text.replace(/\d+(\.\d)? s ago/g, "? s ago")}`;
  };
  assert.equal(await said(["list"]), "0 No terminal is open. Open one: nanogent spawn\n");
  assert.equal(await said(["spawn", "--id", "build", "cat", "-u"], within), "0 term-1\n");
  assert.equal(await said(["spawn", "exit 7"]), "0 term-2\n");
  assert.equal((await two.nanogent(["spawn", "--id", "other", "cat"])).stdout, "term-1\n");
  await until("the end", () => true);
  const listed = await said(["list"], within);
  assert.match(listed, /^0 ID {6}NAME {3}STATE/);
  const all = JSON.parse((await one.nanogent(["list", "--all", "--json"], runtime)).stdout);
  assert.equal(all.bridges.length, 2);
  assert.equal(await said(["rename", "build", "made"]), "0 ");
  assert.equal(await said(["close", "made"]), "0 ");
  console.log(await said(["list"]));
  console.log((await one.nanogent(["list", "--all"], runtime)).said);
  console.log(
    await said(["clean"]),
    await said(["jobs"]),
    await said(["cancel"]),
    await said(["close", "nope"]),
  );
  await bridges[1]?.kill();
  assert.equal(readdirSync(join(runtime, "nanogent", "bridges")).length, 2);
  console.log((await one.nanogent(["list", "--all"], runtime)).said);
  assert.equal(readdirSync(join(runtime, "nanogent", "bridges")).length, 1);
  assert.equal(await bridges[0]?.stop(), 0);
  assert.equal(readdirSync(join(runtime, "nanogent", "bridges")).length, 0);
});
