import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { InputQueue } from "../../src/terminal/input-queue.ts";
import { Ring } from "../../src/terminal/ring.ts";
import { Screen } from "../../src/terminal/screen.ts";
import type { HeldSession } from "../../src/terminal/terminal-session.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { BASH, has, held, linesOf, shows } from "./held.ts";

/** What a page would show that attaches now. */
async function attached(session: HeldSession): Promise<string[]> {
  const { bytes, columns, rows } = await session.snapshot();
  const screen = new Screen({ columns, rows });
  screen.write(bytes);
  await screen.settled();
  return linesOf(screen.terminal);
}

const PROGRAMS: readonly {
  readonly program: string;
  readonly command: readonly string[];
  readonly shows: RegExp;
  readonly keys: string;
  readonly afterwards: RegExp;
}[] = [
  {
    program: "vim",
    command: ["vim", "-u", "NONE", "-N", "text"],
    shows: /^one\ntwo 日本\n~/m,
    keys: "Gothree é\x1b:wq\r",
    afterwards: /^(?!~)/,
  },
  { program: "less", command: ["less", "text"], shows: /^one\ntwo 日本/, keys: "q", afterwards: /^(?!one)/ },
  { program: "top", command: ["top", "-d", "60"], shows: /PID +USER/, keys: "q", afterwards: /./ },
];

for (const { program, command, shows: first, keys, afterwards } of PROGRAMS) {
  test(`${program} shows itself, follows the size, and a page that attaches sees the same`, {
    skip: !has(program) && `${program} is not installed`,
  }, async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, "text"), "one\ntwo 日本\n");
    const session = await held(t, command, { cwd: folder });
    await shows(session, first);
    await session.resize(60, 15);
    await sleep(300);
    await shows(session, first);
    await session.screen.settled();
    assert.deepEqual(await attached(session), linesOf(session.screen.terminal));
    assert.equal(session.screen.terminal.rows, 15);
    await session.write(Buffer.from(keys));
    assert.equal((await session.ended).code, 0);
    assert.match(linesOf(session.screen.terminal).join("\n"), afterwards);
    if (program === "vim")
      assert.equal(await readFile(join(folder, "text"), "utf8"), "one\ntwo 日本\nthree é\n");
  });
}

test("failures 29 and 31: viewers get every byte once, with its place; the last one's leaving ends nothing", async (t) => {
  const session = await held(t, BASH);
  await shows(session, /\$ $/);
  const start = session.position;
  const got: Buffer[] = [];
  let next = start;
  const sizes: number[][] = [];
  const leave = session.watch({
    output(chunk, position) {
      assert.equal(position, next);
      next += chunk.length;
      got.push(chunk);
    },
    resized: (...size) => sizes.push(size),
    ended: () => assert.fail("it has not ended"),
  });
  assert.equal(session.viewers, 1);
  await session.write(Buffer.from("seq 1 3\r"));
  await shows(session, /^3\n\$ $/m);
  await session.resize(100, 30);
  await session.resize(100, 30);
  await session.resize(1_000_000, Number.NaN);
  assert.deepEqual(sizes, [
    [100, 30],
    [500, 1],
  ]);
  assert.equal(next, session.position);
  assert.deepEqual(session.since(start), Buffer.concat(got));
  assert.deepEqual(session.since(next), Buffer.alloc(0));
  assert.equal(session.since(next + 1), undefined);
  leave();
  assert.equal(session.viewers, 0);
  await session.write(Buffer.from("echo on\r"));
  await shows(session, /on/);
  const ends: unknown[] = [];
  const watch = () => session.watch({ output() {}, resized() {}, ended: (exit) => ends.push(exit) });
  watch();
  await session.write(Buffer.from("exit 3\r"));
  await session.ended;
  watch();
  assert.deepEqual(ends, [{ code: 3 }, { code: 3 }]);
});

