import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Agent } from "../../src/agents/agent.ts";
import { onlyAgent } from "../../src/agents/choose.ts";
import { Requests } from "../../src/chat/requests/requests.ts";
import { Desk } from "../../src/jobs/desk.ts";
import type { Person } from "../../src/jobs/person.ts";
import { offer } from "../../src/jobs/recovery.ts";
import { silentLog } from "../../src/log.ts";
import { prepareState, projectPaths } from "../../src/project.ts";
import { ScheduleBook } from "../../src/schedules/book.ts";
import { Store } from "../../src/store.ts";
import { OFFERS_NOTHING, PASSIVE } from "../fakes/agent.ts";
import { fakeClock } from "../fakes/clock.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { fakeMessenger } from "../fakes/messenger.ts";
import "../schedules/local.ts";

const ADA: Person = { id: 7, name: "Ada", role: "owner" };
const PLACE = { chatId: 7 };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** It is 01:00 in Berlin when the clock begins. */
const UNTIL_MIDNIGHT = 23 * HOUR;

/** A desk whose agent answers at once, for so much a turn, and a book of schedules. */
async function project(t: TestContext, budgetUsd: number | undefined, costUsd: number) {
  const paths = projectPaths(await temporaryFolder(t));
  prepareState(paths);
  const messenger = fakeMessenger();
  const clock = fakeClock();
  const store = await Store.open(paths.journal, silentLog);
  const ran: string[] = [];
  let endLong = (): void => {};
  const agent: Agent = {
    name: "stand-in",
    output: "markdown",
    ...OFFERS_NOTHING,
    run({ prompt }, onEvent) {
      ran.push(prompt);
      if (prompt === "long") {
        let over = (): void => {};
        const ended = new Promise<void>((resolve) => {
          over = resolve;
        });
        const end = (kind: "done" | "cancelled"): void => {
          onEvent({ kind, usage: { durationMs: 1, costUsd } });
          over();
        };
        endLong = () => end("done");
        return { ...PASSIVE, cancel: async () => end("cancelled"), ended };
      }
      onEvent({ kind: "done", usage: { durationMs: 1, costUsd } });
      return { ...PASSIVE, cancel: async () => {}, ended: Promise.resolve() };
    },
  };
  const context = {
    ...{ messenger, store, clock, paths, log: silentLog },
    fileRules: () => ({ folder: paths.folder, deny: [], secrets: [] }),
    redact: (text: string) => text,
  };
  const settings = {
    permissions: "skip",
    model: undefined,
    timeoutMs: undefined,
    stallMs: undefined,
  } as const;
  const desk = new Desk({
    ...context,
    agents: onlyAgent(agent),
    notifyAfterMs: () => undefined,
    shellFault: () => undefined,
    requests: new Requests({ ...context, remindMs: () => undefined }),
    settings: { ...settings, parallel: 1, budgetUsd },
  });
  const recovery = { ...context, mayPrompt: () => true, isStale: () => false };
  desk.budget.onHeld((job) => offer(job, desk, recovery));
  const book = new ScheduleBook({
    ...context,
    mayPrompt: () => true,
    queue: (draft, fired) => desk.add(draft, undefined, fired),
  });
  book.start();
  t.after(async () => {
    book.stop();
    await desk.stop();
    await desk.deliveries.settled();
    await store.close();
  });
  const settled = async (): Promise<void> => {
    await desk.idle();
    // What was written before is on the disk then.
    await store.record({ k: "handled", updates: [] });
    await setImmediate();
    await desk.deliveries.settled();
  };
  return {
    ...{ desk, store, clock, book, messenger, ran, settled },
    async say(text: string, place = PLACE) {
      const parts = [{ messageId: 1, text }];
      await desk.add({ place, author: ADA, parts, files: [], updates: [] });
      await settled();
    },
    async pass(ms: number) {
      await clock.advance(ms);
      await settled();
    },
    every: (minutes: number, prompt: string, update: number) =>
      book.add(
        { place: PLACE, author: ADA, messageId: 1, prompt, timing: { kind: "every", ms: minutes * MINUTE } },
        update,
      ),
    /** Lets the turn of the prompt "long" end; until then it runs. */
    endLong: () => endLong(),
    asked: () => messenger.calls.filter((call) => call.includes("💰")),
  };
}

test("without a budget everything runs", async (t) => {
  const { say, ran, desk } = await project(t, undefined, 1_000);
  for (const prompt of ["a", "b", "c"]) await say(prompt);
  assert.deepEqual(ran, ["a", "b", "c"]);
  assert.deepEqual([desk.budget.words, desk.budget.today.costUsd], [undefined, 3_000]);
});

