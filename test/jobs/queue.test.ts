import assert from "node:assert/strict";
import test from "node:test";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import type { Job } from "../../src/jobs/job.ts";
import { JobQueue, type Running } from "../../src/jobs/queue.ts";
import { jobOf } from "../records.ts";

const job = (id: string, threadId?: number): Job => ({
  ...jobOf(id, 1, []),
  place: { chatId: 7, ...(threadId === undefined ? {} : { threadId }) },
});

function newQueue(parallel = 1) {
  const started: string[] = [];
  let finish = (): void => {};
  const queue = new JobQueue<Running>({
    parallel: () => parallel,
    start: (next) => {
      started.push(next.parts[0]?.text === "do it" ? next.id : `${next.id} changed`);
      const finished = new Promise<void>((resolve) => {
        finish = resolve;
      });
      return { job: next, finished };
    },
  });
  return {
    queue,
    started,
    /** Ends the running job and lets the next one begin. */
    async finish(): Promise<void> {
      finish();
      await setImmediate();
    },
    waiting: () => queue.waiting.map(({ id }) => id),
  };
}

test("one job runs at a time, the first that came first", async () => {
  const { queue, started, finish, waiting } = newQueue();
  for (const id of ["a", "b", "c"]) queue.add(job(id));
  assert.deepEqual([started, queue.running[0]?.job.id, waiting()], [["a"], "a", ["b", "c"]]);
  await finish();
  assert.deepEqual([started, waiting()], [["a", "b"], ["c"]]);
  await finish();
  await finish();
  assert.deepEqual([started, queue.running, waiting()], [["a", "b", "c"], [], []]);
  queue.add(job("d"));
  assert.equal(queue.running[0]?.job.id, "d");
});

test("a waiting job can be taken out or changed in its place, a running one cannot", async () => {
  const { queue, started, finish, waiting } = newQueue();
  for (const id of ["a", "b", "c", "d"]) queue.add(job(id));
  assert.equal(queue.remove("c")?.id, "c");
  assert.equal(queue.remove("c"), undefined);
  assert.equal(queue.remove("a"), undefined);
  assert.equal(queue.replace(jobOf("b", 1, [], "other")), true);
  assert.equal(queue.replace(jobOf("a", 1, [], "other")), false);
  assert.equal(queue.replace(jobOf("c", 1, [], "other")), false);
  assert.deepEqual(waiting(), ["b", "d"]);
  await finish();
  await finish();
  assert.deepEqual(started, ["a", "b changed", "d"]);
});

test("after stop nothing starts any more, and what waits stays", async () => {
  const { queue, started, finish, waiting } = newQueue();
  for (const id of ["a", "b"]) queue.add(job(id));
  queue.stop();
  await finish();
  queue.add(job("c"));
  assert.deepEqual([started, queue.running, waiting()], [["a"], [], ["b", "c"]]);
});

test("whatever is done, jobs start in the order in which they came, each once", async () => {
  const act = fc.oneof(
    { weight: 3, arbitrary: fc.constant("add" as const) },
    { weight: 2, arbitrary: fc.constant("finish" as const) },
    { weight: 1, arbitrary: fc.nat(20) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 40 }), async (acts) => {
      const { queue, started, finish } = newQueue();
      const removed = new Set<string>();
      let count = 0;
      for (const what of acts) {
        if (what === "add") queue.add(job(String(count++)));
        else if (what === "finish") await finish();
        else if (queue.remove(String(what))) removed.add(String(what));
      }
      while (queue.running.length > 0) await finish();
      const all = Array.from({ length: count }, (_, index) => String(index));
      assert.deepEqual(
        started,
        all.filter((id) => !removed.has(id)),
      );
    }),
  );
});

test("a queue that is held starts nothing, and loses nothing of what happens meanwhile", () => {
  const { queue, started, waiting } = newQueue();
  queue.hold();
  for (const id of ["a", "b"]) queue.add(job(id));
  queue.remove("a");
  assert.deepEqual([started, waiting()], [[], ["b"]]);
  queue.release();
  assert.deepEqual([started, waiting()], [["b"], []]);
});

test("side by side: as many as may run, of one conversation never more than one", () => {
  const { queue, started, waiting } = newQueue(2);
  queue.add(job("a", 1));
  queue.add(job("b", 1));
  queue.add(job("c", 2));
  queue.add(job("d", 3));
  assert.deepEqual(
    [started, waiting()],
    [
      ["a", "c"],
      ["b", "d"],
    ],
  );
});

test("a waiting job can be made the next one, and one that was taken out can be put back", async () => {
  const { queue, started, finish, waiting } = newQueue();
  for (const id of ["a", "b", "c"]) queue.add(job(id));
  assert.equal(queue.moveToFront("c"), true);
  assert.equal(queue.moveToFront("x"), false);
  const taken = queue.remove("b");
  assert.deepEqual(waiting(), ["c"]);
  if (taken) queue.restore(taken);
  assert.deepEqual(waiting(), ["c", "b"], "it was to be the next one");
  await finish();
  assert.deepEqual(started, ["a", "c"]);
  assert.equal(queue.moveToFront("c"), false);
});

test("of several that were made the next one, the first comes first", async () => {
  const { queue, started, finish, waiting } = newQueue();
  for (const id of ["a", "b", "c", "d", "e"]) queue.add(job(id));
  for (const id of ["d", "c", "d"]) assert.equal(queue.moveToFront(id), true);
  assert.deepEqual(waiting(), ["d", "c", "b", "e"]);
  await finish();
  assert.equal(queue.moveToFront("e"), true);
  assert.equal(queue.remove("c")?.id, "c");
  assert.equal(queue.moveToFront("b"), true);
  await finish();
  await finish();
  assert.deepEqual(started, ["a", "d", "e", "b"]);
});

test("commands have a lane of their own, and do not count", async () => {
  const { queue, started, finish, waiting } = newQueue();
  const command = (id: string, threadId?: number): Job => ({ ...job(id, threadId), shell: true });
  queue.add(job("a", 1));
  queue.add(job("b", 2));
  for (const id of ["x", "y"]) queue.add(command(id, 1));
  queue.add(command("z", 2));
  assert.deepEqual(
    [started, waiting()],
    [
      ["a", "x", "z"],
      ["b", "y"],
    ],
  );
  // The last one that was started: z.
  await finish();
  assert.deepEqual(waiting(), ["b", "y"]);
});
