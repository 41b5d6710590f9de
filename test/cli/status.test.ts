import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { OWNER, project, run } from "../e2e/project.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { jobOf, linesOf } from "../records.ts";

/** `nanogent status` in a folder: its exit code and what it says. */
async function statusOf(folder: string): Promise<{ code: number | null; output: string }> {
  const status = run(["status"], folder);
  const { code } = await status.exited;
  return { code, output: status.output() };
}

test("where nothing runs it says so with 1, and leaves nothing behind", async (t) => {
  const folder = await temporaryFolder(t);
  assert.deepEqual(await statusOf(folder), {
    code: 1,
    output:
      "nanogent does not run in this folder. Start it with: node nanogent.mjs\nNothing is running and nothing waits.\n",
  });
  assert.equal(existsSync(join(folder, ".nanogent")), false);
});

test("it tells what waits for the next start, without terminal sequences in it", async (t) => {
  const folder = await temporaryFolder(t);
  mkdirSync(join(folder, ".nanogent"));
  writeFileSync(
    join(folder, ".nanogent", "journal.jsonl"),
    linesOf([
      { k: "session", conversation: "7", agent: "claude", sessionId: "s-1" },
      { k: "queued", job: jobOf("1-a", 1, [], "clear\x1b[2J\nit") },
      { k: "queued", job: jobOf("2-b", 2, [], "later") },
      { k: "started", id: "1-a" },
    ]),
  );
  const { code, output } = await statusOf(folder);
  assert.equal(code, 1);
  assert.deepEqual(output.trimEnd().split("\n").slice(1), [
    "Session of claude in chat 7: s-1",
    "started: #1 clear it (Ada)",
    "queued: #2 later (Ada)",
  ]);
});

test("it tells how many terminals are open; without the bridge, those that go on in tmux", async (t) => {
  const { start, folder } = await project(t);
  const bridge = await start();
  // It has looked for terminals of an earlier life by then.
  const door = join(folder, ".nanogent", "control.sock");
  while (!existsSync(door)) await sleep(20);
  const list = join(folder, ".nanogent", "terminals.json");
  const put = (...sessions: object[]): void => {
    const one = { name: "a", label: "sh", where: "host", createdAt: 1, mark: "m", persists: false };
    const all = sessions.map((each, index) => ({ ...one, id: `term-${index + 1}`, ...each }));
    writeFileSync(list, JSON.stringify({ last: all.length, sessions: all, ended: [] }));
  };
  const last = async (): Promise<string | undefined> =>
    (await statusOf(folder)).output.trimEnd().split("\n").at(-1);
  put({ exit: { code: 0 } });
  assert.equal(await last(), "Nothing is running and nothing waits.");
  put({}, { persists: true }, { exit: { code: 0 } });
  assert.equal(await last(), "2 terminals are open.");
  await bridge.kill();
  assert.equal(await last(), "1 terminal is open in tmux.");
});

test("a state that is not nanogent's own is told of as at a start", async (t) => {
  const cases: [lay: (state: string) => void, fault: RegExp][] = [
    [(state) => writeFileSync(state, ""), /\.nanogent is not a plain folder\. .*move it away/],
    [
      (state) => mkdirSync(join(state, "lock.json"), { recursive: true }),
      /lock\.json is not a plain file\. /,
    ],
  ];
  for (const [lay, fault] of cases) {
    const folder = await temporaryFolder(t);
    lay(join(folder, ".nanogent"));
    const { code, output } = await statusOf(folder);
    assert.equal(code, 1);
    assert.match(output, fault);
    assert.ok(!/EISDIR|ENOTDIR/.test(output), output);
  }
});

test("it tells of a running bridge and its jobs, without disturbing it; afterwards that it is gone", async (t) => {
  const { api, start, folder } = await project(t);
  const chat = api.privateChat(OWNER, { firstName: "Ada" });
  const bridge = await start();
  const idle = await statusOf(folder);
  assert.equal(idle.code, 0);
  assert.match(
    idle.output,
    new RegExp(`^nanogent \\d+\\.\\d+\\.\\d+ runs here: pid ${bridge.pid}, up [\\d.]+ s\\.\n`),
  );
  assert.match(idle.output, /\nNothing is running and nothing waits\.\n$/);
  api.say(chat, "echo began; while [ ! -e end ]; do sleep 0.05; done");
  await api.waitFor(() => api.messages(chat).some(({ text }) => /^began\n/.test(text)), { what: "the job" });
  api.say(chat, "echo second");
  await api.waitFor(
    () => api.messages(chat).some(({ from, text }) => from === "bot" && /Queued/.test(text)),
    {
      what: "the notice that it waits",
    },
  );
  const busy = await statusOf(folder);
  assert.equal(busy.code, 0);
  assert.match(busy.output, /\nstarted: #1 echo began; .* \(Ada\)\nqueued: #2 echo second \(Ada\)\n$/);
  const second = run(["start"], folder);
  assert.equal((await second.exited).code, 1);
  assert.match(second.output(), new RegExp(`already runs in ${folder} \\(pid ${bridge.pid}\\)`));
  writeFileSync(join(folder, "end"), "");
  await api.waitFor(() => api.messages(chat).some(({ text }) => /^second\n/.test(text)), {
    what: "the second job",
  });
  assert.equal(await bridge.stop(), 0);
  assert.equal((await statusOf(folder)).code, 1);
});

test("a bridge that was killed does not run, whatever its lock says", async (t) => {
  const { start, folder } = await project(t);
  const bridge = await start();
  await bridge.kill();
  assert.equal(existsSync(join(folder, ".nanogent", "lock.json")), true);
  assert.equal((await statusOf(folder)).code, 1);
});
