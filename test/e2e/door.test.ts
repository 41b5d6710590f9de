import assert from "node:assert/strict";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { asList, asObject } from "../../src/agents/json.ts";
import { hostBackend } from "../../src/terminal/host/host-pty.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { openScriptPty } from "../fakes/script-pty.ts";
import { openTerminal } from "../fakes/terminal-use.ts";
import { neighbour } from "./door-project.ts";
import { BUNDLE, OWNER } from "./project.ts";

test("terminals of two projects are opened, listed, renamed, closed and cleaned from the command line", async (t) => {
  const runtime = await temporaryFolder(t);
  const [one, two] = await Promise.all([neighbour(t, runtime), neighbour(t, runtime)]);
  const said = async (words: string[], folder?: string): Promise<string> => {
    const { code, said: text } = await one.nanogent(words, folder);
    return `${code} ${text.replace(/\d+(\.\d)? s ago +/g, "now ")}`.trim();
  };
  assert.equal(await said(["list"]), "3 No bridge runs in this folder. Start it: nanogent start");
  assert.equal(
    await said(["list", "--all"]),
    "0 No bridge runs on this machine. In a project's folder: nanogent start",
  );
  const [bridge, other] = await Promise.all([one.start(), two.start()]);
  assert.equal(statSync(join(one.folder, ".nanogent", "control.sock")).mode & 0o777, 0o600);
  const within = join(one.folder, "src", "deep");
  mkdirSync(within, { recursive: true });
  assert.equal(await said(["list"]), "0 No terminal is open. Open one: nanogent spawn");
  assert.equal(
    await said(["spawn", "--id", "build", "sh", "-c", "pwd > here; exec cat"], within),
    "0 term-1",
  );
  assert.equal(await said(["spawn", "--", "exit 7"]), "0 term-2");
  assert.equal((await two.nanogent(["spawn", "--id", "other", "cat"])).said, "term-1\n");
  // What stands in a name, an id or a title is none of a shell, a path or a terminal.
  const table: [words: string[], said: string | RegExp][] = [
    [["spawn", "--id", "build"], "1 The name build is taken. Choose another one."],
    [["spawn", "--id", "../x"], /^1 A name has letters/],
    [["spawn", "--cwd", "no/such"], /^1 There is no folder .*no\/such\.$/],
    [
      ["spawn", "--docker", "db", "--cwd", "/"],
      /^1 Only on this machine can a folder to start in be chosen\.$/,
    ],
    [["spawn", "--host", "--ssh", "web"], "2 Say one place: --host, --ssh NAME or --docker NAME."],
    [["spawn", "--ssh", "no such"], /^1 ssh:no such is no place for a terminal\.$/],
    [["rename", "build", "$(touch ran)"], /^2 A name has letters/],
    [["rename", "build", "x".repeat(10_000)], /^2 A name has letters/],
    [["rename", "build", "🖥"], /^2 A name has letters/],
    [["rename", "build"], /^2 Say which one/],
    [["rename", "buil", "made"], "4 There is no such terminal. Those that are there: nanogent list"],
    [["close", "../../etc"], /^4 There is no such terminal\./],
    [["close", "a\nb"], /^4 There is no such terminal\./],
    [["close", ".."], /^4 There is no such terminal\./],
    [["cancel"], "4 Nothing is running."],
    [["cancel", "7"], "4 There is no such job. Those that are there: nanogent jobs"],
    [["jobs"], "0 Nothing is running and nothing waits."],
    [["attach", "build"], /^2 nanogent attach needs a terminal\./],
    [["attach", "--detach", "x"], /^2 The key to leave by is one with Ctrl/],
    [["rename", "build", "made"], "0"],
  ];
  for (const [words, expected] of table) {
    const got = await said(words);
    if (typeof expected === "string") assert.equal(got, expected, words.join(" ").slice(0, 80));
    else assert.match(got, expected, words.join(" ").slice(0, 80));
  }
  for (let list = ""; !list.includes("code 7"); list = await said(["list"])) await sleep(20);
  // How wide its columns are depends on how long ago there was output.
  assert.equal(
    (await said(["list"], within)).replace(/ +/g, " "),
    [
      "0 ID NAME STATE OUTPUT VIEWERS RUNS",
      "term-1 made running now 0 sh -c 'pwd > here; exec cat'",
      "term-2 ended: code 7 now 0 exit 7",
    ].join("\n"),
  );
  const { sessions } = JSON.parse((await one.nanogent(["list", "--json"])).stdout);
  const { id, name, where, command, state } = asObject(asList(sessions)[0]);
  assert.deepEqual([id, name, where, state], ["term-1", "made", "host", "running"]);
  assert.equal(command, "sh -c 'pwd > here; exec cat'");
  assert.ok(readdirSync(within).includes("here"));
  const all = JSON.parse((await one.nanogent(["list", "--all", "--json"], runtime)).stdout);
  const folders = asList(all.bridges).map((each) => asObject(each).folder);
  assert.deepEqual(folders, [one.folder, two.folder].sort());
  assert.match(
    await said(["list", "--all"], runtime),
    /\n {2}term-1 {2}other[\s\S]*exit 7|exit 7[\s\S]*\n {2}term-1 {2}other/,
  );
  assert.equal(await said(["close", "made"]), "0");
  assert.equal(await said(["clean"]), "0 term-1 term-2");
  assert.equal(await said(["clean"]), "0 None has ended.");
  // A killed one is in no list, and leaves nothing there.
  const entries = join(runtime, "nanogent", "bridges");
  await other.kill();
  assert.equal(readdirSync(entries).length, 2);
  assert.match(
    await said(["list", "--all"], runtime),
    new RegExp(`^0 [^\n]*${one.folder}\n {2}No terminal is open\\.$`),
  );
  assert.equal(readdirSync(entries).length, 1);
  assert.equal((await two.nanogent(["list"])).code, 3);
  rmSync(entries, { recursive: true });
  assert.equal(await said(["list"], within), "0 No terminal is open. Open one: nanogent spawn");
  assert.equal(await bridge.stop(), 0);
  assert.deepEqual(
    readdirSync(join(one.folder, ".nanogent")).filter((file) => file.endsWith(".sock")),
    [],
  );
  assert.equal(await said(["list"]), "3 No bridge runs in this folder. Start it: nanogent start");
});

