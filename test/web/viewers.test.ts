import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fakeClock } from "../fakes/clock.ts";
import { frame } from "./frames.ts";
import { type Screen, type Site, site } from "./site.ts";
import { until } from "./until.ts";

const MEGABYTE = 1024 * 1024;

const shows = (screen: Screen, text: string) => until(`the screen “${text}”`, () => screen.shown === text);

test("failure 29: who attaches sees the screen as it is, and then what comes", async (t) => {
  const { first, attach } = await site(t);
  first.output("before");
  const screen = await attach(t);
  await shows(screen, "screen at 6");
  first.output(", live");
  await shows(screen, "screen at 6, live");
  assert.deepEqual(screen.messages, [
    { type: "attached", session: "term-1", position: 6, columns: 80, rows: 24, role: "owner", viewers: 1 },
    { type: "snapshot", position: 6, columns: 80, rows: 24 },
  ]);
  assert.equal(screen.position, 12);
});

test("who comes back goes on where he was, as far as that is remembered", async (t) => {
  const { first, attach } = await site(t);
  first.output("x".repeat(1_000_000));
  first.output("0123456789");
  const cases: [from: number, shown: string][] = [
    [1_000_010, ""],
    [1_000_004, "456789"],
    [1_000_011, "screen at 1000010"],
    [500_000, "screen at 1000010"],
    [-1, "screen at 1000010"],
    [Number.MAX_SAFE_INTEGER, "screen at 1000010"],
  ];
  for (const [from, shown] of cases) {
    const screen = await attach(t, { from });
    const isResumed = !shown.startsWith("screen");
    await shows(screen, shown);
    assert.deepEqual(
      [screen.messages[0]?.position, screen.last("snapshot") === undefined],
      [isResumed ? from : 1_000_010, isResumed],
    );
    screen.client.close();
  }
});

test("output that comes while the first picture is made is neither lost nor doubled", async (t) => {
  const { first, attach } = await site(t);
  let open = (): void => {};
  first.gate = new Promise((resolve) => {
    open = resolve;
  });
  const screen = await attach(t);
  first.output("meanwhile");
  open();
  await shows(screen, "screen at 0meanwhile");
  first.output(", after");
  await shows(screen, "screen at 0meanwhile, after");
  assert.equal(first.snapshots, 1);
});

test("a program that outruns the making of pictures is shown by pictures, four a second at most", async (t) => {
  const clock = fakeClock();
  const { first, attach } = await site(t, clock);
  const gates: (() => void)[] = [];
  const close = (): void => {
    first.gate = new Promise((resolve) => gates.push(resolve));
  };
  close();
  const screen = await attach(t);
  for (let round = 1; round <= 3; round++) {
    await until(`picture ${round}`, () => first.snapshots === round);
    const { position } = first;
    if (round < 3) first.output("x".repeat(300_000));
    close();
    gates.shift()?.();
    await until("it is shown", () => screen.shown.startsWith(`screen at ${position}`));
    await clock.advance(249);
    assert.equal(first.snapshots, round);
    await clock.advance(1);
  }
  first.output("live");
  await shows(screen, "screen at 600000live");
});

test("the first size and the first keys count, also when the screen takes its time", async (t) => {
  const { first, token, open } = await site(t);
  first.gate = new Promise(() => {});
  const screen = await open(t);
  screen.say({ type: "attach", token: await token(), session: "term-1", columns: 90, rows: 30 });
  screen.say({ type: "resize", columns: 100, rows: 40 });
  screen.type("l");
  screen.type("s\r");
  await until("the keys", () => first.typed.length === 2);
  assert.deepEqual(
    [first.typed, first.sizes],
    [
      ["l", "s\r"],
      ["90x30", "100x40"],
    ],
  );
});

test("a socket that closes while the first picture is made leaves nothing behind", async (t) => {
  const clock = fakeClock();
  const { first, attach, stop, listeners } = await site(t, clock);
  let open = (): void => {};
  first.gate = new Promise((resolve) => {
    open = resolve;
  });
  const screen = await attach(t);
  assert.equal(first.viewers, 1);
  screen.client.terminate();
  await until("his leaving", () => first.viewers === 0);
  open();
  await sleep(20);
  assert.equal(first.viewers, 0);
  await stop();
  assert.deepEqual([clock.pending, listeners()], [0, 0]);
});

