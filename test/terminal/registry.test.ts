import assert from "node:assert/strict";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../../src/clock.ts";
import type { Log } from "../../src/log.ts";
import { inject } from "../../src/terminal/input/inject.ts";
import { statusOf } from "../../src/terminal/input/status.ts";
import { type Backend, BackendError, type Pty, type PtyExit } from "../../src/terminal/pty.ts";
import { type RegistryOptions, TerminalRegistry } from "../../src/terminal/registry.ts";
import type { HeldSession } from "../../src/terminal/terminal-session.ts";
import { within } from "../../src/within.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { commandOf, processesWhere } from "../fakes/processes.ts";
import { has, linesOf, shows } from "./held.ts";

const quiet: Log = { debug() {}, info() {}, warn() {}, error() {} };
const BASH = "PS1='$ ' exec bash --norc --noprofile";
const TMUX = { skip: !has("tmux") && "tmux is not installed" };

/** A registry of a folder, as each life of the bridge has one. */
async function life(
  t: TestContext,
  folder: string,
  settings: {
    persist?: "tmux" | "off";
    host?: boolean;
    elsewhere?: RegistryOptions["elsewhere"];
  } = {},
) {
  const ended: string[] = [];
  const state = join(folder, ".state");
  await mkdir(state, { recursive: true });
  const registry = new TerminalRegistry({
    folder,
    statePath: join(state, "terminals.json"),
    keptPath: join(state, "kept"),
    env: () => ({
      PATH: process.env.PATH,
      HOME: folder,
      SHELL: "/bin/bash",
      LANG: "C.UTF-8",
      TMUX_TMPDIR: state,
      TELEGRAM_BOT_TOKEN: "1:secret-token",
      COPY: "1:secret-token",
      QUOTED: "a'b\"c\n$HOME #{pane_id}",
      COLUMNS: "7",
    }),
    hidden: () => ["1:secret-token"],
    redact: (text) => text.replaceAll("hunter2-hunter2", "•"),
    persist: () => settings.persist ?? "off",
    allowsHost: () => settings.host ?? true,
    elsewhere:
      settings.elsewhere ??
      (async (where) => Promise.reject(new BackendError(`${where} is not built in here.`))),
    clock: systemClock,
    log: quiet,
    onEnd: async ({ session }) => ended.push(session.id),
    onBell() {},
  });
  await registry.restore();
  t.after(() => Promise.all(registry.open.map(({ session }) => session.close())));
  return { registry, ended };
}

const inFolder = (folder: string): string[] => processesWhere((cwd) => cwd === folder).map(commandOf);

async function nothingLeft(folder: string): Promise<void> {
  for (let tries = 0; inFolder(folder).length > 0 && tries < 60; tries++) await sleep(50);
  assert.deepEqual(inFolder(folder), []);
}

