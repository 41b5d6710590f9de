import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import {
  answer,
  failure,
  fakeClaude,
  init,
  type Scenario,
  SESSION,
  starts,
  success,
} from "../fakes/claude-cli.ts";
import { crashAt } from "../fakes/preload/crash-at.ts";
import { wallClock } from "../fakes/preload/wall-clock.ts";
import { fromBot, untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

const GUEST = 8;
const GROUP = -100500;
const DAY = 24 * 60 * 60_000;
/** Each prompt costs half a dollar. */
const ANSWERS: Scenario = { "": [init(), ...answer("Fine."), success("Fine.")] };

async function budgetProject(t: TestContext, settings: Readonly<Record<string, string>> = {}) {
  const home = await project(t);
  const { api, folder } = home;
  await home.writeEnv({
    TELEGRAM_ALLOWED_USER_IDS: `${OWNER},${GUEST}`,
    NANOGENT_OWNER_IDS: String(OWNER),
    TELEGRAM_ALLOWED_CHAT_IDS: String(GROUP),
    NANOGENT_CLAUDE: await fakeClaude(folder, ANSWERS),
    NANOGENT_BUDGET_USD: "0.80",
    ...settings,
  });
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bob = api.privateChat(GUEST, { firstName: "Bob" });
  const start = (more: Readonly<Record<string, string>> = {}) => home.start({ IS_SANDBOX: "1", ...more });
  /** The prompts that were run, in order. */
  const ran = async (): Promise<string[]> =>
    (await starts(folder)).flatMap(({ input }) =>
      input.flatMap(({ message }) => {
        const { content } = (message ?? {}) as { content?: unknown };
        return typeof content === "string" ? [content] : [];
      }),
    );
  /** Resolves when so many answers are in the chat. */
  const answered = (count: number, chat = ada) =>
    api.waitFor(() => fromBot(api, chat).filter(({ text }) => /^Fine\.\n\n✅/.test(text)).length === count, {
      what: `${count} answers`,
      timeoutMs: 15_000,
    });
  return { ...home, ada, bob, start, ran, answered };
}

test("what comes over the day's budget is held, through a restart, until an owner goes on; then it runs in order", async (t) => {
  const { api, ada, start, ran, answered } = await budgetProject(t);
  let bridge = await start();
  for (const prompt of ["one", "two"]) api.say(ada, prompt);
  await answered(2);
  for (const prompt of ["three", "four"]) api.say(ada, prompt);
  const words = /waits: today's budget is reached, \$1\.00 of \$0\.80 are spent\. An owner can go on today;/;
  const three = await untilSaid(api, ada, new RegExp(`^💰 “three” ${words.source}`));
  const four = await untilSaid(api, ada, new RegExp(`^💰 “four” ${words.source}`));
  api.say(ada, "/status");
  await untilSaid(api, ada, /^Budget: \$1\.00 of \$0\.80 used today, new prompts wait$/m);
  await bridge.kill();
  bridge = await start();
  assert.deepEqual(await ran(), ["one", "two"]);
  const notice = await api.press(three, "▶ Go on today (+$0.80)");
  assert.equal(notice?.text, "Goes on. The limit of today is now $1.80.");
  await answered(4);
  assert.deepEqual(await ran(), ["one", "two", "three", "four"]);
  for (const { messageId } of [three, four]) {
    const shown = fromBot(api, ada).find((message) => message.messageId === messageId);
    assert.match(shown?.text ?? "", /\n\n▶ Let on by Ada, \d\d:\d\d\. The limit of today is now \$1\.80\.$/);
    assert.deepEqual(shown?.keyboard ?? [], []);
  }
  assert.equal(
    (await api.press(four, "▶ Go on today (+$0.80)", { stale: true }))?.text,
    "Nothing waits for the budget any more.",
  );
  assert.equal(fromBot(api, ada).filter(({ text }) => text.startsWith("💰")).length, 2, "said once each");
  await bridge.kill();
  await start();
  api.say(ada, "/usage");
  const usage = await untilSaid(api, ada, /^This session:/);
  assert.equal(
    usage.text,
    [
      "This session: 4 prompts · $2.00 · 40 in / 20 out",
      "Today: 4 prompts · $2.00 · 40 in / 20 out",
      "This month: 4 prompts · $2.00 · 40 in / 20 out",
      "Budget: $2.00 of $1.80 used today, new prompts wait",
    ].join("\n"),
  );
  assert.deepEqual(api.violations, []);
});

test("going on lets on what there is room for, and asks again about the rest, each in its one message", async (t) => {
  const { api, ada, start, ran, answered } = await budgetProject(t);
  await start();
  for (const prompt of ["a", "b"]) api.say(ada, prompt);
  await answered(2);
  const asked = [];
  for (const prompt of ["c", "d", "e", "f", "g"]) {
    api.say(ada, prompt);
    asked.push(await untilSaid(api, ada, new RegExp(`^💰 “${prompt}” waits`)));
  }
  const [first, ...rest] = asked;
  assert.ok(first);
  await api.press(first, "▶ Go on today (+$0.80)");
  await answered(4);
  const shown = () => fromBot(api, ada).filter(({ text }) => text.startsWith("💰"));
  const isAsking = /^💰 “.” waits: today's budget is reached, \$2\.00 of \$1\.80 are spent/;
  await api.waitFor(() => shown().filter(({ text }) => isAsking.test(text)).length === 3);
  assert.deepEqual(
    shown().map(({ messageId }) => messageId),
    asked.map(({ messageId }) => messageId),
  );
  for (const [index, { text, keyboard }] of shown().entries()) {
    const letOn = /\n\n▶ Let on by Ada, \d\d:\d\d\. The limit of today is now \$1\.80\.$/;
    assert.equal(letOn.test(text), index < 2, text);
    assert.equal(keyboard.length > 0, index >= 2);
  }
  assert.deepEqual(await ran(), ["a", "b", "c", "d"]);
  const last = shown().find(({ messageId }) => messageId === rest.at(-1)?.messageId);
  assert.ok(last);
  await api.press(last, "▶ Go on today (+$0.80)");
  await answered(6);
  assert.deepEqual(await ran(), ["a", "b", "c", "d", "e", "f"]);
  assert.deepEqual(api.violations, []);
});

test("a lift is kept through a restart, and so is what it lets run", async (t) => {
  const { api, ada, start, ran, answered } = await budgetProject(t, { NANOGENT_BUDGET_USD: "0.50" });
  const bridge = await start();
  api.say(ada, "one");
  await answered(1);
  api.say(ada, "two");
  const held = await untilSaid(api, ada, /^💰 “two” waits/);
  await api.press(held, "▶ Go on today (+$0.50)");
  await answered(2);
  await bridge.kill();
  await start();
  api.say(ada, "/usage");
  await untilSaid(api, ada, /^Budget: \$1\.00 of \$1\.00 used today, new prompts wait$/m);
  api.say(ada, "three");
  const again = await untilSaid(api, ada, /^💰 “three” waits: .* \$1\.00 of \$1\.00 are spent/);
  assert.equal((await api.press(again, "✖ Drop"))?.text, "Dropped.");
  await untilSaid(api, ada, /“three” waits[\s\S]*✖ Dropped by Ada, \d\d:\d\d$/);
  assert.deepEqual(await ran(), ["one", "two"]);
});

test("a new day frees new prompts; what was held the day before waits for its button, which lifts nothing then", async (t) => {
  const { api, ada, start, ran, answered } = await budgetProject(t, { NANOGENT_BUDGET_USD: "0.50" });
  const bridge = await start();
  api.say(ada, "one");
  await answered(1);
  api.say(ada, "two");
  const held = await untilSaid(api, ada, /^💰 “two” waits/);
  await bridge.kill();
  // A day later by its clock, for which what is sent now would be late.
  await start({ ...wallClock(DAY), NANOGENT_STALE_AFTER: "off", NANOGENT_BUDGET_USD: "1" });
  api.say(ada, "three");
  await answered(2);
  assert.deepEqual(await ran(), ["one", "three"]);
  assert.equal((await api.press(held, "▶ Go on today (+$0.50)"))?.text, "Goes on.");
  await answered(3);
  assert.deepEqual(await ran(), ["one", "three", "two"]);
  api.say(ada, "/usage");
  await untilSaid(api, ada, /^Today: 2 prompts · \$1\.00 .*\n.*\nBudget: \$1\.00 of \$1\.00 used today/m);
});

test("a guest's press is refused, and he sees his session only; an owner goes on from /usage", async (t) => {
  const { api, ada, bob, start, ran, answered } = await budgetProject(t, { NANOGENT_BUDGET_USD: "0.50" });
  await start();
  api.say(ada, "one");
  await answered(1);
  api.say(bob, "mine");
  const held = await untilSaid(api, bob, /^💰 “mine” waits/);
  const refused = await api.press(held, "▶ Go on today (+$0.50)");
  assert.equal(refused?.text, "Only owners may go on over the budget.");
  api.say(bob, "/usage");
  const seen = await untilSaid(api, bob, /^This session/);
  assert.equal(
    seen.text,
    "This session: nothing used yet\nBudget: $0.50 of $0.50 used today, new prompts wait",
  );
  assert.deepEqual(seen.keyboard ?? [], []);
  api.say(ada, "/usage");
  const usage = await untilSaid(api, ada, /^This session: 1 prompt/);
  assert.deepEqual(await ran(), ["one"]);
  await api.press(usage, "▶ Go on today (1 waiting)");
  await answered(1, bob);
  await untilSaid(
    api,
    bob,
    /“mine” waits[\s\S]*▶ Let on by Ada, \d\d:\d\d\. The limit of today is now \$1\.00\.$/,
  );
});

test("what waits in the queue is held when its turn comes; a shell's commands never are", async (t) => {
  const { api, ada, folder, start } = await budgetProject(t, { NANOGENT_BUDGET_USD: "0.50" });
  await fakeClaude(folder, {
    slow: [init(), { gate: "here", until: "go" }, ...answer("Slow."), success("Slow.")],
    "": [init(), ...answer("Fine."), success("Fine.")],
  });
  await start();
  api.say(ada, "slow");
  await untilSaid(api, ada, /working/);
  api.say(ada, "later");
  await untilSaid(api, ada, /Queued as number 1/);
  await writeFile(join(folder, "go"), "");
  await untilSaid(api, ada, /^Slow\.\n\n✅/);
  await untilSaid(api, ada, /^💰 “later” waits/);
  await api.waitFor(
    () => fromBot(api, ada).some(({ text, deleted }) => deleted && text.startsWith("⏳ Queued")),
    { what: "the notice to be gone" },
  );
  api.say(ada, "/agent shell");
  await untilSaid(api, ada, /shell/);
  api.say(ada, "echo free");
  await untilSaid(api, ada, /^free\n\n✅/);
});

/** Says half of its answer, and tells its cost when it is interrupted. */
const HALF: Scenario = [
  init(),
  ...answer("Half."),
  { expect: { request: { subtype: "interrupt" } } },
  success("", { subtype: "error_during_execution", is_error: true, total_cost_usd: 0.65 }),
  { exit: 1 },
];

test("what fails, and what is stopped, costs as well", async (t) => {
  const { api, ada, folder, start } = await budgetProject(t, { NANOGENT_BUDGET_USD: "0.90" });
  await fakeClaude(folder, {
    bad: [init(), failure("It broke.", { total_cost_usd: 0.25 })],
    stop: HALF,
  });
  await start();
  api.say(ada, "bad");
  await untilSaid(api, ada, /^❌ It broke\./);
  api.say(ada, "stop");
  await untilSaid(api, ada, /^Half\.[\s\S]*working/);
  api.say(ada, "/cancel");
  await untilSaid(api, ada, /⏹ Stopped by Ada, .*\$0\.65/);
  api.say(ada, "/usage");
  await untilSaid(api, ada, /^Today: 2 prompts · \$0\.90 /m);
  api.say(ada, "bad");
  await untilSaid(api, ada, /^💰 “bad” waits/);
});

test("what the end of the bridge cuts off costs as well", async (t) => {
  const { api, ada, folder, start } = await budgetProject(t, { NANOGENT_BUDGET_USD: "0.60" });
  await fakeClaude(folder, HALF);
  const bridge = await start();
  api.say(ada, "work");
  await untilSaid(api, ada, /^Half\.[\s\S]*working/);
  assert.equal(await bridge.stop(), 0);
  const cut = await untilSaid(api, ada, /^Half\.[\s\S]*Stopped by the shutdown of the bridge/);
  await start();
  assert.equal((await api.press(cut, "🔁 Run again"))?.text, "Runs again.");
  await untilSaid(api, ada, /^💰 “work” waits: .* \$0\.65 of \$0\.60 are spent/);
});

for (const when of ["before append", "half append", "after append", "after fsync"]) {
  for (const record of ["spent", "answered"]) {
    test(`killed ${when} of ${record}, the turn that was answered counts once`, async (t) => {
      const { api, ada, folder, start, readJournal } = await budgetProject(t);
      const life = await start(crashAt(`${when} journal.jsonl: ${record}#1`, folder));
      api.say(ada, "one");
      assert.equal((await life.exited).signal, "SIGKILL");
      await start();
      const end = await untilSaid(api, ada, /✅|^⚠️ Interrupted|Interrupted: /);
      // A line that was torn is none.
      const counted = (await readJournal()).match(/^\{"k":"spent".*\}$/gm)?.length ?? 0;
      assert.ok(counted === 1 || (counted === 0 && !end.text.includes("✅")), `${counted}: ${end.text}`);
      api.say(ada, "/usage");
      await untilSaid(api, ada, counted === 1 ? /^Today: 1 prompt · \$0\.50 /m : /^Today: nothing used yet/m);
      // Written before, and maybe in the same write.
      if (counted === 1) assert.ok((await readJournal()).includes(SESSION));
    });
  }
}
