import assert from "node:assert/strict";
import test from "node:test";
import { LivePictures } from "../../../src/chat/terminals/live-pictures.ts";
import { captionOf, pictureButtons } from "../../../src/chat/terminals/pictures.ts";
import { clockWords } from "../../../src/schedules/words.ts";
import { type FakeClock, fakeClock } from "../../fakes/clock.ts";
import { type FakeMessenger, fakeMessenger } from "../../fakes/messenger.ts";
import { type Played, played } from "./known.ts";

const MESSAGE = { chatId: 7, messageId: 1 };
const HEAD = "🖥 term-1 · sh";
const FIVE = 5 * 60_000;
const LIVE = `picture ${HEAD}\n▶ Live until ${clockWords(fakeClock().now() + FIVE)}`;
const over = (why: string): string => `${HEAD}\n⏹ Not live any more: ${why}`;

interface Scene extends Played {
  readonly live: LivePictures;
  readonly clock: FakeClock;
  readonly messenger: FakeMessenger;
  /** What is drawn; undefined: a secret is there. */
  drawn: string | undefined;
  /** A chat that may not be told any more. */
  refused?: number;
  start(): string;
}

/** A session of which pictures are drawn by the test. */
function scene(): Scene {
  const clock = fakeClock();
  const messenger = fakeMessenger();
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const redact = (text: string): string => text;
  const live: LivePictures = new LivePictures({
    ...{ clock, messenger, log, redact },
    mayTell: ({ chatId }) => chatId !== now.refused,
    async draw(known, look) {
      if (now.drawn === undefined) return undefined;
      const [caption, buttons] = [captionOf(known, look, redact), pictureButtons(known, look)];
      return { name: "a.png", bytes: Buffer.from(now.drawn), picture: true, caption, buttons };
    },
  });
  const now: Scene = {
    ...played("term-1"),
    ...{ live, clock, messenger, drawn: "0" },
    start: () => live.start(now.known, MESSAGE),
  };
  return now;
}

interface Case {
  readonly title: string;
  readonly happens: (scene: Scene) => Promise<unknown> | unknown;
  /** After the first picture. */
  readonly calls: readonly string[];
  /** It goes on. */
  readonly isLive?: true;
}

const change = async (scene: Scene, drawn: string | undefined): Promise<void> => {
  scene.drawn = drawn;
  await scene.writes("x");
  await scene.clock.advance(5_000);
};