for (const persist of ["off", "tmux"] as const) {
  test(
    `${persist}: a program gets the environment without the bridge's own secrets, and tells how it ended`,
    persist === "tmux" ? TMUX : {},
    async (t) => {
      const folder = await temporaryFolder(t);
      const { registry, ended } = await life(t, folder, { persist });
      const asked = [
        "NANOGENT_SESSION",
        "TERM",
        "COLORTERM",
        "QUOTED",
        "TELEGRAM_BOT_TOKEN",
        "COPY",
        "COLUMNS",
        "TMUX",
        "TMUX_PANE",
        "SHELL",
      ];
      const command = `for name in ${asked.join(" ")}; do printf '%s=<%s>\\n' "$name" "\${!name-unset}"; done; stty size; pwd; exit 9`;
      const { session } = await registry.openSession({ command, columns: 90, rows: 30 });
      assert.deepEqual(await session.ended, { code: 9 });
      assert.deepEqual(linesOf(session.screen.terminal), [
        "NANOGENT_SESSION=<term-1>",
        "TERM=<xterm-256color>",
        "COLORTERM=<truecolor>",
        "QUOTED=<a'b\"c",
        "$HOME #{pane_id}>",
        ...["TELEGRAM_BOT_TOKEN", "COPY", "COLUMNS", "TMUX", "TMUX_PANE"].map((name) => `${name}=<unset>`),
        "SHELL=</bin/bash>",
        "30 90",
        folder,
      ]);
      assert.deepEqual(ended, ["term-1"]);
      await nothingLeft(folder);
    },
  );

  test(
    `${persist}: 20 writers give 20 lines, a large paste arrives, the size follows, and closing leaves nothing`,
    persist === "tmux" ? TMUX : {},
    async (t) => {
      const folder = await temporaryFolder(t);
      const { registry } = await life(t, folder, { persist });
      const { session } = await registry.openSession({
        command: "stty -echo -icanon; echo ready; (trap '' TERM HUP; cat > got) & wait; exec cat > got",
      });
      await shows(session, /^ready$/m);
      await session.resize(61, 17);
      await session.close();
      await nothingLeft(folder);
      assert.equal(session.exit?.reason, "It was closed.");
      const other = (await registry.openSession({ command: "stty raw -echo; stty size; exec cat > got" }))
        .session;
      await shows(other, /^24 80$/m);
      const lines = Array.from({ length: 20 }, (_, index) => `${index} é ${"x".repeat(3_000)}\n`);
      const paste = Buffer.from(Array.from({ length: 256 * 400 }, (_, index) => index % 256));
      await Promise.all([...lines.map((line) => other.write(Buffer.from(line))), other.write(paste)]);
      const got = join(folder, "got");
      const sent = Buffer.concat([Buffer.from(lines.join("")), paste]);
      for (let tries = 0; statSync(got).size < sent.length && tries < 200; tries++) await sleep(50);
      assert.ok(
        (await readFile(got)).equals(sent),
        `${statSync(got).size} of ${sent.length} bytes, or others`,
      );
    },
  );
}

test("failures 25, 26 and 32: ids are never given twice, names are exact, and neither is a path or a command", async (t) => {
  const folder = await temporaryFolder(t);
  const { registry } = await life(t, folder, TMUX.skip ? {} : { persist: "tmux" });
  const open = (name?: string) =>
    registry.openSession({ command: "exec cat", ...(name === undefined ? {} : { name }) });
  const first = await open("terminal-1");
  const tenth = await open("terminal-10");
  for (const bad of ["../../x", "a b", "$(touch ran)", "", "x".repeat(65), "é", "terminal-1", "term-7"])
    await assert.rejects(open(bad), /name/i, bad);
  for (const key of ["terminal", "terminal-", "term-", "term-1 ", "../term-1", "="])
    assert.equal(registry.find(key), undefined, key);
  assert.equal(registry.find("terminal-1"), first);
  assert.equal(registry.find("term-2"), tenth);
  await Promise.all(Array.from({ length: 9 }, () => open()));
  assert.ok(registry.find("term-10") && registry.find("term-11"));
  await first.session.close();
  assert.equal(registry.open.length, 10);
  await tenth.session.write(Buffer.from("alive\r"));
  await shows(tenth.session, /alive\nalive/);
  assert.equal((await open("terminal-1")).session.id, "term-12");
  const { registry: next } = await life(t, folder);
  assert.equal((await next.openSession({ command: "true" })).session.id, "term-13");
});

test("a terminal starts where it is told, is renamed as it could be named, and leaves the list when it has ended", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "src"));
  writeFileSync(join(folder, "file"), "");
  const { registry } = await life(t, folder);
  let changes = 0;
  registry.onChange(() => {
    changes += 1;
  });
  for (const cwd of ["no", "file", "\0", "x".repeat(10_000), `${"../".repeat(50)}no`])
    await assert.rejects(
      registry.openSession({ cwd }),
      /^BackendError: There is no folder /,
      cwd.slice(0, 20),
    );
  const inSource = await registry.openSession({ cwd: "src", command: "pwd; exec cat", name: "a" });
  const inRoot = await registry.openSession({ cwd: "/", command: "pwd; exec cat", name: "b" });
  await shows(inSource.session, new RegExp(`^${folder}/src$`, "m"));
  await shows(inRoot.session, /^\/$/m);
  for (const bad of ["b", "../x", "", "x".repeat(65), "term-2", "term-99", "$(ls)", "🖥"])
    assert.throws(
      () => registry.rename("term-1", bad),
      /^BackendError: (A name has|The name .* is taken)/,
      bad,
    );
  registry.rename("term-1", "made");
  registry.rename("term-1", "made");
  assert.deepEqual([registry.find("made"), registry.find("a")], [inSource, undefined]);
  const saved = JSON.parse(await readFile(join(folder, ".state", "terminals.json"), "utf8"));
  assert.deepEqual(
    saved.sessions.map(({ name, command }: Record<string, unknown>) => [name, command]),
    [
      ["made", "pwd; exec cat"],
      ["b", "pwd; exec cat"],
    ],
  );
  registry.rename("term-2", "term-2");
  registry.discard("term-1");
  assert.equal(registry.open.length, 2);
  await inSource.session.close();
  assert.throws(() => registry.rename("term-1", "late"), /It has ended/);
  assert.throws(() => registry.rename("term-9", "late"), /It has ended/);
  const before = changes;
  registry.discard("term-1");
  assert.deepEqual([registry.all.map(({ session }) => session.id), changes], [["term-2"], before + 1]);
});

