import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import type { Agent } from "../../src/agents/agent.ts";
import { recover } from "../../src/jobs/recovery.ts";
import type { Log } from "../../src/log.ts";
import { startTimeOf } from "../../src/process-identity.ts";
import { type ProjectPaths, prepareState, projectPaths } from "../../src/project.ts";
import { Store } from "../../src/store.ts";
import { OFFERS_NOTHING } from "../fakes/agent.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { fakeMessenger } from "../fakes/messenger.ts";
import { stillDesk } from "../jobs/still-desk.ts";
import { jobOf, scheduleOf } from "../records.ts";
import type { Json, Mutator } from "./mutate.ts";
import { count, fuzz } from "./runs.ts";

const RECOVERED_EVERY = 40;
const WRITTEN_EVERY = 10;
const SECRET = "what lies outside";

const agent: Agent = {
  name: "none",
  output: "markdown",
  run: () => assert.fail("nothing is run"),
  ...OFFERS_NOTHING,
};

test("failure 25: journals: each is opened, nothing outside is touched, and what is written next is there again", async (t) => {
  const { mutate, runs, uncaught } = fuzz(t, "journals");
  const outside = await temporaryFolder(t);
  const folder = join(outside, "a", "project");
  mkdirSync(folder, { recursive: true });
  const paths = projectPaths(folder);
  prepareState(paths);
  for (const name of ["x", "x.txt", "x.file"]) {
    for (const place of [outside, join(outside, "a"), folder, paths.state])
      writeFileSync(join(place, name), SECRET);
  }
  const bystander = bystanderOf(t);
  const logged = new Map<string, number>();
  const keep = (event: string): void => count(logged, event);
  const log: Log = { debug() {}, info() {}, warn: keep, error: keep };
  const before = contentsOf(outside, paths);

  for (let done = 0; done < runs; done += 1) {
    rmSync(paths.journal, { force: true });
    const bytes = journalOf(mutate, bystander);
    writeFileSync(paths.journal, bytes);
    const store = await Store.open(paths.journal, log);
    if (done % RECOVERED_EVERY === 0) await recoverAll(store, paths, log);
    const id = `${store.nextNumber()}-0a1b2c3d`;
    if (done % WRITTEN_EVERY === 0)
      await store.record({ k: "queued", job: jobOf(id, store.nextNumber(), []) });
    await store.close();
    if (done % WRITTEN_EVERY !== 0) continue;
    const again = await Store.open(paths.journal, log);
    assert.ok(again.job(id), `${id} is gone after ${bytes.toString("utf8").slice(0, 3_000)}`);
    await again.close();
  }
  assert.deepEqual(uncaught, []);
  assert.deepEqual(contentsOf(outside, paths), before);
  assert.notEqual(startTimeOf(bystander), undefined, "a process of somebody else was ended");
  t.diagnostic(JSON.stringify(Object.fromEntries(logged)));
  assert.ok((logged.get("journal lines skipped") ?? 0) > 0);
  assert.ok((logged.get("job was interrupted") ?? 0) > 0);
});

/** A process of somebody else, to which a journal may point. It ends with the test. */
function bystanderOf(t: TestContext): number {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], {
    stdio: "ignore",
    detached: true,
  });
  t.after(() => child.kill("SIGKILL"));
  assert.ok(child.pid);
  return child.pid;
}

const TIMINGS: Json[] = [
  { kind: "every", ms: 60_000 },
  { kind: "at", at: 1e12 },
  { kind: "daily", hour: 9, minute: 30, days: [1, 2] },
];

const SUM = { turns: 1, unpriced: 0, costUsd: 0.5, inputTokens: 1, outputTokens: 1 };