test("failure 34: a session that prints steadily is at work, one that waits is not", async (t) => {
  let now = 1_000_000;
  const { HeldSession } = await import("../../src/terminal/terminal-session.ts");
  const session = new HeldSession({
    id: "term-1",
    name: "a",
    label: "",
    where: "host",
    createdAt: now,
    columns: 80,
    rows: 24,
    now: () => now,
  });
  for (let second = 0; second < 60; second += 5) {
    now += 5_000;
    assert.equal(session.isWorking, true);
    session.output(Buffer.from("."));
  }
  now += 10_001;
  assert.equal(session.isWorking, false);
  t.after(() => session.screen.dispose());
});

test("a flood reaches the viewers whole, its end shows, and the program is held up rather than memory filled", {
  timeout: 120_000,
}, async (t) => {
  const session = await held(t, [
    "sh",
    "-c",
    "stty -opost; head -c 60000000 /dev/zero | tr '\\\\0' '\\\\033'; echo; echo the end",
  ]);
  let bytes = 0;
  let most = 0;
  session.watch({
    output(chunk) {
      bytes += chunk.length;
      most = Math.max(most, session.screen.behind);
    },
    resized() {},
    ended() {},
  });
  assert.equal((await session.ended).code, 0);
  assert.equal(bytes, 60_000_009);
  assert.ok(most < 12 << 20, `${most} bytes behind`);
  assert.match(linesOf(session.screen.terminal).join("\n"), /the end/);
});

test("what is typed as lines comes as one paste where the program knows that, and cannot end it", async (t) => {
  const session = await held(t, [
    "sh",
    "-c",
    "stty raw -echo; printf '\\033[?2004hready'; head -c 40 | od -An -c; printf '\\033[?2004l'",
  ]);
  await shows(session, /ready/);
  await session.type("a\nb\x1b[201~\x03", { enter: true });
  await session.write(Buffer.from("x".repeat(30)));
  await shows(session, /033 {3}\[ {3}2 {3}0 {3}0 {3}~ {3}a {2}\\r {3}b {3}\[ {3}2 {3}0 {3}1 {3}~ 033/);
});

test("the queue hands over in order, keeps parts together, and goes on after a fault", async () => {
  const written: string[] = [];
  const queue = new InputQueue(async (bytes) => {
    await sleep(Math.random() * 5);
    const text = Buffer.from(bytes).toString();
    if (text === "bad") throw new Error("no");
    written.push(text);
  });
  const text = Buffer.from("first");
  const first = queue.add(text);
  text.fill("x");
  const bad = queue.add(Buffer.from("bad"));
  const rest = Array.from({ length: 20 }, (_, index) =>
    queue.add(Buffer.from(`${index}`), Buffer.from("\r")),
  );
  await assert.rejects(bad, /no/);
  await Promise.all([first, ...rest]);
  assert.deepEqual(written, [
    "first",
    ...Array.from({ length: 20 }, (_, index) => [`${index}`, "\r"]).flat(),
  ]);
  await assert.rejects(queue.add(Buffer.alloc((8 << 20) + 1)), /does not read/);
});

test("the ring knows the place of what it remembers, and no more than it may", () => {
  const ring = new Ring(10, 1_000);
  assert.equal(ring.since(1_000)?.toString(), "");
  for (const text of ["abcd", "efgh", "ijkl", "mn"]) ring.push(Buffer.from(text));
  assert.equal(ring.position, 1_014);
  const cases: readonly [number, string | undefined][] = [
    [1_014, ""],
    [1_013, "n"],
    [1_004, "efghijklmn"],
    [1_003, undefined],
    [0, undefined],
    [1_015, undefined],
    [1_010.5, undefined],
    [Number.NaN, undefined],
  ];
  for (const [position, text] of cases)
    assert.equal(ring.since(position)?.toString(), text, String(position));
  for (let count = 0; count < 5_000; count++) ring.push(Buffer.from("z"));
  assert.equal(ring.since(ring.position - 10)?.toString(), "z".repeat(10));
});