test("a turn that costs more than the whole budget is the last one; going on leaves room for the next", async (t) => {
  const { say, ran, desk, settled } = await project(t, 1, 5);
  for (const prompt of ["a", "b", "c"]) await say(prompt);
  assert.deepEqual(ran, ["a"]);
  // Two owners press at once.
  const held = await Promise.all([desk.budget.goOn(desk.cases), desk.budget.goOn(desk.cases)]);
  assert.deepEqual(held, [2, 0]);
  await settled();
  assert.equal(desk.budget.limit, 6);
  assert.deepEqual(ran, ["a", "b"], "and holds the other one again");
  assert.deepEqual(
    desk.budget.held.map(({ job }) => job.parts[0]?.text),
    ["c"],
  );
});

test("at midnight new prompts run by themselves, and the lift of the day before is over", async (t) => {
  const { say, ran, desk, pass, settled } = await project(t, 1, 1);
  await say("a");
  await say("b");
  await desk.budget.goOn(desk.cases);
  await settled();
  assert.deepEqual([ran, desk.budget.limit], [["a", "b"], 2]);
  await say("held");
  await pass(UNTIL_MIDNIGHT - 1);
  await say("held too");
  await pass(1);
  await say("c");
  assert.deepEqual(ran, ["a", "b", "c"]);
  assert.equal(desk.budget.words, "$1.00 of $1.00 used today, new prompts wait");
  await pass(24 * HOUR);
  await desk.budget.goOn(desk.cases);
  await settled();
  assert.deepEqual(ran, ["a", "b", "c", "held"], "one of those that waited is the budget of that day");
});

test("schedules over the budget are asked about once, however often they fall due", async (t) => {
  const { say, ran, desk, every, pass, asked, settled } = await project(t, 2, 1);
  await every(10, "tests", 1);
  await every(15, "lint", 2);
  await say("a");
  await say("b");
  await pass(3 * HOUR);
  assert.deepEqual(ran, ["a", "b"]);
  assert.equal(asked().length, 1, asked().join("\n"));
  assert.match(asked()[0] ?? "", /“tests” waits: [\s\S]*What else is planned here waits too/);
  assert.deepEqual(
    desk.budget.held.map(({ job }) => job.parts[0]?.text),
    ["tests", "lint"],
  );
  await say("c");
  assert.equal(asked().length, 2, "a person is always answered");
  await desk.budget.goOn(desk.cases);
  await settled();
  assert.deepEqual(ran, ["a", "b", "tests", "lint"], "each once, in order");
  assert.equal(asked().length, 3);
  assert.match(asked()[2] ?? "", /“c” waits/);
});

test("when the one that is asked about is dropped, the next one that was planned is asked about", async (t) => {
  const { say, desk, every, pass, asked, settled } = await project(t, 1, 1);
  await every(10, "tests", 1);
  await every(15, "lint", 2);
  await say("a");
  await pass(HOUR);
  const [first] = desk.budget.held;
  assert.ok(first);
  await desk.cases.settle(first, "drop");
  desk.budget.offerUntold(PLACE);
  await settled();
  assert.equal(asked().length, 2);
  assert.match(asked()[1] ?? "", /“lint” waits/);
  desk.budget.offerUntold(PLACE);
  await settled();
  assert.equal(asked().length, 2, "and not twice");
});

test("other settings count at once; without a budget what was held goes on without a lift", async (t) => {
  const { say, ran, desk, settled } = await project(t, 1, 1);
  await say("a");
  await say("b");
  const settings = {
    permissions: "skip",
    model: undefined,
    timeoutMs: undefined,
    stallMs: undefined,
  } as const;
  desk.configure(desk.conversations.agents, { ...settings, parallel: 1, budgetUsd: undefined });
  await say("c");
  assert.deepEqual(ran, ["a", "c"]);
  await desk.budget.goOn(desk.cases);
  await settled();
  assert.deepEqual(ran, ["a", "c", "b"]);
  desk.configure(desk.conversations.agents, { ...settings, parallel: 1, budgetUsd: 3 });
  await say("d");
  assert.deepEqual(ran, ["a", "c", "b"]);
});

test("over the budget what runs goes on, whoever is in a hurry", async (t) => {
  const { say, ran, desk, clock, settled, endLong } = await project(t, 1, 1);
  const add = (text: string, place = PLACE) =>
    desk.add({ place, author: ADA, parts: [{ messageId: 1, text }], files: [], updates: [] });
  await add("long");
  const settings = {
    permissions: "skip",
    model: undefined,
    timeoutMs: undefined,
    stallMs: undefined,
  } as const;
  desk.configure(desk.conversations.agents, { ...settings, parallel: 2, budgetUsd: 1 });
  await add("elsewhere", { chatId: 8 });
  const { job } = await add("urgent");
  await clock.advance(0);
  assert.equal(desk.budget.isReached, true);
  assert.equal(desk.hurry(job.id, ADA), "over-budget");
  assert.equal(desk.runs.length, 1);
  endLong();
  await settled();
  assert.deepEqual(ran.toSorted(), ["elsewhere", "long"]);
  await say("more");
  assert.deepEqual(
    desk.budget.held.map((each) => each.job.parts[0]?.text),
    ["urgent", "more"],
  );
});
