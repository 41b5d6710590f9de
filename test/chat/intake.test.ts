import assert from "node:assert/strict";
import test from "node:test";
import type { Incoming } from "../../src/chat/incoming.ts";
import { filesOfPrompt, Intake } from "../../src/chat/intake.ts";
import { promptOf } from "../../src/jobs/job.ts";
import type { Message } from "../../src/telegram/types.ts";
import { fakeClock } from "../fakes/clock.ts";
import { BOB, incoming } from "./people.ts";

const full = (letter: string, length = 4_096): string => letter.repeat(length);

function newIntake() {
  const clock = fakeClock();
  const prompts: (readonly Incoming[])[] = [];
  const intake = new Intake(clock, ({ messages }) => void prompts.push(messages));
  return {
    clock,
    intake,
    prompts,
    add(text: string, more: Partial<Message> = {}): Incoming {
      const message = incoming(text, more);
      intake.add(message);
      return message;
    },
    /** Each prompt as the first letters of its messages and their count of files. */
    taken: () =>
      prompts.map((messages) =>
        messages.map(({ text, files }) => `${text.slice(0, 6)}${files.length > 0 ? "📎" : ""}`).join("+"),
      ),
  };
}

const photo = (album?: string): Partial<Message> => ({
  photo: [{ file_id: `photo of ${album}` }],
  ...(album === undefined ? {} : { media_group_id: album }),
});

test("a short message is a prompt at once", () => {
  const { add, taken, clock } = newIntake();
  add("one");
  add("two");
  add("three", photo());
  assert.deepEqual(taken(), ["one", "two", "three📎"]);
  assert.equal(clock.pending, 0);
});

test("failure 8: a long paste that the client has split is one prompt, word for word", () => {
  const { add, taken, prompts } = newIntake();
  add(full("a"));
  add(full("b"));
  add(full("c", 3_950));
  assert.deepEqual(taken(), []);
  add("end");
  assert.deepEqual(taken(), ["aaaaaa+bbbbbb+cccccc+end"]);
  const parts = prompts[0]?.map(({ messageId, text }) => ({ messageId, text })) ?? [];
  assert.equal(
    promptOf({ parts, files: [] }),
    `${full("a")}${full("b")}${full("c", 3_950)}\nend`,
    "cut within a word where there was no blank",
  );
});

test("a part that fills a message waits a second for the next, from the last one on", async () => {
  const { add, taken, clock } = newIntake();
  add(full("a", 3_900));
  await clock.advance(999);
  add(full("b", 3_900));
  await clock.advance(999);
  assert.deepEqual(taken(), []);
  await clock.advance(1);
  assert.deepEqual(taken(), ["aaaaaa+bbbbbb"]);
  add(full("c", 3_899));
  assert.deepEqual(taken().at(-1), "cccccc", "too short to have been cut");
  add("later");
  assert.deepEqual(taken().at(-1), "later");
});

test("failure 8: an album is one prompt, in the order of its messages, with the caption wherever it is", async () => {
  const { intake, taken, clock, prompts } = newIntake();
  const pictures = [incoming("", photo("A")), incoming("look", photo("A")), incoming("", photo("A"))];
  for (const index of [2, 0, 1]) {
    const picture = pictures[index];
    if (picture) intake.add(picture);
    await clock.advance(900);
  }
  assert.deepEqual(taken(), []);
  await clock.advance(100);
  assert.deepEqual(taken(), ["📎+look📎+📎"]);
  assert.deepEqual(
    filesOfPrompt({ messages: [...(prompts[0] ?? [])] }).map(({ messageId }) => messageId),
    pictures.map(({ messageId }) => messageId),
  );
});

