import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { OwnTurn, Resident, Stay } from "../../../src/agents/agent.ts";
import { failureOf, isGone, type Watched, watch } from "../turns.ts";
import { onStage, options } from "./stage.ts";

/** What happens with processes that stay. */
function keeper(warmMs: number) {
  const gone: string[] = [];
  const own: { why: string; begin: OwnTurn }[] = [];
  let resident: Resident | undefined;
  let wake = (): void => {};
  const stay: Stay = {
    warmMs,
    onStay(each) {
      resident = each;
    },
    onGone({ mark }) {
      gone.push(mark);
      wake();
    },
    onOwnTurn(_resident, why, begin) {
      own.push({ why, begin });
      wake();
    },
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds())
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  };
  return { stay, gone, own, until, resident: () => resident as Resident | undefined };
}

async function sessionOf(watched: Watched): Promise<string> {
  return (await watched.until("session")).sessionId;
}

test(
  "real: the next prompt of a session is taken by the process that has stayed, and its cost is its own",
  options,
  () =>
    onStage(async ({ agent, model, cwd }) => {
      const { stay, gone, resident, until } = keeper(60_000);
      model.reply({ text: "One." });
      const first = watch(agent, { cwd, stay, prompt: "first" });
      const one = await first.end();
      const sessionId = await sessionOf(first);
      assert.ok(resident() && !isGone(first.pid()), "it stays");

      model.reply({ tool: "Bash", input: { command: "echo $NANOGENT_JOB" }, id: "toolu_mark" });
      model.reply({ text: "Two." });
      const second = watch(agent, { cwd, stay, sessionId, permissions: "skip", prompt: "second" });
      const two = await second.end();
      // Without skipping at its start it cannot skip: another process has taken it.
      assert.notEqual(second.pid(), first.pid());
      assert.ok(isGone(first.pid()));
      assert.equal(second.text(), "Two.");

      model.reply({ text: "Three." });
      const third = watch(agent, { cwd, stay, sessionId, permissions: "skip", prompt: "third" });
      const three = await third.end();
      assert.equal(third.pid(), second.pid());
      assert.ok((model.requests.at(-1)?.texts ?? []).some((text) => text.includes("first")));
      for (const end of [one, two, three]) assert.equal(end.kind, "done");
      const cost = (end: typeof one): number => (end.kind === "done" ? (end.usage.costUsd ?? 0) : 0);
      assert.ok(cost(three) > 0 && Math.abs(cost(three) - cost(one)) < cost(one) / 10, `${cost(three)}`);

      model.reply({ text: "Four." });
      const asking = watch(agent, { cwd, stay, sessionId, permissions: "plan", prompt: "fourth" });
      await asking.end();
      assert.notEqual(asking.pid(), second.pid(), "what it was started with counts");
      model.reply({ text: "Five." });
      const edits = watch(agent, { cwd, stay, sessionId, permissions: "edits", prompt: "fifth" });
      await edits.end();
      assert.equal(edits.pid(), asking.pid(), "other modes are switched");
      await resident()?.end();
      await until(() => gone.length === 3);
      assert.ok(isGone(edits.pid()));
    }),
);

test("real: one that has died while it waited is replaced without a word", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    const { stay, resident } = keeper(60_000);
    model.reply({ text: "One." });
    const first = watch(agent, { cwd, stay });
    await first.end();
    const sessionId = await sessionOf(first);
    // It writes its session a moment after its answer.
    const sessions = join(cwd, "..", "home", ".claude", "projects");
    const written = () => readdirSync(sessions, { recursive: true, encoding: "utf8" });
    while (!written().some((file) => file.endsWith(`${sessionId}.jsonl`))) await sleep(20);
    process.kill(first.pid(), "SIGKILL");
    model.reply({ text: "Two." });
    // At once, while nobody has noticed yet.
    const second = watch(agent, { cwd, stay, sessionId });
    const last = await second.end();
    if (last.kind === "failed") assert.equal((await failureOf(second)).code, "not-begun");
    const third = last.kind === "failed" ? watch(agent, { cwd, stay, sessionId }) : second;
    assert.equal((await third.end()).kind, "done");
    assert.equal(third.text(), "Two.");
    await resident()?.end();
  }),
);

test("real: a task in the background outlives its turn, and what the agent says of it comes", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    const { stay, own, gone, until, resident } = keeper(0);
    model.reply({ tool: "Bash", input: { command: "sleep 1", run_in_background: true, description: "nap" } });
    model.reply({ text: "Begun." });
    const first = watch(agent, { cwd, stay, permissions: "skip" });
    assert.equal((await first.end()).kind, "done");
    assert.equal(first.text(), "Begun.");
    assert.deepEqual(resident()?.tasks, ["nap"]);

    model.reply({ text: "It is over." });
    await until(() => own.length > 0);
    assert.match(own[0]?.why ?? "", /nap.*completed/);
    // Nothing is lost meanwhile.
    await sleep(300);
    const begin = own[0]?.begin;
    assert.ok(begin);
    const second = watch({ ...agent, run: begin }, { cwd, stay });
    const last = await second.end();
    assert.equal(second.text(), "It is over.");
    assert.ok(last.kind === "done" && (last.usage.costUsd ?? 1) < 0.001);
    assert.ok(isGone(second.pid()), "without a task it has no reason to stay");
    await until(() => gone.length === 1);
  }),
);

test("real: a prompt while a task runs is taken by the same process; giving up ends both", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    const { stay, own } = keeper(0);
    model.reply({ tool: "Bash", input: { command: "sleep 60", run_in_background: true } });
    model.reply({ text: "Begun." });
    const first = watch(agent, { cwd, stay, permissions: "skip" });
    await first.end();
    const sessionId = await sessionOf(first);
    model.reply({ text: "Yes?" });
    const second = watch(agent, { cwd, stay, sessionId, permissions: "skip" });
    await second.end();
    assert.deepEqual([second.text(), second.pid()], ["Yes?", first.pid()]);
    const held = model.hold();
    const third = watch(agent, { cwd, stay, sessionId, permissions: "skip" });
    await held.requested;
    await third.turn.cancel();
    assert.equal((await third.end()).kind, "cancelled");
    assert.ok(isGone(first.pid()));
    assert.equal(own.length, 0);
  }),
);

test("real: what was allowed for the session holds in its next process too", options, () =>
  onStage(async ({ agent, model, cwd }) => {
    model.reply({ tool: "Bash", input: { command: "touch one" } });
    model.reply({ text: "One." });
    const first = watch(agent, { cwd });
    const request = await first.request(1);
    first.turn.answer(request.id, { kind: "allow", scope: "session" });
    await first.end();
    const sessionId = await sessionOf(first);
    model.reply({ tool: "Bash", input: { command: "touch one" } });
    model.reply({ text: "Two." });
    const second = watch(agent, { cwd, sessionId });
    await second.end();
    assert.ok(!second.events.some(({ kind }) => kind === "request"));
    assert.notEqual(second.pid(), first.pid());
  }),
);