test("failure 30: a viewer who stops reading holds up nobody, costs little, and sees the screen when he is back", async (t) => {
  const { first, attach } = await site(t);
  const [fast, slow] = [await attach(t), await attach(t)];
  await Promise.all([shows(fast, "screen at 0"), shows(slow, "screen at 0")]);
  slow.client.pause();
  const before = slow.received;
  const block = "0123456789abcdef".repeat(2_048);
  for (let count = 0; count < 2_000; count++) {
    first.output(block);
    // As fast as the fast one takes it: he must get every byte.
    await until("the fast one", () => fast.position === first.position);
    fast.shown = "";
  }
  assert.deepEqual(
    fast.messages.filter(({ type }) => type === "snapshot").length,
    1,
    "the fast one is never dropped",
  );
  slow.client.resume();
  await until("the newest screen", () => slow.shown === `screen at ${first.position}`);
  // What the system's own buffers took was on its way; the rest was never kept.
  const late = slow.received - before;
  assert.ok(late < 20 * MEGABYTE, `${late} of ${first.position} bytes`);
  first.output("again live");
  await shows(slow, `screen at ${first.position - 10}again live`);
});

test("the size follows who types, and all others are told", async (t) => {
  const { first, attach, roles } = await site(t);
  const told = (screen: Screen) => {
    const { columns, rows } = screen.last("size") ?? {};
    return `${columns}x${rows}`;
  };
  const desk = await attach(t, { columns: 120, rows: 40 });
  const phone = await attach(t, { columns: 40, rows: 30 });
  await until("both", () => phone.shown !== "" && desk.shown !== "");
  assert.deepEqual(first.sizes, ["120x40"], "who comes later does not change it");
  phone.say({ type: "resize", columns: 41, rows: 31 });
  phone.type("a");
  await until("the phone's size", () => told(desk) === "41x31" && told(phone) === "41x31");
  desk.say({ type: "resize", columns: 121, rows: 41 });
  phone.say({ type: "resize", columns: 50, rows: 20 });
  await until("the phone turned", () => told(desk) === "50x20");
  phone.client.close();
  await until("the desk's size", () => told(desk) === "121x41");
  assert.deepEqual(first.sizes, ["120x40", "41x31", "50x20", "121x41"]);
  roles.set(0, "reader");
  desk.say({ type: "resize", columns: 10, rows: 10 });
  desk.type("x");
  await sleep(50);
  assert.deepEqual([first.sizes.length, first.typed], [4, ["a"]]);
});

test("a reader sees all and changes nothing, also with frames made by hand", async (t) => {
  const { first, attach, roles } = await site(t);
  const writer = await attach(t, { columns: 100, rows: 50 });
  roles.set(0, "reader");
  const reader = await attach(t, { columns: 10, rows: 10 });
  assert.equal(reader.messages[0]?.role, "reader");
  const raw = (reader.client as unknown as { _socket: { write(bytes: Buffer): void } })._socket;
  raw.write(frame({ opcode: 2, payload: "rm -rf\r" }));
  raw.write(
    Buffer.concat([frame({ opcode: 2, payload: "a", final: false }), frame({ opcode: 0, payload: "b" })]),
  );
  for (const message of [
    { type: "resize", columns: 20, rows: 20 },
    { type: "attach", token: "x", session: "term-1", columns: 20, rows: 20 },
    { type: "input", data: "x" },
  ])
    reader.say(message);
  first.output("seen");
  await until("what he sees", () => reader.shown.endsWith("seen"));
  await sleep(50);
  assert.deepEqual([first.typed, first.sizes], [[], ["100x50"]]);
  assert.deepEqual([reader.closedWith, writer.closedWith], [undefined, undefined]);
});