test("jobs of the chat are listed and cancelled from the command line", async (t) => {
  const { api, nanogent, start } = await neighbour(t);
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  await start();
  api.say(ada, "sleep 1000");
  api.say(ada, "echo second");
  await api.waitFor(() => api.messages(ada).find(({ text }) => /Queued/.test(text)), { what: "the second" });
  const { said } = await nanogent(["jobs"]);
  assert.match(
    said,
    /^JOB +STATE +FOR +BY +PROMPT\n1 +working +\S+ s +Ada +sleep 1000\n2 +waiting +\S+ s +Ada +echo second\n$/,
  );
  assert.equal((await nanogent(["cancel", "#2"])).code, 0);
  assert.equal((await nanogent(["cancel"])).code, 0);
  await api.waitFor(() => api.messages(ada).find(({ text }) => /[Ss]topped|[Cc]ancelled/.test(text)), {
    what: "its end",
  });
  assert.equal((await nanogent(["jobs"])).said, "Nothing is running and nothing waits.\n");
});

test("--start starts the bridge so that it outlives the terminal, and says why when it does not come up", async (t) => {
  const { folder, env, nanogent, writeEnv, api } = await neighbour(t, undefined, { NANOGENT_PERSIST: "off" });
  const verb = `'${process.execPath}' '${BUNDLE}'`;
  const command = ["sh", "-c", `${verb} spawn --start --id a cat; exec cat`];
  const desk = await openTerminal({ ...hostBackend, open: openScriptPty }, { command, cwd: folder, env });
  await desk.see("term-1");
  const { pid } = JSON.parse((await nanogent(["list", "--all", "--json"])).stdout).bridges[0];
  t.after(() => process.kill(pid, "SIGKILL"));
  await desk.pty.kill();
  await desk.pty.exited;
  const list = await nanogent(["list"]);
  assert.match(list.said, /term-1 {2}a /);
  assert.equal((await nanogent(["spawn", "--start", "cat"])).said, "term-2\n");
  process.kill(pid, "SIGTERM");
  for (let code: number | null = 0; code === 0; code = (await nanogent(["list"])).code) await sleep(50);
  await writeEnv({ TELEGRAM_BOT_TOKEN: api.token, NANOGENT_AGENT: "nonsense" });
  const failed = await nanogent(["spawn", "--start", "cat"]);
  assert.equal(failed.code, 1);
  assert.match(
    failed.said,
    /^The bridge does not come up:\nThe configuration needs a correction:[\s\S]*NANOGENT_AGENT/,
  );
  rmSync(join(folder, ".env"));
  assert.deepEqual(
    (await nanogent(["spawn", "--start", "cat"])).said,
    "nanogent is not set up in this folder. Set it up: nanogent init\n",
  );
});
