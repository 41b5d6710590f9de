import assert from "node:assert/strict";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setImmediate } from "node:timers/promises";
import { QueueNotices } from "../../src/chat/queue-notices.ts";
import { silentLog } from "../../src/log.ts";
import { Store } from "../../src/store.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { fakeMessenger } from "../fakes/messenger.ts";
import { jobOf } from "../records.ts";

const JOB = jobOf("4-a", 4, [2]);

async function noticesOf(t: TestContext) {
  const store = await Store.open(join(await temporaryFolder(t), "journal.jsonl"), silentLog);
  t.after(() => store.close());
  const messenger = fakeMessenger();
  const notices = new QueueNotices(messenger, store, () => 0);
  notices.queued(JOB, 1, []);
  const options = messenger.sent[0]?.options;
  const wanted = (): boolean | undefined => options?.wanted?.();
  return { notices, calls: messenger.calls, minor: options?.minor, wanted };
}

test("a notice gives way to replies, and is wanted while its prompt waits", async (t) => {
  const { minor, wanted } = await noticesOf(t);
  assert.equal(minor, true);
  assert.equal(wanted(), true);
});

const LEAVING: readonly ["started" | "removed", string][] = [
  ["started", "remove 1"],
  ["removed", "final 1: ✖ Removed from the queue: “do it”"],
];

for (const [how, call] of LEAVING) {
  test(`the notice of a prompt that was ${how} is not wanted, and one that was sent is followed up`, async (t) => {
    const { notices, calls, wanted } = await noticesOf(t);
    notices[how](JOB);
    assert.equal(wanted(), false);
    await setImmediate();
    assert.deepEqual(calls, ["send 1: ⏳ Queued as number 1.", call]);
  });
}