test("what is said in text frames never reaches the program", async (t) => {
  const { first, attach } = await site(t);
  const screen = await attach(t);
  for (const text of ['{"type":"resize","columns":0,"rows":5}', '{"type":"resize"', "ls\r", "null", "[]"])
    screen.client.send(text);
  screen.type("end");
  await until("the end", () => first.typed.length > 0);
  assert.deepEqual([first.typed, first.sizes], [["end"], []]);
});

test("who types faster than the program takes has to wait, and nothing is lost", async (t) => {
  const { first, attach } = await site(t);
  const screen = await attach(t);
  await shows(screen, "screen at 0");
  let open = (): void => {};
  first.gate = new Promise((resolve) => {
    open = resolve;
  });
  for (let count = 0; count < 64; count++) screen.type(String(count).padEnd(512 * 1024, "."));
  await until("what is taken at once", () => first.typed.length >= 3);
  await sleep(100);
  assert.ok(first.typed.length < 8, `${first.typed.length} of 64 were taken`);
  open();
  await until("all of it", () => first.typed.length === 64);
  assert.deepEqual(
    first.typed.map((text) => Number.parseInt(text, 10)),
    [...Array(64).keys()],
  );
});

test("the end of the program is told, after its last output", async (t) => {
  const { first, attach } = await site(t);
  const screen = await attach(t);
  await shows(screen, "screen at 0");
  first.output("last");
  first.end({ code: 3 });
  await until("the end", () => screen.closedWith !== undefined);
  const ended = { type: "ended", code: 3, reason: null, lost: false };
  assert.deepEqual([screen.shown, screen.last("ended"), screen.closedWith], ["screen at 0last", ended, 1000]);
  const late = await attach(t);
  await until("the end again", () => late.closedWith !== undefined);
  assert.deepEqual([late.shown, late.last("ended"), late.closedWith], ["screen at 4", ended, 1000]);
  assert.equal(first.viewers, 0);
});

test("everybody is told how many look, others than the page's included", async (t) => {
  const { first, attach } = await site(t);
  const count = (screen: Screen) => screen.last("viewers")?.count ?? screen.last("attached")?.viewers;
  const one = await attach(t);
  const two = await attach(t);
  await until("two", () => count(one) === 2 && count(two) === 2);
  const stop = first.watch({ output() {}, resized() {}, ended() {} });
  await until("three", () => count(one) === 3 && count(two) === 3);
  stop();
  two.client.close();
  await until("one", () => count(one) === 1);
});

test("failure 27: who is removed from the list is cut within a second, and sees nothing more", async (t) => {
  const clock = fakeClock();
  const made = await site(t, clock);
  const screen = await made.attach(t);
  const list = await made.open(t);
  list.say({ type: "list", token: await made.token() });
  await until("both", () => list.messages.length > 0 && screen.shown !== "");
  await clock.advance(10 * 60_000);
  assert.deepEqual([screen.closedWith, list.closedWith], [undefined, undefined]);
  made.roles.delete(0);
  made.first.typed.length = 0;
  screen.type("x");
  await clock.advance(1_000);
  made.first.output("secret");
  await until("the cut", () => screen.closedWith !== undefined && list.closedWith !== undefined);
  assert.deepEqual([screen.closedWith, list.closedWith], [4401, 4401]);
  assert.deepEqual([screen.shown.includes("secret"), made.first.typed, made.first.viewers], [false, [], 0]);
});

test("a token lives as long as it is used, and an hour longer", async (t) => {
  const clock = fakeClock();
  const made = await site(t, clock);
  const token = await made.token();
  const list = await made.open(t);
  list.say({ type: "list", token });
  await until("the list", () => list.messages.length > 0);
  list.client.on("ping", () => {});
  const status = async () => (await made.call("GET", "/v1/sessions", { token })).status;
  for (let hour = 0; hour < 3; hour++) {
    await clock.advance(59 * 60_000);
    assert.equal(await status(), 200);
  }
  await clock.advance(60 * 60_000);
  // The open socket has kept it alive, if its pings were answered; without it, it ends.
  list.client.terminate();
  await clock.advance(61 * 60_000);
  assert.equal(await status(), 401);
  assert.equal(clock.pending, 0, "nothing is looked after any more");
});

