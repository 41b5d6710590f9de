import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { shellAgent } from "../../../src/agents/shell/shell.ts";
import { failureOf, inFolder, isGone, keepLog, pidIn, watch } from "../turns.ts";

const SHELLS = ["/bin/sh", "/bin/bash", "/bin/dash", "/bin/zsh"].filter(existsSync);
const ENV = { PATH: process.env.PATH };

function agentWith(shell: string | undefined, env: NodeJS.ProcessEnv = ENV) {
  return shellAgent({ env, secrets: ["secret"], log: keepLog(), ...(shell && { shell }) });
}

async function run(cwd: string, prompt: string, shell?: string, env?: NodeJS.ProcessEnv) {
  const watched = watch(agentWith(shell, env), { cwd, prompt });
  const last = await watched.end();
  return { text: watched.text(), code: last.kind === "done" ? last.usage.exitCode : last.kind };
}

const COMMANDS: [command: string, text: string, code?: number][] = [
  ["echo hello", "hello\n"],
  ["echo one; echo two >&2; echo three", "one\ntwo\nthree\n"],
  ["exit 3", "", 3],
  ["false", "", 1],
  ["sh -c 'exit 9'", "", 9],
  ["read line; echo \"got '$line'\"; cat; echo end", "got ''\nend\n"],
  ["cat <<'EOF'\n$HOME `x` \\\nEOF\necho after", "$HOME `x` \\\nafter\n"],
  ["x='a b'; printf '%s\\n' \"$x\" 'quo\"tes'", 'a b\nquo"tes\n'],
  ["f() { echo in f; }\nf", "in f\n"],
  ["echo a && \\\n  echo b\n\n", "a\nb\n"],
  ["printf '\\033[31mred\\033[0m 10%%\\r20%%\\r\\n'", "red 10%\n20%\n"],
  ["# only a comment", ""],
  ["", ""],
];

test("a command's output and exit code", async () => {
  for (const shell of SHELLS) {
    await inFolder(async (dir) => {
      for (const [command, text, code = 0] of COMMANDS) {
        assert.deepEqual(await run(dir, command, shell), { text, code }, `${shell}: ${command}`);
      }
    });
  }
});

test("an unknown command is told by the shell, without the words of the launcher", () =>
  inFolder(async (dir) => {
    for (const shell of SHELLS) {
      const { text, code } = await run(dir, "nanogent-no-such-command", shell);
      assert.equal(code, 127);
      assert.match(text, /not found/);
      assert.doesNotMatch(text, /nanogent_command|exec/);
    }
  }));

test("failure 16: a command that begins with a dash, and one over 128 KiB", () =>
  inFolder(async (dir) => {
    for (const shell of SHELLS) {
      assert.equal((await run(dir, "-e", shell)).code, 127);
      assert.equal((await run(dir, "--version", shell)).code, 127);
      const long = `${": ".padEnd(300_000, "x")}\necho "${"글".repeat(1_000)}"`;
      assert.deepEqual(await run(dir, long, shell), { text: `${"글".repeat(1_000)}\n`, code: 0 });
      assert.deepEqual(await run(dir, "echo a\0b", shell), { text: "ab\n", code: 0 });
    }
  }));

test("failure 5: output cut inside a character is put together", () =>
  inFolder(async (dir) => {
    const script = "for (const byte of Buffer.from('한글 é\\n')) fs.writeSync(1, Buffer.of(byte))";
    assert.equal((await run(dir, `"${process.execPath}" -e "${script}"`)).text, "한글 é\n");
  }));

test("failure 21: the command does not show in the list of processes, and leaves no file", () =>
  inFolder(async (dir) => {
    const before = await readdir(tmpdir());
    const { text } = await run(dir, "x=very-private; ps -axo args; echo $x > /dev/null; ls -A");
    assert.match(text, /ps -axo args/);
    assert.doesNotMatch(text, /very-private/);
    const mine = (await readdir(tmpdir())).filter(
      (name) => !before.includes(name) && name.includes("command"),
    );
    assert.deepEqual(mine, []);
  }));

