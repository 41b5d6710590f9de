import assert from "node:assert/strict";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { AgentAnswer, AgentRequest } from "../../../src/agents/agent.ts";
import { Requests } from "../../../src/chat/requests/requests.ts";
import { silentLog } from "../../../src/log.ts";
import { Store } from "../../../src/store.ts";
import { fakeClock } from "../../fakes/clock.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { fakeMessenger } from "../../fakes/messenger.ts";
import { jobOf } from "../../records.ts";

const JOB = jobOf("4-a", 4, []);
const OWNER = { id: 1, name: "Ada", role: "owner" } as const;
const AUTHOR = { ...JOB.author, role: "guest" } as const;
const STRANGER = { id: 99, name: "Eve", role: "guest" } as const;
const PERMISSION: AgentRequest = {
  kind: "permission",
  id: "1",
  tool: "Bash",
  detail: "ls",
  session: true,
  always: { rules: ["Bash(ls)"], keeper: "agent" },
};

async function asked(t: TestContext, request: AgentRequest = PERMISSION, remindMs?: number) {
  const store = await Store.open(join(await temporaryFolder(t), "journal.jsonl"), silentLog);
  t.after(() => store.close());
  const messenger = fakeMessenger();
  const clock = fakeClock();
  const requests = new Requests({ messenger, store, clock, remindMs: () => remindMs });
  const answers: AgentAnswer[] = [];
  requests.ask(JOB, request, (answer) => answers.push(answer) > 0);
  await setImmediate();
  const buttons = () =>
    (messenger.sent.at(-1)?.content.buttons?.flat() ?? []).filter((button) => "data" in button);
  const press = (choice: string, by: typeof OWNER | typeof AUTHOR | typeof STRANGER) => {
    const data = buttons().find((button) => button.data.endsWith(`:${choice}`))?.data ?? "";
    assert.ok(Buffer.byteLength(data) <= 64);
    return requests.press(data.split(":")[1] ?? "", choice, by);
  };
  return { requests, messenger, clock, answers, press };
}

test("only who may stop the job answers, and only an owner for good", async (t) => {
  const { answers, press } = await asked(t);
  assert.match(press("once", STRANGER), /Only its author and owners/);
  assert.match(press("always", AUTHOR), /Only owners may allow that for good/);
  assert.deepEqual(answers, []);
  assert.equal(press("always", OWNER), "✅ Always allowed.");
  assert.match(press("once", OWNER), /no longer open/, "twice is once");
  assert.deepEqual(answers, [{ kind: "allow", scope: "always" }]);
});

test("the next message of whoever is to say why, where he is to say it, is the reason", async (t) => {
  const { requests, answers, press } = await asked(t);
  press("why", AUTHOR);
  assert.equal(requests.takeText(JOB.place, "no", OWNER), false);
  assert.equal(requests.takeText({ chatId: 8 }, "no", AUTHOR), false);
  assert.equal(requests.takeText(JOB.place, "too slow", AUTHOR), true);
  assert.equal(requests.takeText(JOB.place, "and more", AUTHOR), false, "one message");
  assert.deepEqual(answers, [{ kind: "deny", reason: "too slow" }]);
});

test("what nobody answers is repeated once, and never after it was answered", async (t) => {
  const { clock, messenger, press } = await asked(t, PERMISSION, 1_000);
  await clock.advance(5_000);
  assert.equal(messenger.calls.filter((call) => call.includes("still waits")).length, 1);
  press("deny", OWNER);
  await clock.advance(5_000);
  assert.ok(messenger.calls.includes("remove 2"), "the reminder goes away");
  const again = await asked(t, PERMISSION, 1_000);
  again.press("once", OWNER);
  await again.clock.advance(5_000);
  assert.ok(!again.messenger.calls.some((call) => call.includes("still waits")));
});

test("what is ticked shows in the reminder too", async (t) => {
  const options = [{ label: "A" }, { label: "B" }];
  const questions = [{ id: "q", text: "Which?", options, multiple: true }];
  const { clock, messenger, press } = await asked(t, { kind: "questions", id: "1", questions }, 1_000);
  await clock.advance(1_000);
  press("o1", OWNER);
  await setImmediate();
  assert.deepEqual(
    messenger.calls.slice(-2).map((call) => call.split(":")[0]),
    ["final 1", "final 2"],
  );
});

test("questions with one and the same text are asked one after the other all the same", async (t) => {
  const question = { id: "q", text: "Which?", options: [{ label: "A" }, { label: "B" }], multiple: false };
  const { messenger, answers, press } = await asked(t, {
    kind: "questions",
    id: "1",
    questions: [question, question, question],
  });
  for (const choice of ["o0", "o1", "o0"]) {
    press(choice, OWNER);
    await setImmediate();
  }
  assert.equal(messenger.sent.length, 3);
  assert.equal(answers.length, 1);
});

test("a job that is over takes its requests along", async (t) => {
  const { requests, messenger, press } = await asked(t);
  requests.void(JOB.id);
  await setImmediate();
  assert.ok(messenger.calls.some((call) => /^final 1: [\s\S]*No longer needed, \d\d:\d\d$/.test(call)));
  assert.match(press("once", OWNER), /no longer open/);
});