/** A journal with records of every kind, of which some are garbage and some are in the wrong place. */
function journalOf(mutate: Mutator, pid: number): Buffer {
  const rich = { text: "so far", entities: [{ type: "bold", offset: 0, length: 2 }] };
  const file = { name: "answer.md", instead: [rich] };
  const ids = Array.from({ length: 5 }, (_, n) => (mutate.once(8) ? mutate.pick(EVIL_IDS) : `${n + 1}-a`));
  const [queued = "", started = "", answered = "", interrupted = "", ended = ""] = ids;
  const job = (id: string, number: number): Json => JSON.parse(JSON.stringify(jobOf(id, number, [number])));
  const process = mutate.once(3)
    ? { pid }
    : { pid, startTime: mutate.pick(["1", "", "Thu Jan  1 00:00:00 1970"]) };
  const records: Json[] = [
    { k: "kept", seen: [1, 2], lastNumber: 3, last: job(ended, 5) },
    {
      k: "update",
      update: {
        update_id: 9,
        message: { message_id: 1, date: 0, chat: { id: 7, type: "private" }, text: "x" },
      },
    },
    ...ids.map((id, n): Json => ({ k: "queued", job: job(id, n + 1) })),
    { k: "changed", id: queued, parts: [{ messageId: 1, text: "new" }], files: ["../../x"], updates: [2] },
    ...[started, answered, interrupted, ended].map((id): Json => ({ k: "started", id })),
    { k: "started", id: started, process },
    { k: "shown", id: started, messages: [{ chatId: 7, messageId: 1 }] },
    { k: "answered", id: answered, answer: { outcome: "done", parts: [rich], file } },
    { k: "interrupted", id: interrupted, last: rich },
    { k: "ended", id: ended, outcome: "done", at: 0 },
    { k: "session", conversation: "7", agent: "none", sessionId: "s1" },
    { k: "handled", updates: [1, 2] },
    ...TIMINGS.map(
      (timing, n): Json => ({
        k: "scheduled",
        schedule: { ...JSON.parse(JSON.stringify(scheduleOf(`${n + 1}-s`, n + 1))), timing },
        updates: [],
      }),
    ),
    { k: "rescheduled", schedule: JSON.parse(JSON.stringify(scheduleOf("1-s", 1, 3))) },
    { k: "unscheduled", id: "2-s" },
    { k: "queued", job: job("8-a", 8), fired: { id: "1-s", after: null } },
    { k: "staying", mark: "1-a", process: { pid: 12345, startTime: "1" } },
    { k: "awaited", chatId: 7, secret: "GITHUB_TOKEN" },
    { k: "queued", job: job("9-a", 9) },
    { k: "held", id: "9-a", why: "budget" },
    { k: "spendings", days: [{ day: "2026-01-01", ...SUM }], sessions: [], jobs: ["1-a"] },
    { k: "spent", id: "2-a", day: "2026-01-01", agent: "claude", sessionId: "s1", costUsd: 0.5 },
    { k: "lifted", day: "2026-01-01", usd: 2 },
  ];
  const lines = records.map((record) => (mutate.once(3) ? mutate.json(record) : JSON.stringify(record)));
  if (mutate.once(3)) lines.sort(() => mutate.int(3) - 1);
  if (mutate.once(4)) lines.push(...lines.slice(mutate.int(lines.length)));
  const bytes = Buffer.from(`${lines.join("\n")}\n`);
  return mutate.once(3) ? mutate.bytes(bytes) : bytes;
}

const EVIL_IDS = [
  "../../x",
  "../x",
  "..",
  ".",
  "/etc/passwd",
  "x/../../x",
  "..\\x",
  "",
  "x\0",
  "-x",
  "__proto__",
];

/** What a start of the bridge does with it, up to the last answer. */
async function recoverAll(store: Store, paths: ProjectPaths, log: Log): Promise<void> {
  // What an answer's file is made of.
  writeFileSync(join(paths.spool, "3-a.file"), "a long answer");
  writeFileSync(join(paths.spool, "2-a.txt"), "what was said");
  const fake = fakeMessenger();
  const messenger: typeof fake = {
    ...fake,
    sendFile(to, file) {
      assert.ok(!Buffer.from(file.bytes).includes(SECRET), "a file from outside was sent");
      return fake.sendFile(to, file);
    },
  };
  const { desk, options } = await stillDesk(agent, { messenger, store, log, paths });
  await recover(desk, { ...options, mayPrompt: ({ author }) => author.id === 7 });
  await desk.deliveries.settled();
  assert.ok(!messenger.calls.some((call) => call.includes(SECRET)), "a text from outside was sent");
}

/** Every file outside of the state, and those in it that are not nanogent's own. */
function contentsOf(outside: string, { state }: ProjectPaths): unknown {
  const files = readdirSync(outside, { recursive: true, withFileTypes: true }).filter((each) =>
    each.isFile(),
  );
  return files
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.startsWith(join(state, "journal")) && !path.startsWith(join(state, "spool")))
    .map((path) => `${path}: ${readFileSync(path, "utf8")}`)
    .toSorted();
}
