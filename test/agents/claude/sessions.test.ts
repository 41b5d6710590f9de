import assert from "node:assert/strict";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { claudeSessions } from "../../../src/agents/claude/sessions.ts";
import type { TranscriptEntry } from "../../../src/agents/sessions.ts";
import { silentLog } from "../../../src/log.ts";
import {
  assistant,
  sessionId,
  sessionPath,
  title,
  toolResult,
  user,
  writeSession,
} from "../../fakes/claude-session.ts";
import { temporaryFolder } from "../../fakes/folder.ts";

const AT = 1_700_000_000;

async function stage(t: TestContext, name = "project") {
  const home = await temporaryFolder(t);
  const cwd = join(home, name);
  await mkdir(cwd, { recursive: true });
  const env = { HOME: home };
  const sessions = claudeSessions({ binary: "none", args: [], env, secrets: [], log: silentLog });
  const write = (number: number, lines: readonly (object | string)[], at = AT) =>
    writeSession(sessionPath(home, cwd, sessionId(number)), lines, at);
  return { home, cwd, sessions, write };
}

const ids = (found: readonly { readonly id: string }[]): number[] =>
  found.map(({ id }) => Number(id.slice(0, 8)));

test("this folder's sessions with a prompt, the latest first, a page at a time", async (t) => {
  const { home, cwd, sessions, write } = await stage(t);
  assert.deepEqual(await sessions.list(cwd, 0, 9), []);
  await write(1, [user("one", cwd), user("more", cwd), title("First")], AT);
  await write(2, [user("two", cwd)], AT + 20);
  await write(3, [user("three", cwd)], AT + 10);
  await write(4, [title("no prompt")], AT + 30);
  await write(5, [user("sub", cwd, { isSidechain: true })], AT + 30);
  await write(6, ["}{", "\0"], AT + 30);
  await write(7, [user("of another folder by the same name", `${cwd}x`)], AT + 30);
  const at = sessionPath(home, cwd, "x");
  await writeSession(join(at, "..", "agent-0123.jsonl"), [user("sub", cwd)], AT + 30);
  await writeSession(join(at, "..", "--resume.jsonl"), [user("option", cwd)], AT + 30);
  await mkdir(join(at, "..", `${sessionId(8)}.jsonl`));
  await writeSession(join(home, "secret.txt"), [user("elsewhere", cwd)]);
  await symlink(join(home, "secret.txt"), join(at, "..", `${sessionId(9)}.jsonl`));
  assert.deepEqual(ids(await sessions.list(cwd, 0, 9)), [2, 3, 1]);
  assert.deepEqual(ids(await sessions.list(cwd, 0, 2)), [2, 3]);
  assert.deepEqual(ids(await sessions.list(cwd, 2, 2)), [1]);
  assert.deepEqual(ids(await sessions.list(cwd, 3, 2)), []);
  assert.deepEqual((await sessions.list(cwd, 2, 1))[0], {
    ...{ id: sessionId(1), name: "First", firstWords: "one", lastUsed: AT * 1000 },
    turns: { count: 2, atLeast: false },
  });
});

test("a session is found by the beginning of its id, in its own folder only", async (t) => {
  const { home, cwd, sessions, write } = await stage(t);
  await write(1, [user("one", cwd)]);
  await write(2, [user("two", cwd)]);
  await write(30, [user("foreign", "/elsewhere")]);
  await writeSession(sessionPath(home, "/elsewhere", sessionId(40)), [user("four", "/elsewhere")]);
  const cases: readonly (readonly [string, readonly number[]])[] = [
    [sessionId(1), [1]],
    ["00000002", [2]],
    ["0000000", [1, 2]],
    ["", [1, 2]],
    ["00000030", []],
    ["00000040", []],
    ["../", []],
  ];
  for (const [beginning, expected] of cases) {
    assert.deepEqual(ids(await sessions.find(cwd, beginning)).sort(), expected, beginning);
  }
  const entries: TranscriptEntry[] = [];
  await assert.rejects(
    sessions.transcript(cwd, sessionId(30), (entry) => entries.push(entry)),
    /no such session/,
  );
  assert.deepEqual(entries, []);
});

test("folders by the name that Claude Code gives them", async (t) => {
  for (const name of ["p_r.o ject", "한글 𝒳", `${"long-name/".repeat(24)}x`]) {
    const { home, cwd, sessions } = await stage(t, name);
    const folder = cwd.replace(/[^a-zA-Z0-9]/g, "-");
    const kept = folder.length > 200 ? `${folder.slice(0, 200)}-97sof7` : folder;
    const path = join(home, ".claude", "projects", kept, `${sessionId(1)}.jsonl`);
    await writeSession(path, [user("one", cwd)]);
    assert.deepEqual(ids(await sessions.list(cwd, 0, 9)), [1], name);
  }
});

test("a transcript has prompts, answers and tools in order", async (t) => {
  const { cwd, sessions, write } = await stage(t);
  const use = (name: string, input: object) => ({ type: "tool_use", id: "t1", name, input });
  await write(1, [
    user("fix it", cwd),
    "}{",
    assistant([{ type: "thinking", thinking: "hm" }]),
    assistant([{ type: "text", text: "I look." }, use("Read", { file_path: join(cwd, "a.ts") })]),
    toolResult("content"),
    assistant([use("Bash", { command: "npm test" })], { isSidechain: true }),
    assistant([null as never, { type: "text" }, use("Bash", { command: "npm test\nnpm run lint" })]),
    assistant([{ type: "text", text: "Done." }]),
  ]);
  const entries: TranscriptEntry[] = [];
  await sessions.transcript(cwd, sessionId(1), (entry) => entries.push(entry));
  assert.deepEqual(entries, [
    { kind: "prompt", text: "fix it" },
    { kind: "answer", text: "I look." },
    { kind: "tool", name: "Read", summary: "a.ts" },
    { kind: "tool", name: "Bash", summary: "npm test …" },
    { kind: "answer", text: "Done." },
  ]);
});

test("many sessions are in the order of their age", async (t) => {
  const { cwd, sessions, write } = await stage(t);
  for (let number = 1; number <= 1_000; number += 1)
    await write(number, [user(`${number}`, cwd)], AT + ((number * 7) % 1_009));
  const listed = await sessions.list(cwd, 6, 990);
  assert.equal(listed.length, 990);
  assert.ok(
    listed.every(({ lastUsed }, index) => index === 0 || lastUsed < (listed[index - 1]?.lastUsed ?? 0)),
  );
});