test("what does not belong together is not joined, and keeps its order", async () => {
  const cases: [name: string, messages: [string, Partial<Message>][], taken: string[]][] = [
    [
      "two albums",
      [
        ["x", photo("A")],
        ["y", photo("B")],
      ],
      ["x📎", "y📎"],
    ],
    [
      "an album, then text",
      [
        ["x", photo("A")],
        ["y", {}],
      ],
      ["x📎", "y"],
    ],
    [
      "an album, then a photo",
      [
        ["x", photo("A")],
        ["y", photo()],
      ],
      ["x📎", "y📎"],
    ],
    [
      "a part, then a photo",
      [
        [full("a"), {}],
        ["y", photo()],
      ],
      ["aaaaaa", "y📎"],
    ],
    [
      "a part, then an album",
      [
        [full("a"), {}],
        ["y", photo("A")],
      ],
      ["aaaaaa", "y📎"],
    ],
    [
      "a photo with a full caption, then text",
      [
        [full("a"), photo()],
        ["y", {}],
      ],
      ["aaaaaa📎", "y"],
    ],
    [
      "an album, a part, its end",
      [
        ["x", photo("A")],
        [full("a"), {}],
        ["end", {}],
      ],
      ["x📎", "aaaaaa+end"],
    ],
  ];
  for (const [name, messages, wanted] of cases) {
    const { add, taken, clock } = newIntake();
    for (const [text, more] of messages) add(text, more);
    await clock.advance(1_000);
    assert.deepEqual(taken(), wanted, name);
    await clock.advance(10_000);
    assert.deepEqual(taken(), wanted, `${name}, nothing twice`);
    assert.equal(clock.pending, 0, name);
  }
});

test("another person, chat or topic in between neither joins nor ends it", async () => {
  const group = { id: -100, type: "supergroup" } as const;
  const topic = { is_topic_message: true, message_thread_id: 5 };
  const others: Partial<Message>[] = [
    { chat: group, from: BOB },
    { chat: { id: -200, type: "group" } },
    { chat: group, ...topic },
  ];
  for (const other of others) {
    const { add, taken, clock } = newIntake();
    add(full("a"), { chat: group });
    add("between", other);
    assert.deepEqual(taken(), ["betwee"]);
    add(full("o"), other);
    add("end", { chat: group });
    assert.deepEqual(taken(), ["betwee", "aaaaaa+end"]);
    await clock.advance(1_000);
    assert.deepEqual(taken(), ["betwee", "aaaaaa+end", "oooooo"]);
  }
});

test("a command lets go of what is held of the same person, and of nobody else's", async () => {
  const { add, taken, clock, intake } = newIntake();
  add(full("a"));
  add(full("b"), { from: BOB });
  intake.flush(incoming("/status"));
  assert.deepEqual(taken(), ["aaaaaa"]);
  intake.flush(incoming("/status"));
  assert.deepEqual(taken(), ["aaaaaa"], "nothing twice");
  add("new");
  await clock.advance(1_000);
  assert.deepEqual(taken(), ["aaaaaa", "new", "bbbbbb"]);
});

test("an edit changes what is held, and nothing else", async () => {
  const { add, taken, clock, intake, prompts } = newIntake();
  const first = add(full("a"));
  const second = add(full("b"));
  const edit = (messageId: number, text: string): boolean =>
    intake.edit({ ...incoming(text), messageId, updateId: 1 });
  assert.equal(edit(first.messageId, "changed"), true);
  assert.equal(edit(-1, "of another message"), false);
  assert.equal(intake.edit({ ...incoming("x", { from: BOB }), messageId: first.messageId }), false);
  const third = add(full("c"));
  assert.equal(edit(third.messageId, "short"), true);
  await clock.advance(1_000);
  assert.deepEqual(taken(), ["change+bbbbbb+short"]);
  assert.deepEqual(
    prompts[0]?.map(({ updateId }) => updateId),
    [first, second, third].map(({ updateId }) => updateId),
    "the updates that are done with the prompt are those of the messages",
  );
  assert.equal(edit(first.messageId, "too late"), false);
});
