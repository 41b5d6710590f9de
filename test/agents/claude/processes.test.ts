import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Stay } from "../../../src/agents/agent.ts";
import { answer, init, type Step, success } from "../../fakes/claude-cli.ts";
import { fakeAgent, inFolder, isGone, watch } from "../turns.ts";

const PROMPT: Step = { expect: { type: "user" } };
const stayFor = (warmMs: number): Stay => ({ warmMs, onStay() {}, onGone() {}, onOwnTurn() {} });

function turnOf(session: string): readonly Step[] {
  return [PROMPT, init({ session_id: session, permissionMode: "default" }), success("Hi")];
}

async function gone(pid: number): Promise<void> {
  while (!isGone(pid)) await sleep(10);
}

test("one that nobody needs any more ends after its time", () =>
  inFolder(async (dir) => {
    const agent = await fakeAgent(dir, turnOf("s1"));
    const watched = watch(agent, { cwd: dir, stay: stayFor(50) });
    assert.equal((await watched.end()).kind, "done");
    await gone(watched.pid());
  }));

test("three wait at most: the one that has waited longest goes", () =>
  inFolder(async (dir) => {
    const names = ["one", "two", "three", "four"];
    const agent = await fakeAgent(dir, Object.fromEntries(names.map((name) => [name, turnOf(name)])));
    const pids: number[] = [];
    for (const prompt of names) {
      const watched = watch(agent, { cwd: dir, prompt, stay: stayFor(60_000) });
      await watched.end();
      pids.push(watched.pid());
    }
    await gone(pids[0] ?? 0);
    assert.deepEqual(pids.map(isGone), [true, false, false, false]);
    for (const pid of pids.slice(1)) process.kill(pid, "SIGKILL");
  }));

test("a turn of its own that comes first is not taken for the answer", () =>
  inFolder(async (dir) => {
    const notice = { type: "system", subtype: "task_notification", task_id: "t", summary: "It is over." };
    const taken = { type: "user", message: { role: "user", content: "second" }, isReplay: true };
    const agent = await fakeAgent(dir, [
      ...turnOf("s1"),
      PROMPT,
      { line: notice },
      init({ session_id: "s1" }),
      success("About the task."),
      init({ session_id: "s1" }),
      { line: taken },
      success("The answer."),
    ]);
    await watch(agent, { cwd: dir, stay: stayFor(60_000) }).end();
    const second = watch(agent, { cwd: dir, prompt: "second", sessionId: "s1", stay: stayFor(0) });
    assert.equal((await second.end()).kind, "done");
    assert.equal(second.text(), "About the task.¶The answer.");
    assert.ok(isGone(second.pid()));
  }));

test("a prompt that waits for a turn of the agent's own begins when that has ended, and so has its process", () =>
  inFolder(async (dir) => {
    const notice = { type: "system", subtype: "task_notification", task_id: "t", summary: "It is over." };
    const started = { type: "system", subtype: "task_started", task_id: "t", description: "a build" };
    const [here, go] = [join(dir, "here"), join(dir, "go")];
    const own: (() => void)[] = [];
    const agent = await fakeAgent(dir, {
      first: [
        PROMPT,
        init({ session_id: "s1" }),
        { line: started },
        success("Begun."),
        { line: notice },
        init({ session_id: "s1" }),
        ...answer("It is over."),
        { gate: here, until: go },
        success(""),
      ],
      second: turnOf("s1"),
    });
    const stay: Stay = {
      ...stayFor(0),
      onOwnTurn: (_resident, _why, begin) =>
        own.push(
          () => void begin({ prompt: "", cwd: dir, permissions: "ask", jobId: "own", stay }, () => {}),
        ),
    };
    await watch(agent, { cwd: dir, prompt: "first", stay }).end();
    while (own.length === 0) await sleep(5);
    own[0]?.();
    const second = watch(agent, { cwd: dir, prompt: "second", sessionId: "s1", stay });
    await sleep(50);
    writeFileSync(go, "");
    assert.equal((await second.end()).kind, "done");
    assert.equal(second.text(), "Hi");
  }));

test("of two conversations in one session the second waits for the first", () =>
  inFolder(async (dir) => {
    const [here, go] = [join(dir, "here"), join(dir, "go")];
    const agent = await fakeAgent(dir, {
      first: [PROMPT, init({ session_id: "s1" }), { gate: here, until: go }, success("One.")],
      second: turnOf("s1"),
    });
    const first = watch(agent, { cwd: dir, prompt: "first", sessionId: "s1" });
    await first.until("session");
    const second = watch(agent, { cwd: dir, prompt: "second", sessionId: "s1" });
    await sleep(50);
    assert.throws(() => second.pid(), "nothing was started");
    writeFileSync(go, "");
    assert.equal((await second.end()).kind, "done");
    assert.ok(isGone(first.pid()));
  }));