test("there is a limit, the host backend can be off, and what is not built in is said", async (t) => {
  const folder = await temporaryFolder(t);
  const { registry } = await life(t, folder);
  const opened = await Promise.allSettled(
    Array.from({ length: 34 }, () => registry.openSession({ command: "exec cat" })),
  );
  assert.equal(opened.filter(({ status }) => status === "fulfilled").length, 32);
  await assert.rejects(registry.openSession({}), {
    name: "BackendError",
    message: "32 terminals are open, and more cannot be.",
  });
  const { registry: off } = await life(t, await temporaryFolder(t), { host: false });
  await assert.rejects(off.openSession({}), /NANOGENT_HOST_TERMINAL=off/);
});

test(
  "with tmux a restart finds a session with its screen, its modes and its history; what ended meanwhile is told",
  TMUX,
  async (t) => {
    const folder = await temporaryFolder(t);
    const first = await life(t, folder, { persist: "tmux" });
    const shell = (await first.registry.openSession({ command: BASH, name: "shell", columns: 70, rows: 20 }))
      .session;
    const full = (
      await first.registry.openSession({
        command:
          "seq 1 100; printf '\\033[?1049h\\033[?1h\\033[?1002h\\033[?1006h\\033[?25l\\033[2J\\033[3;5H\\033[1;32mfull 日本\\033[m\\033[5;2H'; exec cat",
      })
    ).session;
    const short = (await first.registry.openSession({ command: "sleep 1; echo last words; exit 5" })).session;
    await shells(shell, "seq 1 200; echo 'wide 日本 é' $'\\e[31mred'", /wide/);
    await shows(full, /full 日本/);
    const before = [linesOf(shell.screen.terminal), linesOf(full.screen.terminal)];
    const position = shell.position;
    await first.registry.stop();
    await sleep(1_500);

    const second = await life(t, folder, { persist: "tmux" });
    const again = (key: string): HeldSession => {
      const found = second.registry.find(key)?.session;
      assert.ok(found, key);
      return found;
    };
    const [shell2, full2] = [again("shell"), again(full.id)];
    await Promise.all([shell2.screen.settled(), full2.screen.settled()]);
    assert.deepEqual([linesOf(shell2.screen.terminal), linesOf(full2.screen.terminal)], before);
    assert.deepEqual([shell2.columns, shell2.rows, shell2.id], [70, 20, "term-1"]);
    const { active } = full2.screen.terminal.buffer;
    assert.deepEqual([active.type, active.cursorX, active.cursorY], ["alternate", 1, 4]);
    const { applicationCursorKeysMode, mouseTrackingMode } = full2.screen.terminal.modes;
    assert.deepEqual(
      [applicationCursorKeysMode, mouseTrackingMode, full2.screen.cursorHidden],
      [true, "drag", true],
    );
    const cell = active.getLine(2)?.getCell(4);
    assert.deepEqual([cell?.getChars(), cell?.getFgColor(), Boolean(cell?.isBold())], ["f", 2, true]);
    assert.equal(shell2.since(position), undefined, "places of an earlier life mean nothing");
    assert.deepEqual(await again(short.id).ended, { code: 5 });
    assert.match(linesOf(again(short.id).screen.terminal).join("\n"), /^last words$/m);
    assert.deepEqual(second.ended, ["term-3"]);
    await shells(shell2, "echo still $NANOGENT_SESSION", /^still term-1$/m);
    await full2.close();
    await shell2.write(Buffer.from("exit 4\r"));
    assert.deepEqual(await shell2.ended, { code: 4 });
    await nothingLeft(folder);
  },
);