async function refusal(
  made: Site,
  t: Parameters<typeof site>[0],
  first: string,
): Promise<[unknown, unknown]> {
  const screen = await made.open(t);
  screen.client.send(first);
  await until("the refusal", () => screen.closedWith !== undefined);
  return [screen.closedWith, screen.last("error")?.code];
}

test("a socket that does not begin as it should is refused", async (t) => {
  const made = await site(t);
  const token = await made.token();
  const size = { columns: 80, rows: 24 };
  const cases: [first: object | string, close: number, code: string][] = [
    ["ls\r", 1008, "bad-request"],
    [{ type: "attach", token, session: "term-1" }, 1008, "bad-request"],
    [{ type: "attach", token, session: "term-1", columns: 1e9, rows: 24 }, 1008, "bad-request"],
    [{ type: "attach", token, session: "term-1", from: "x", ...size }, 1008, "bad-request"],
    [{ type: "attach", token: `${token}x`, session: "term-1", ...size }, 4401, "bad-token"],
    [{ type: "list", token: "" }, 4401, "bad-token"],
    [{ type: "list" }, 4401, "bad-token"],
    [{ type: "attach", token, session: "term-9", ...size }, 4404, "no-session"],
    [{ type: "attach", token, session: "name-of-term", ...size }, 4404, "no-session"],
  ];
  for (const [first, ...expected] of cases) {
    const text = typeof first === "string" ? first : JSON.stringify(first);
    assert.deepEqual(await refusal(made, t, text), expected, text);
  }
  // Keys before the token are nobody's.
  const screen = await made.open(t);
  screen.type("x");
  screen.say({ type: "attach", token, session: "term-1", ...size });
  await until("the attachment", () => screen.shown !== "");
  assert.deepEqual(made.first.typed, []);
});

test("who says nothing is cut, and nobody may have too many sockets", async (t) => {
  const clock = fakeClock();
  const made = await site(t, clock);
  const silent = await made.open(t);
  await clock.advance(5_000);
  await until("the cut", () => silent.closedWith === 4401);
  const token = await made.token();
  const mine: Screen[] = [];
  for (let count = 0; count < 12; count++) {
    const screen = await made.open(t);
    screen.say({ type: "list", token });
    mine.push(screen);
  }
  await until("the last one", () => mine.at(-1)?.messages.length !== 0 || mine.length > 12);
  assert.deepEqual(await refusal(made, t, JSON.stringify({ type: "list", token })), [
    4429,
    "too-many-connections",
  ]);
});

test("the list is pushed when it changes, at most twice a second", async (t) => {
  const clock = fakeClock();
  const made = await site(t, clock);
  const screen = await made.open(t);
  screen.say({ type: "list", token: await made.token() });
  await until("the first list", () => screen.messages.length === 1);
  await clock.advance(10_000);
  assert.equal(screen.messages.length, 1, "nothing has changed");
  for (let count = 0; count < 20; count++) {
    made.first.columns += 1;
    made.changed();
    await clock.advance(100);
  }
  await until("the lists", () => screen.messages.length >= 4);
  await sleep(50);
  assert.ok(screen.messages.length <= 6, `${screen.messages.length} lists in two seconds`);
  await clock.advance(1_000);
  await until("the last one", () => JSON.stringify(screen.last("list")).includes('"columns":100'));
  // What nobody tells of is seen too.
  made.first.rows = 99;
  await clock.advance(1_000);
  await until("the rows", () => JSON.stringify(screen.last("list")).includes('"rows":99'));
});

test("the end of the bridge ends the sockets, and frees the port", async (t) => {
  const made = await site(t);
  const screen = await made.attach(t);
  await made.stop();
  await until("the end", () => screen.closedWith !== undefined);
  assert.equal(screen.closedWith, 1001);
  assert.equal(made.first.viewers, 0);
  await assert.rejects(made.call("GET", "/"));
});
