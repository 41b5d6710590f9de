import assert from "node:assert/strict";
import test from "node:test";
import { Watches } from "../../../src/chat/terminals/watches.ts";
import type { SessionWatch, WatchFor } from "../../../src/terminal/session-watch.ts";
import { type FakeClock, fakeClock } from "../../fakes/clock.ts";
import { type Played, played } from "./known.ts";

const PLACE = { chatId: 7 };
const APPEARED = "👁 “all good” has appeared.";
const TEXT: WatchFor = { kind: "text", text: "all good" };

interface Life extends Played {
  readonly watches: Watches;
  readonly clock: FakeClock;
  readonly told: string[];
  /** As the next life finds it. */
  readonly saved: () => readonly SessionWatch[];
}

/** One life of the bridge. In tmux there is what the screen shows, unless it is told. */
function life(
  options: {
    saved?: readonly SessionWatch[];
    inTmux?: boolean;
    delivered?: Promise<void>;
    refused?: number;
  } = {},
): Life {
  const { saved = [], inTmux = true, delivered, refused } = options;
  const clock = fakeClock();
  const told: string[] = [];
  let last = saved;
  const session = played("term-1", {
    ...(inTmux ? { kept: () => shownBy(session) } : {}),
    ...(saved.length > 0 ? { watches: saved } : {}),
  });
  const watches = new Watches({
    clock,
    mayTell: ({ chatId }) => chatId !== refused,
    async tell(known, { chatId }, words) {
      told.push(`${known.session.id} in ${chatId}: ${words}`);
      await delivered;
    },
    save: (_, all) => {
      last = all;
    },
  });
  return { ...session, watches, clock, told, saved: () => last };
}

function shownBy({ session }: Played): string {
  const { active } = session.screen.terminal.buffer;
  return Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true)).join(
    "\n",
  );
}

const CHUNKS: readonly [title: string, chunks: readonly string[], told: boolean][] = [
  ["in one piece", ["so far all good.\r\n"], true],
  ["cut", ["all", " go", "od"], true],
  ["byte by byte", [..."all good"], true],
  ["with colours and a title in it", ["al\x1b[1;3", "2ml\x1b[0m \x1b]0;tit", "le\x07go\x1b[mod"], true],
  ["in two lines", ["all\r\ngood"], false],
  ["in another case", ["All good"], false],
  ["only in a title", ["\x1b]0;all good\x07"], false],
];

for (const [title, chunks, isTold] of CHUNKS) {
  test(`a text that comes ${title} is ${isTold ? "told, once" : "not told"}`, async () => {
    const { watches, known, writes, told, saved } = life();
    await writes("$ all good\r\n");
    await watches.add(known, PLACE, [TEXT]);
    for (const chunk of [...chunks, ...chunks]) await writes(chunk);
    assert.deepEqual(told, isTold ? [`term-1 in 7: ${APPEARED}`] : []);
    assert.equal(saved().length, isTold ? 0 : 1);
  });
}

test("silence counts from the last output; a bell and the end are told where somebody waits for them", async () => {
  const { watches, known, writes, clock, told, saved } = life();
  watches.bell(known);
  await watches.add(known, PLACE, [{ kind: "silence", ms: 3_000 }]);
  await watches.add(known, { chatId: 8 }, [{ kind: "exit" }, { kind: "bell" }]);
  await clock.advance(2_999);
  await writes("x");
  await clock.advance(2_999);
  assert.deepEqual(told, []);
  await clock.advance(1);
  watches.bell(known);
  watches.bell(known);
  await clock.advance(0);
  assert.deepEqual(told, ["term-1 in 7: 🤫 Nothing for 3 s.", "term-1 in 8: 🔔 It rings the bell."]);
  assert.deepEqual(saved(), [{ place: { chatId: 8 }, for: { kind: "exit" } }]);
  assert.equal(clock.pending, 0);
});

test("no more than ten wait for one session, and all can be taken away", async () => {
  const { watches, known, clock, saved } = life();
  for (let count = 0; count < 5; count++)
    assert.equal(await watches.add(known, PLACE, [{ kind: "silence", ms: 1_000 }, TEXT]), true);
  assert.equal(await watches.add(known, PLACE, [TEXT]), false);
  assert.equal(watches.clear(known), 10);
  assert.deepEqual([saved(), clock.pending], [[], 0]);
});

test("where nobody may be told any more nobody waits, also after a restart", async () => {
  const watches: SessionWatch[] = [8, 7].map((chatId) => ({ place: { chatId }, for: { kind: "bell" } }));
  const { saved, known, clock, told, ...rest } = life({ saved: watches, refused: 8 });
  await rest.watches.resume(known);
  await rest.watches.add(known, { chatId: 8 }, [{ kind: "silence", ms: 1_000 }]);
  rest.watches.forgetRefused([known]);
  assert.deepEqual(saved(), [watches[1]]);
  rest.watches.bell(known);
  assert.deepEqual([told, clock.pending], [["term-1 in 7: 🔔 It rings the bell."], 0]);
});

interface Restart {
  readonly title: string;
  /** Before somebody waits, after that, while the bridge is away, and after it has been found again. */
  readonly before?: string;
  readonly waiting?: string;
  readonly away?: string;
  readonly after?: string;
  readonly told: boolean;
  /** Killed, it can note nothing at its end. */
  readonly killed?: true;
}