async function shells(session: HeldSession, command: string, what: RegExp): Promise<void> {
  await session.write(Buffer.from(`${command}\r`));
  await shows(session, what);
  await shows(session, /\n\$ $/);
}

test(
  "a session whose tmux was ended from elsewhere is told as gone; a state that cannot be read harms nothing",
  TMUX,
  async (t) => {
    const folder = await temporaryFolder(t);
    const { registry } = await life(t, folder, { persist: "tmux" });
    const { session } = await registry.openSession({ command: "exec sleep 1000" });
    // The wrapper goes to the folder before it starts the program.
    const wrapper = () =>
      processesWhere((cwd) => cwd === folder).find((each) => commandOf(each).startsWith("/bin/sh -c"));
    let pid = wrapper();
    for (; pid === undefined; pid = wrapper()) await sleep(10);
    process.kill(pid, "SIGKILL");
    assert.deepEqual(await session.ended, {
      code: undefined,
      reason: "Its tmux session is gone.",
      lost: true,
    });
    await registry.stop();
    const cases = [
      "",
      "null",
      "[]",
      '{"last":"x","sessions":[{"id":"../x"}]}',
      '{"sessions":[{"id":"term-3","name":"a","mark":"$(x)"}]}',
      '{"sessions":[],"ended":7}',
      '{"sessions":[],"ended":[null,{"id":"term-1","name":"a","where":"host","endedAt":1,"command":["x"]}]}',
    ];
    for (const text of cases) {
      writeFileSync(join(folder, ".state", "terminals.json"), text);
      const { registry: next } = await life(t, folder);
      assert.deepEqual(next.all, [], text);
      assert.equal(await next.openAgain("term-1"), "unknown", text);
    }
  },
);

test("a bridge that is killed while it takes sessions over loses none of them", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, ".state", "terminals.json");
  await mkdir(join(folder, ".state"));
  const record = (number: number, where: string, persists: boolean) => ({
    ...{ id: `term-${number}`, name: `term-${number}`, label: where, where, createdAt: 1 },
    ...{ mark: `none-${process.pid}-${number}`, persists },
  });
  const sessions = [record(1, "host", false), record(2, "ssh:web", true), record(3, "host", false)];
  writeFileSync(path, JSON.stringify({ last: 3, sessions }));
  const ids = (list: readonly { id: string }[]) => list.map(({ id }) => id);
  let between: string[] = [];
  const { registry, ended } = await life(t, folder, {
    async elsewhere() {
      const read = () => JSON.parse(readFileSync(path, "utf8"));
      while (ids(read().ended ?? [])[0] !== "term-1") await sleep(10);
      between = ids(read().sessions);
      throw new BackendError("It is gone.");
    },
  });
  assert.deepEqual(between, ["term-2", "term-3"]);
  for (const { session } of registry.all) await session.ended;
  assert.deepEqual(ended, ["term-1", "term-2", "term-3"]);
  assert.deepEqual(
    registry.all.map(({ session }) => session.exit?.lost),
    [undefined, true, undefined],
  );
});
for (const persist of ["off", "tmux"] as const) {
  test(
    `${persist}: what is injected arrives, and it is known who has the keys`,
    persist === "tmux" ? TMUX : process.platform === "linux" ? {} : { skip: "Linux" },
    async (t) => {
      const folder = await temporaryFolder(t);
      const { registry } = await life(t, folder, { persist });
      const { session } = await registry.openSession({ command: BASH });
      await shows(session, /\$ $/);
      assert.deepEqual(await statusOf(session), { state: "idle", evidence: "bash waits at its prompt." });
      const text = "for each in a b\ndo echo got $each\ndone; sleep 60";
      assert.deepEqual(await inject(session, { text, submit: "yes" }), {
        confirmed: true,
        how: "left-the-input",
      });
      await shows(session, /^got a\ngot b/m);
      const { state, evidence } = await statusOf(session);
      assert.equal(state, "working");
      assert.match(evidence, /^sleep runs in the foreground|^It printed/);
    },
  );
}

