import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import test, { type TestContext } from "node:test";
import { BUNDLE, OWNER, project, run } from "../e2e/project.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { connectProxy } from "../telegram/servers.ts";

interface Check {
  readonly name: string;
  readonly state: string;
  readonly words: string;
  readonly fix?: string;
}

/** Nothing of this machine's git, and no repository above the folder. */
const GIT = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", GIT_CEILING_DIRECTORIES: "/tmp" };
const SHELL = { TELEGRAM_ALLOWED_USER_IDS: String(OWNER), NANOGENT_AGENT: "shell" };

async function doctor(folder: string, flags: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const called = run(["doctor", ...flags], folder, { ...GIT, ...env });
  const { code } = await called.exited;
  return { code, output: called.output() };
}

async function checks(folder: string, env: Readonly<Record<string, string>> = {}) {
  const { code, output } = await doctor(folder, ["--json"], env);
  const found = (JSON.parse(output) as { checks: Check[] }).checks;
  const states = (...names: string[]) =>
    found.filter(({ name }) => names.includes(name)).map(({ name, state }) => `${name} ${state}`);
  return { code, found, output, states };
}

/** A project that is as it should be, in a repository of its own. */
async function healthy(t: TestContext) {
  const home = await project(t, { env: SHELL });
  chmodSync(join(home.folder, ".env"), 0o600);
  writeFileSync(join(home.folder, ".gitignore"), ".env\n.nanogent/\n");
  const git = (...args: string[]) => execFileSync("git", args, { cwd: home.folder, stdio: "pipe" });
  git("init", "-q");
  git("add", ".");
  git("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-qm", "first");
  return home;
}

test("where all is well it says so line by line, ends with 0 and leaves nothing behind", async (t) => {
  const { folder, api } = await healthy(t);
  const before = readdirSync(folder);
  const { code, output } = await doctor(folder, [], { SHELL: "/bin/sh" });
  assert.equal(code, 0, output);
  assert.deepEqual(output.replace(/[\d.]+ GB/, "9 GB").split("\n"), [
    `✔ node     Node ${process.versions.node}`,
    "✔ .env     The settings make sense.",
    "✔ proxy    None is set.",
    `✔ token    The bot is @${api.bot.username}.`,
    "✔ webhook  None is set.",
    "✔ clock    It agrees with Telegram's to a minute.",
    "✔ agent    shell: /bin/sh",
    "✔ git      Everything here is committed.",
    "✔ disk     9 GB are free.",
    "✔ files    There is no .nanogent yet; the first start makes it.",
    "✔ bridge   It does not run. Start it with: node nanogent.mjs",
    "– page     It is served while the bridge runs.",
    "",
    "Nothing is wrong.",
    "",
  ]);
  assert.deepEqual(readdirSync(folder), before);
  assert.deepEqual(api.violations, []);
  assert.deepEqual(api.calls("deleteWebhook"), []);
});

test("beside a running bridge it disturbs nothing, and says that it runs", async (t) => {
  const { folder, start } = await healthy(t);
  const bridge = await start();
  const { code, found } = await checks(folder);
  assert.equal(code, 0);
  const words = (name: string) => found.find((each) => each.name === name)?.words ?? "";
  assert.match(words("bridge"), new RegExp(`^nanogent \\d+\\.\\d+\\.\\d+ runs: pid ${bridge.pid}, up `));
  assert.match(words("files"), /^\.nanogent and all in it can be read by you only\.$/);
  assert.doesNotMatch(bridge.output(), /getUpdates|trouble/);
  await bridge.kill();
  assert.match(
    (await checks(folder)).found.find(({ name }) => name === "bridge")?.words ?? "",
    /lock of one that is gone/,
  );
});

test("--fix mends what is safe to mend, once, and looks again", async (t) => {
  const { folder, api } = await project(t, { env: SHELL });
  execFileSync("git", ["init", "-q"], { cwd: folder });
  chmodSync(join(folder, ".env"), 0o644);
  mkdirSync(join(folder, ".nanogent"));
  writeFileSync(join(folder, ".nanogent", "other.jsonl"), "");
  chmodSync(join(folder, ".nanogent"), 0o755);
  chmodSync(join(folder, ".nanogent", "other.jsonl"), 0o644);
  api.privateChat(OWNER);
  api.setWebhook("https://hooks.example.org/x");
  api.say(OWNER, "hello");
  const sick = await checks(folder);
  assert.equal(sick.code, 1);
  assert.deepEqual(sick.states(".env", "webhook", "git", "files"), [
    ".env warning",
    "webhook fail",
    "git warning",
    "git warning",
    "files fail",
  ]);
  const { code, output } = await doctor(folder, ["--fix"]);
  assert.equal(code, 0, output);
  assert.deepEqual(output.split("\n").slice(0, 5), [
    "Made .env readable by you only.",
    "Removed the webhook; the updates that wait are kept.",
    "Added .env and .nanogent/ to .gitignore.",
    "Made 2 files and folders in .nanogent readable by you only.",
    "",
  ]);
  assert.equal(statSync(join(folder, ".env")).mode & 0o777, 0o600);
  assert.equal(readFileSync(join(folder, ".gitignore"), "utf8"), ".env\n.nanogent/\n");
  assert.equal(api.pending.length, 1);
  const again = await doctor(folder, ["--fix", "--json"]);
  assert.deepEqual(JSON.parse(again.output).mended, []);
  assert.deepEqual(api.violations, []);
});