test("the shell: the user's, when it can be used, else /bin/sh", () =>
  inFolder(async (dir) => {
    const odd = join(dir, "nu");
    await writeFile(odd, '#!/bin/sh\necho "odd shell: $1 $2"\n', { mode: 0o755 });
    const plain = join(dir, "plain");
    await writeFile(plain, "", { mode: 0o644 });
    const cases: [shell: string | undefined, text: string][] = [
      [undefined, "sh"],
      ["", "sh"],
      ["bash", "sh"],
      [join(dir, "missing"), "sh"],
      [plain, "sh"],
      [odd, "odd shell: -c echo sh"],
    ];
    for (const [shell, text] of cases) {
      const env = { ...ENV, ...(shell !== undefined && { SHELL: shell }) };
      assert.equal((await run(dir, "echo sh", undefined, env)).text, `${text}\n`, shell);
    }
    assert.equal((await run(dir, "echo sh", odd)).text, "odd shell: -c echo sh\n");
  }));

test("runs in the folder, without secrets", () =>
  inFolder(async (dir) => {
    const env = { ...ENV, TELEGRAM_BOT_TOKEN: "1:x", KEY: "secret" };
    assert.equal((await run(dir, 'echo "$PWD|$KEY|$TELEGRAM_BOT_TOKEN"', undefined, env)).text, `${dir}||\n`);
  }));

test("however the bridge was started, a shell's start-up file for terminals is not read", () =>
  inFolder(async (dir) => {
    await writeFile(join(dir, ".bashrc"), "echo greeting; read -r line; cd /\n");
    for (const shell of SHELLS) {
      for (const level of [{}, { SHLVL: "0" }, { SHLVL: "1" }]) {
        const env = { ...ENV, HOME: dir, ...level };
        assert.deepEqual(await run(dir, "echo first\npwd", shell, env), { text: `first\n${dir}\n`, code: 0 });
      }
    }
  }));

test("output comes while the command runs", () =>
  inFolder(async (dir) => {
    const prompt = "echo first; while [ ! -e go ]; do sleep 0.01; done; echo second";
    const watched = watch(agentWith(undefined), { cwd: dir, prompt });
    assert.equal((await watched.until("text")).delta, "first\n");
    await writeFile(join(dir, "go"), "");
    await watched.end();
    assert.equal(watched.text(), "first\nsecond\n");
  }));

test("a shell that is killed, or cannot be started, is a failure", () =>
  inFolder(async (dir) => {
    const killed = await failureOf(watch(agentWith(undefined), { cwd: dir, prompt: "echo x; kill -9 $$" }));
    assert.equal(killed.code, "crashed");
    assert.match(killed.message, /SIGKILL/);
    const away = await failureOf(watch(agentWith(undefined), { cwd: join(dir, "missing"), prompt: "true" }));
    assert.equal(away.code, "config");
  }));

test("failure 12: cancelling ends everything that the command has started", () =>
  inFolder(async (dir) => {
    const prompt = "setsid sleep 600 & echo $! > far; sleep 600 & echo $! > near; echo up; wait";
    const watched = watch(agentWith(undefined), { cwd: dir, prompt });
    await watched.until("text");
    const pids = [await pidIn(join(dir, "far")), await pidIn(join(dir, "near"))];
    await watched.turn.cancel();
    assert.equal((await watched.end()).kind, "cancelled");
    assert.deepEqual(pids.map(isGone), [true, true]);
  }));

test("failure 12: what a command leaves in the background ends with the turn", () =>
  inFolder(async (dir) => {
    const { text, code } = await run(dir, "sleep 600 & echo $! > pid; sleep 600 >/dev/null 2>&1 & echo said");
    assert.deepEqual({ text, code }, { text: "said\n", code: 0 });
    assert.ok(isGone(await pidIn(join(dir, "pid"))));
    for (const [prompt, leftBehind] of [
      ["sleep 600 & setsid sleep 600 >/dev/null 2>&1 & echo said", 2],
      ["sleep 0.1 & wait; echo said | cat", undefined],
    ] as const) {
      const last = await watch(agentWith(undefined), { cwd: dir, prompt }).end();
      assert.equal(last.kind === "done" ? last.usage.leftBehind : "failed", leftBehind, prompt);
    }
  }));

test("it has no slash commands", async () => {
  assert.deepEqual(await agentWith(undefined).slashCommands("/"), []);
});
