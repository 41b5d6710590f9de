import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import test from "node:test";
import type { Incoming } from "../../../src/chat/incoming.ts";
import { Terminals } from "../../../src/chat/terminals/terminals.ts";
import { BackendError } from "../../../src/terminal/pty.ts";
import { has } from "../../terminal/held.ts";
import { ADA, playedChat } from "./played-room.ts";

const TOPIC = { chatId: -100, threadId: 5 };

/** What is written while a session is being found again that is gone, as it turns out. */
const MESSAGES: readonly [
  title: string,
  message: Partial<Incoming>,
  expected: boolean,
  /** `at once`: not for a terminal, and that is not waited for. */
  typed: "at once" | "taken" | "not taken",
][] = [
  ["a prompt", { text: "hello" }, false, "at once"],
  ["in another topic", { place: { ...TOPIC, threadId: 6 } }, false, "at once"],
  ["in its topic", { place: TOPIC, addressed: false }, true, "taken"],
  ["in its topic, and names the bot", { place: TOPIC }, true, "taken"],
  ["in its topic, but of another chat", { place: { ...TOPIC, chatId: -200 } }, false, "at once"],
  ["replies to it", { answers: "🖥 term-1 @build · make" }, false, "taken"],
  ["replies to something else", { answers: "Done." }, false, "at once"],
  ["its name", { text: "@build again" }, false, "taken"],
  ["another name", { text: "@other again" }, false, "at once"],
];

test("while sessions are being found again only what may be for them waits for that, and nothing in a topic is lost", {
  skip: !has("tmux") && "tmux is not installed",
}, async (t) => {
  const { options, sent } = await playedChat(t);
  const record = {
    ...{
      id: "term-1",
      name: "build",
      label: "make",
      where: "ssh:web",
      createdAt: 1,
      mark: `none-${process.pid}`,
    },
    ...{ persists: true, place: { ...TOPIC, ownTopic: true } },
  };
  writeFileSync(options.statePath, JSON.stringify({ last: 1, sessions: [record] }));
  let fail = (): void => {};
  const failed = new Promise<never>((_, reject) => {
    fail = () => reject(new BackendError("It does not answer."));
  });
  failed.catch(() => {});
  const env = { ...options.env(), TMUX_TMPDIR: options.folder };
  const terminals = new Terminals({ ...options, env: () => env, elsewhere: () => failed });
  t.after(() => terminals.stop());
  const found = terminals.start();
  const waiting = MESSAGES.map(([title, more, expected]) => {
    const incoming: Incoming = {
      ...{ updateId: 1, place: { chatId: 7 }, messageId: 1, sentAt: 0, inGroup: true, text: "ls" },
      ...{ author: ADA, files: [], addressed: true, bareCommand: false },
      ...more,
    };
    assert.equal(terminals.expects(incoming), expected, title);
    return { incoming, answer: terminals.typed(incoming, ADA) };
  });
  fail();
  await found;
  const answers = await Promise.all(
    waiting.map(async ({ answer }) =>
      answer === false ? "at once" : (await answer) ? "taken" : "not taken",
    ),
  );
  assert.deepEqual(
    MESSAGES.map(([title], index) => [title, answers[index]]),
    MESSAGES.map(([title, , , typed]) => [title, typed]),
  );
  assert.ok(
    sent.some((each) => /^7: 🖥 term-1 .*\n⏹ ended · It is gone/.test(each)),
    sent.join("\n"),
  );
  // What is written in its topic is for nobody else, also now.
  assert.deepEqual(
    waiting.map(({ incoming }) => terminals.expects(incoming)),
    MESSAGES.map(([, , expected]) => expected),
  );
});