test("a secret in a command is neither in a label nor on disk, and the program gets it", async (t) => {
  const folder = await temporaryFolder(t);
  const { registry } = await life(t, folder);
  const { session } = await registry.openSession({ command: "echo hunter2-hunter2 | wc -c" });
  await session.ended;
  const text = readFileSync(join(folder, ".state", "terminals.json"), "utf8");
  assert.deepEqual([session.label, linesOf(session.screen.terminal)], ["echo • | wc -c", ["16"]]);
  assert.doesNotMatch(text, /hunter2/);
  await assert.rejects(registry.openAgain("term-1"), /held a secret/);
  const { registry: next } = await life(t, folder);
  await assert.rejects(next.openAgain("term-1"), /held a secret/);
});

function gate<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((...of) => {
    [resolve, reject] = of;
  });
  return { promise, resolve, reject };
}

/** A place whose one terminal opens, and ends, when the test says so. */
function slowPlace() {
  const opening = gate<void>();
  const exited = gate<PtyExit>();
  let onLeave = (): void => {};
  const pty: Pty = {
    pid: undefined,
    write: async () => {},
    resize: async () => {},
    kill: async () => exited.resolve({ code: undefined, reason: "It was closed." }),
    leave: async () => onLeave(),
    exited: exited.promise,
  };
  const backend: Backend = {
    name: "ssh",
    open: () => opening.promise.then(() => pty),
    canKeep: async () => true,
    takeOver: ({ pty: left }) => left,
  };
  return {
    ...{ backend, opening, exited },
    onLeave: (then: () => void) => {
      onLeave = then;
    },
  };
}

test("a terminal that is still being opened can be closed, whether it opens or not", async (t) => {
  for (const opens of [true, false]) {
    const { backend, opening } = slowPlace();
    const { registry, ended } = await life(t, await temporaryFolder(t), { elsewhere: async () => backend });
    const asked = registry.openSession({ where: { kind: "ssh", name: "web" } });
    while (registry.all.length === 0) await sleep(1);
    const session = registry.all[0]?.session;
    assert.ok(session);
    const closed = session.close();
    if (opens) opening.resolve();
    else opening.reject(new BackendError("web: nothing answers."));
    const outcome = await asked.then(() => "open", String);
    assert.ok(await within(closed, 5_000), "it is closed");
    assert.equal(session.exit?.reason, opens ? "It was closed." : "It could not be opened.");
    assert.equal(outcome, opens ? "open" : "BackendError: web: nothing answers.");
    assert.deepEqual([registry.open, ended], [[], opens ? ["term-1"] : []]);
  }
});

test("how a terminal ends while the bridge does is told by the next one", TMUX, async (t) => {
  const folder = await temporaryFolder(t);
  const { backend, opening, exited, onLeave } = slowPlace();
  opening.resolve();
  const settings = { persist: "tmux", elsewhere: async () => backend } as const;
  const { registry, ended } = await life(t, folder, settings);
  const { session } = await registry.openSession({ where: { kind: "ssh", name: "web" } });
  onLeave(() => exited.resolve({ code: 3 }));
  await registry.stop();
  assert.deepEqual([session.exit, ended], [{ code: 3 }, []]);
  const next = await life(t, folder, settings);
  assert.deepEqual(await next.registry.all[0]?.session.ended, { code: 3 });
  assert.deepEqual(next.ended, ["term-1"]);
});

test(
  "what runs in tmux and is on no list any more is found again, and its number is not given a second time",
  TMUX,
  async (t) => {
    const folder = await temporaryFolder(t);
    const first = await life(t, folder, { persist: "tmux" });
    await first.registry.openSession({ command: BASH, name: "lost" });
    await shows(first.registry.open[0]?.session as HeldSession, /\$/);
    const list = join(folder, ".state", "terminals.json");
    rmSync(list);
    first.registry.rewrite();
    assert.match(readFileSync(list, "utf8"), /"name": "lost"/);
    await first.registry.stop();
    rmSync(list);
    const { registry } = await life(t, folder, { persist: "tmux" });
    const [known] = registry.open;
    assert.deepEqual([known?.record.id, known?.record.label], ["term-1", "bash (found again)"]);
    assert.match(readFileSync(list, "utf8"), /"id": "term-1"/);
    const session = known?.session as HeldSession;
    await session.write(Buffer.from("echo is $((40 + 2))\r"));
    await shows(session, /^is 42$/m);
    assert.equal((await registry.openSession({ command: BASH })).record.id, "term-2");
    await Promise.all(registry.open.map((each) => each.session.close()));
    await nothingLeft(folder);
  },
);