const CASES: readonly Case[] = [
  { title: "nothing has changed", happens: ({ clock }) => clock.advance(60_000), calls: [], isLive: true },
  { title: "what was written is not seen", happens: (scene) => change(scene, "0"), calls: [], isLive: true },
  {
    title: "the screen changes twice within 5 seconds, and once later",
    async happens(scene) {
      await scene.writes("x");
      await change(scene, "2");
      await scene.clock.advance(5_000);
      await change(scene, "3");
    },
    calls: [`edit 1: ${LIVE}`, `edit 1: ${LIVE}`],
    isLive: true,
  },
  {
    title: "an edit is left out",
    async happens(scene) {
      scene.messenger.editResults.push("dropped");
      await change(scene, "1");
      await scene.clock.advance(10_000);
    },
    calls: [`edit 1: ${LIVE}`, `edit 1: ${LIVE}`],
    isLive: true,
  },
  {
    title: "it is looked at with its keys",
    async happens(scene) {
      assert.equal(scene.live.refresh(MESSAGE, true), true);
      await scene.clock.advance(4_999);
      await change(scene, "1");
    },
    calls: [`final 1: ${LIVE}`, `edit 1: ${LIVE}`],
    isLive: true,
  },
  {
    title: "5 minutes are over",
    async happens(scene) {
      await scene.clock.advance(FIVE);
      await change(scene, "1");
    },
    calls: [`final 1: picture ${over("5 minutes are over.")}`],
  },
  {
    title: "its session ends",
    async happens(scene) {
      await scene.ends({ code: 3 });
      scene.live.ended(scene.known);
      await scene.clock.advance(10_000);
    },
    calls: [`final 1: picture ${HEAD}\n❌ exit 3`],
  },
  {
    title: "a secret is shown, also when it is gone again",
    async happens(scene) {
      await change(scene, undefined);
      await change(scene, "1");
    },
    calls: [
      `final 1: ${over("it shows a secret now, which cannot be blotted out in a picture. Text does.")}`,
    ],
  },
  {
    title: "a secret is shown when 5 minutes are over",
    async happens(scene) {
      await scene.clock.advance(FIVE - 1);
      scene.drawn = undefined;
      await scene.clock.advance(1);
    },
    calls: [
      `final 1: ${over("it shows a secret now, which cannot be blotted out in a picture. Text does.")}`,
    ],
  },
  {
    title: "its message is gone",
    async happens(scene) {
      scene.messenger.editResults.push("gone");
      await change(scene, "1");
      await change(scene, "2");
    },
    calls: [`edit 1: ${LIVE}`],
  },
  {
    title: "its message is to show something else",
    async happens(scene) {
      assert.equal(scene.live.forget(MESSAGE), true);
      await change(scene, "1");
    },
    calls: [],
  },
  {
    title: "its chat may not be told any more",
    async happens(scene) {
      scene.refused = 7;
      scene.live.forgetRefused();
      await change(scene, "1");
    },
    calls: [],
  },
  {
    title: "another chat may not",
    happens(scene) {
      scene.refused = 8;
      scene.live.forgetRefused();
    },
    calls: [],
    isLive: true,
  },
  {
    title: "the bridge stops",
    async happens(scene) {
      scene.live.stop();
      await change(scene, "1");
    },
    calls: [`final 1: ${over("the bridge has stopped.")}`],
  },
];

for (const { title, happens, calls, isLive = false } of CASES) {
  test(`a live picture: ${title}`, async () => {
    const now = scene();
    assert.equal(now.start(), "Live for 5 minutes.");
    await now.clock.advance(0);
    assert.deepEqual(now.messenger.calls.splice(0), [`final 1: ${LIVE}`]);
    await happens(now);
    await now.clock.advance(0);
    assert.deepEqual(now.messenger.calls, calls);
    // One for the next look, one for the end.
    assert.equal(now.clock.pending, isLive ? 2 : 0);
    assert.equal(now.live.forget(MESSAGE), isLive);
  });
}

test("one picture is live in a chat, and four in all", async () => {
  const { live, known, clock, messenger, start } = scene();
  const startIn = (chatId: number, messageId: number, of = known): string =>
    live.start(of, { chatId, messageId });
  assert.equal(start(), "Live for 5 minutes.");
  assert.equal(start(), "It is live already.");
  await clock.advance(0);
  assert.equal(startIn(7, 2), "Live for 5 minutes.");
  await clock.advance(0);
  assert.deepEqual(messenger.calls, [
    `final 1: ${LIVE}`,
    `final 1: picture ${over("a newer picture is.")}`,
    `final 2: ${LIVE}`,
  ]);
  assert.equal(startIn(7, 3, played("term-2").known), "Live for 5 minutes.");
  await clock.advance(0);
  assert.deepEqual(messenger.calls.slice(3), [
    `final 2: picture ${over("a newer picture is.")}`,
    `final 3: ${LIVE.replace("term-1", "term-2")}`,
  ]);
  for (const chatId of [8, 9, 10]) assert.equal(startIn(chatId, 2), "Live for 5 minutes.");
  assert.equal(startIn(11, 2), "4 pictures are live already. Stop one of them first.");
  await clock.advance(FIVE);
  assert.equal(startIn(11, 2), "Live for 5 minutes.");
  live.stop();
  assert.equal(clock.pending, 0);
});
