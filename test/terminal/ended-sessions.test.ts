import assert from "node:assert/strict";
import test from "node:test";
import { EndedSessions } from "../../src/terminal/ended-sessions.ts";
import { BackendError } from "../../src/terminal/pty.ts";
import type { KnownSession, OpenRequest } from "../../src/terminal/registry.ts";
import type { SessionRecord } from "../../src/terminal/state-file.ts";

const DAY = 86_400_000;
const record = (number: number, more: Partial<SessionRecord> = {}): SessionRecord => ({
  ...{ id: `term-${number}`, name: `term-${number}`, label: "x", where: "host", createdAt: 0 },
  ...{ mark: `m-${number}`, persists: false, ...more },
});

/** A registry in which sessions are opened, and end when the test says so. */
function lately(given = 100) {
  let now = 1_000;
  let fault: Error | undefined;
  const requests: OpenRequest[] = [];
  const running = new Map<string, KnownSession>();
  const registry = {
    find: (id: string) => running.get(id),
    get open() {
      return [...running.values()].filter(({ session }) => session.exit === undefined);
    },
    async openSession(request: OpenRequest) {
      requests.push(request);
      await Promise.resolve();
      if (fault) throw fault;
      const id = `term-${given + requests.length}`;
      const { name = id } = request;
      const known = { session: { id, name, exit: undefined }, record: record(0) } as unknown as KnownSession;
      running.set(id, known);
      return known;
    },
  };
  const ended = new EndedSessions(
    registry,
    () => now,
    () => {},
  );
  const again = async (number: number) => {
    const outcome = await ended.openAgain(`term-${number}`);
    return typeof outcome === "string"
      ? outcome
      : `${outcome.known.session.id}${outcome.isNew ? "" : " before"}`;
  };
  return {
    ...{ ended, again, requests, running },
    pass: (ms: number) => {
      now += ms;
    },
    fail: (error: Error | undefined) => {
      fault = error;
    },
  };
}

test("what has ended is opened as it was, and once", async () => {
  const { ended, again, requests, running, fail } = lately();
  const place = { chatId: 7, threadId: 5, ownTopic: true } as const;
  ended.add(record(1, { name: "build", where: "ssh:web", command: "make 'x'", place }));
  ended.add(record(2));
  assert.equal(await again(3), "unknown");
  fail(new BackendError("web: nothing answers."));
  await assert.rejects(again(1), /nothing answers/);
  fail(undefined);
  assert.deepEqual(await Promise.all([again(1), again(1)]), ["term-102", "term-102 before"]);
  assert.equal(await again(1), "term-102 before");
  assert.equal(await again(102), "running");
  assert.deepEqual(requests.at(-1), {
    ...{ where: { kind: "ssh", name: "web" }, command: "make 'x'", name: "build", place },
  });
  running.clear();
  assert.equal(await again(1), "term-103", "that one has ended as well");
  ended.add(record(4, { name: "build" }));
  assert.equal(await again(4), "term-104");
  assert.deepEqual(requests.at(-1), { where: { kind: "host", name: "" } }, "the name is taken");
  assert.equal(await again(2), "term-105");
});

test("however long ago it was: one that took its place stands for it, also in the next life", async () => {
  const first = lately();
  first.ended.add(record(1));
  assert.equal(await first.again(1), "term-101");
  first.ended.add(record(101));
  first.running.clear();
  const next = lately(200);
  next.ended.load(first.ended.all);
  assert.equal(await next.again(101), "term-201", "the first one that this life opens");
  assert.equal(await next.again(1), "term-201 before");
  assert.equal(next.requests.length, 1);
});

test("20 are remembered, for a day, also over a restart; of a command only what opens it", () => {
  const { ended, pass } = lately();
  for (let number = 1; number <= 30; number++) ended.add(record(number, { command: "true" }));
  assert.deepEqual([ended.all.length, ended.all[0]?.id, ended.all.at(-1)?.id], [20, "term-11", "term-30"]);
  assert.deepEqual(Object.keys(ended.all[0] ?? {}).toSorted(), ["command", "endedAt", "id", "name", "where"]);
  const next = lately();
  next.ended.load(ended.all);
  assert.deepEqual(next.ended.all, ended.all);
  pass(DAY + 1);
  assert.deepEqual(ended.all, []);
});

test("what held a secret is not opened again, and says why", async () => {
  const { ended, again, requests } = lately();
  ended.add(record(1, { isSecret: true }));
  const message = "The command of term-1 held a secret and was not kept.";
  await assert.rejects(again(1), { name: "BackendError", message, hint: "/term opens it anew." });
  assert.deepEqual([ended.all.map(({ isSecret }) => isSecret), requests], [[true], []]);
});