const CLEAR = "\x1b[H\x1b[2J\x1b[3J";
const RESTARTS: readonly Restart[] = [
  { title: "nothing has come", before: "all good\r\n", waiting: "x\r\n", away: "y\r\n", told: false },
  { title: "it came while the bridge was away", before: "all good\r\n", away: "all good\r\n", told: true },
  {
    title: "it came again after the screen was cleared",
    before: "all good\r\n",
    away: `${CLEAR}all good`,
    waiting: CLEAR,
    told: true,
  },
  {
    title: "the same, and the bridge was killed a while after it was cleared",
    before: "all good\r\n",
    away: `${CLEAR}all good`,
    waiting: CLEAR,
    told: true,
    killed: true,
  },
  { title: "it was cleared while the bridge was away", before: "all good\r\n", away: CLEAR, told: false },
  { title: "it comes later", away: "x\r\n", after: "all good", told: true },
  { title: "half of it came before", waiting: "x\r\nall ", after: "good\r\n", told: true },
];

for (const { title, before = "", waiting = "", away = "", after = "", told: isTold, killed } of RESTARTS) {
  test(`after a restart: ${title}`, async () => {
    const first = life();
    await first.writes(before);
    await first.watches.add(first.known, PLACE, [TEXT]);
    if (waiting !== "") await first.writes(waiting);
    if (killed) await first.clock.advance(10_000);
    else await first.watches.stop();
    assert.equal(first.clock.pending, 0);
    assert.deepEqual(first.told, []);

    const next = life({ saved: first.saved() });
    await next.writes(before + waiting + away);
    await next.watches.resume(next.known);
    if (after !== "") await next.writes(after);
    await next.clock.advance(10_000);
    assert.deepEqual(next.told, isTold ? [`term-1 in 7: ${APPEARED}`] : []);
    assert.equal(next.saved().length, isTold ? 0 : 1);

    const last = life({ saved: next.saved() });
    await last.writes(before + waiting + away + after);
    await last.watches.resume(last.known);
    await last.clock.advance(10_000);
    assert.deepEqual(last.told, []);
  });
}

test("what has ended meanwhile tells the text that came before, and where somebody waits for the end", async () => {
  const watches: SessionWatch[] = [
    { place: PLACE, for: TEXT, shown: 1 },
    { place: { chatId: 8 }, for: TEXT, shown: 2 },
    { place: { chatId: 9 }, for: { kind: "exit" } },
  ];
  const { known, writes, ends, told, saved, ...rest } = life({ saved: watches });
  await writes("all good\r\nall good\r\n");
  await ends({ code: 0 });
  await rest.watches.ended(known, "⏹ exit 0", []);
  assert.deepEqual(told, [`term-1 in 7: ${APPEARED}`, "term-1 in 9: ⏹ exit 0"]);
  assert.deepEqual(saved(), []);
});

test("what an end tells is told by the next life, unless it has arrived before", async () => {
  let arrive = (): void => {};
  const delivered = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const first = life({ delivered });
  await first.watches.add(first.known, PLACE, [TEXT, { kind: "silence", ms: 1_000 }]);
  for (const chatId of [8, 8, 9]) await first.watches.add(first.known, { chatId }, [{ kind: "exit" }]);
  await first.writes("all good");
  await first.ends({ code: 0 });
  const ended = first.watches.ended(first.known, "⏹ exit 0", [{ chatId: 9 }]);
  const told = [`term-1 in 7: ${APPEARED}`, "term-1 in 8: ⏹ exit 0"];
  assert.deepEqual([first.told, first.clock.pending], [told, 0]);

  const killed = life({ saved: first.saved() });
  await killed.ends({ code: 0 });
  await killed.watches.ended(killed.known, "⏹ exit 0", []);
  assert.deepEqual([killed.told, killed.saved()], [told, []]);

  arrive();
  await ended;
  assert.deepEqual([first.told, first.saved()], [told, []]);
});

test("what is on its way when the bridge ends is told by its next life, unless it has arrived before", async () => {
  let arrive = (): void => {};
  const delivered = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const first = life({ delivered });
  await first.watches.add(first.known, PLACE, [TEXT, { kind: "exit" }]);
  await first.writes("all good all good");
  assert.deepEqual(first.told, [`term-1 in 7: ${APPEARED}`]);
  const killed = life({ saved: first.saved() });
  await killed.watches.resume(killed.known);
  assert.deepEqual(killed.told, [`term-1 in 7: ${APPEARED}`]);
  await first.watches.stop();
  arrive();
  await first.clock.advance(0);
  const stopped = life({ saved: first.saved() });
  await stopped.writes("all good all good");
  await stopped.watches.resume(stopped.known);
  assert.deepEqual(stopped.told, []);
  assert.deepEqual(stopped.saved(), [{ place: PLACE, for: { kind: "exit" } }]);
});

test("where nothing outlives the bridge nothing is noted", async () => {
  const { watches, known, writes, saved } = life({ inTmux: false });
  await watches.add(known, PLACE, [TEXT]);
  await writes("x");
  await watches.stop();
  assert.deepEqual(saved(), [{ place: PLACE, for: TEXT }]);
});