test("it works where nothing else does, and shows no secret", async (t) => {
  const secret = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
  const proxy = await connectProxy(t, "ada:other");
  const folder = await temporaryFolder(t);
  const lines = [
    `TELEGRAM_BOT_TOKEN=1:${secret}`,
    "TELEGRAM_API_ROOT=https://127.0.0.1:1",
    `HTTPS_PROXY=http://ada:sesame-open@127.0.0.1:${proxy.port}`,
    `nonsense ${secret}`,
    `NANOGENT_LOG=${secret}`,
    "NANOGENT_CLAUDE=./claude",
  ];
  writeFileSync(join(folder, ".env"), lines.join("\n"), { mode: 0o600 });
  // It tells of the token, as an error of a program might.
  writeFileSync(join(folder, "claude"), `#!/bin/sh\necho 'no ${secret}' >&2\nexit 1\n`, { mode: 0o755 });
  for (const flags of [[], ["--json"], ["--fix"]]) {
    const { code, output } = await doctor(folder, flags, { IS_SANDBOX: "1" });
    assert.equal(code, 1);
    for (const hidden of [secret, "sesame"]) assert.ok(!output.includes(hidden), output);
  }
  const { found, states } = await checks(folder, { IS_SANDBOX: "1" });
  assert.deepEqual(states(".env", "proxy", "token", "webhook", "clock", "agent"), [
    ".env fail",
    ".env fail",
    "proxy fail",
    "token fail",
    "webhook skipped",
    "clock skipped",
    "agent fail",
  ]);
  assert.match(found.find(({ name }) => name === "agent")?.words ?? "", /does not run: no •+$/);
});

test("an empty folder, and a .env that is none", async (t) => {
  const folder = await temporaryFolder(t);
  const env = { TELEGRAM_API_ROOT: "http://127.0.0.1:1", NANOGENT_AGENT: "shell" };
  const empty = await checks(folder, env);
  assert.deepEqual(
    empty.found.filter(({ state }) => state === "fail").map(({ name, fix }) => [name, fix?.slice(0, 14)]),
    [[".env", "Ask @BotFather"]],
  );
  assert.deepEqual(readdirSync(folder), []);
  mkdirSync(join(folder, ".env"));
  const { states, code } = await checks(folder, env);
  assert.equal(code, 1);
  assert.deepEqual(states(".env", "proxy", "token", "agent"), [
    ".env fail",
    "proxy skipped",
    "token skipped",
    "agent skipped",
  ]);
  assert.equal(existsSync(join(folder, ".nanogent")), false);
});

test("modes that lock out the owner himself are told, and mended", async (t) => {
  const folder = await temporaryFolder(t);
  const state = join(folder, ".nanogent");
  writeFileSync(join(folder, ".env"), "NANOGENT_AGENT=shell\n");
  mkdirSync(state);
  for (const path of [join(folder, ".env"), state]) chmodSync(path, 0o000);
  // To the superuser nothing is closed, so somebody else runs it, with a copy that he may read.
  const other = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const copy = join(await temporaryFolder(t), "nanogent.mjs");
  copyFileSync(BUNDLE, copy);
  chmodSync(dirname(copy), 0o755);
  if (other.uid) for (const path of [folder, state, join(folder, ".env")]) chownSync(path, other.uid, 65_534);
  const env = { PATH: process.env.PATH, ...GIT, TELEGRAM_API_ROOT: "http://127.0.0.1:1" };
  const call = (...words: string[]) =>
    spawnSync(process.execPath, [copy, "doctor", ...words], { cwd: folder, encoding: "utf8", env, ...other });
  const { stdout } = call();
  for (const line of [
    /✖ \.env +The file \(\.env\) cannot be read \(EACCES\)\./,
    /✖ disk +nanogent may not write to .*\.nanogent/,
    /✖ files +\.nanogent cannot be read by you\.\n +→ Open it for yourself: nanogent doctor --fix/,
    /– bridge +The state folder cannot be read \(EACCES\)\./,
  ]) {
    assert.match(stdout, line);
  }
  const mended = call("--fix").stdout;
  assert.match(mended, /^Made \.env readable by you only\.\nMade 1 file or folder in \.nanogent readable/);
  assert.match(mended, /✔ files /);
  assert.match(mended, /✖ \.env +TELEGRAM_BOT_TOKEN \(\.env\) is not set\./);
});
