import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import { onlyAgent } from "../../src/agents/choose.ts";
import { Conversations } from "../../src/jobs/conversations.ts";
import { silentLog } from "../../src/log.ts";
import { prepareState, projectPaths } from "../../src/project.ts";
import { Store } from "../../src/store.ts";
import { OFFERS_NOTHING } from "../fakes/agent.ts";
import { temporaryFolder } from "../fakes/folder.ts";

const HERE = { chatId: -7, threadId: 3 };
const agent = { name: "claude", output: "markdown", run: () => assert.fail(), ...OFFERS_NOTHING } as const;
const settings = { permissions: "skip", model: undefined, timeoutMs: undefined, stallMs: undefined } as const;

/** Conversations, and the same ones after a restart. */
async function lives(t: TestContext) {
  const paths = projectPaths(await temporaryFolder(t));
  prepareState(paths);
  let store = await Store.open(paths.journal, silentLog);
  t.after(() => store.close());
  const live = () => new Conversations(store, onlyAgent(agent), settings);
  const next = async () => {
    await store.close();
    store = await Store.open(paths.journal, silentLog);
    return live();
  };
  return { first: live(), next };
}

test("how the next prompt begins: what is chosen holds until a prompt has taken it up, and over a restart", async (t) => {
  const { first, next } = await lives(t);
  let here: Conversations = first;
  const opening = () => here.opening(HERE, "claude");
  const steps: readonly (readonly [string, () => unknown, object])[] = [
    ["nothing to copy", () => here.forkSession(HERE, "claude"), {}],
    ["a name for the first", () => here.nameNextSession(HERE, "claude", "n"), { sessionName: "n" }],
    [
      "a prompt that began without it",
      () => here.keepSession(HERE, "claude", "a"),
      { sessionId: "a", sessionName: "n" },
    ],
    ["one with it", () => here.keepSession(HERE, "claude", "a", opening()), { sessionId: "a" }],
    ["a copy", () => here.forkSession(HERE, "claude"), { sessionId: "a", fork: true }],
    [
      "what runs says where it is",
      () => here.keepSession(HERE, "claude", "a", {}),
      { sessionId: "a", fork: true },
    ],
    ["the copy begins", () => here.keepSession(HERE, "claude", "b", opening()), { sessionId: "b" }],
    ["back to the old one", () => here.switchSession(HERE, "claude", "a"), { sessionId: "a" }],
    ["a copy again, by a name", () => here.forkSession(HERE, "claude"), { sessionId: "a", fork: true }],
    ["", () => here.nameNextSession(HERE, "claude", "m"), { sessionId: "a", fork: true, sessionName: "m" }],
    ["taken back", () => here.switchSession(HERE, "claude", "a"), { sessionId: "a" }],
    ["", () => here.forkSession(HERE, "claude"), { sessionId: "a", fork: true }],
    ["a fresh one", () => here.leaveSession(HERE, "claude", "fresh"), { sessionName: "fresh" }],
    ["without a name", () => here.leaveSession(HERE, "claude"), {}],
  ];
  for (const [name, act, expected] of steps) {
    await act();
    assert.deepEqual(opening(), expected, name);
    here = await next();
    assert.deepEqual(opening(), expected, `${name}, after a restart`);
    assert.deepEqual(here.opening(HERE, "codex"), {});
    assert.deepEqual(here.opening({ chatId: -7 }, "claude"), {});
  }
});
