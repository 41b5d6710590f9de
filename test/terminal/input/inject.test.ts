import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Injection, inject } from "../../../src/terminal/input/inject.ts";
import type { HeldSession } from "../../../src/terminal/terminal-session.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { BASH, has, held, linesOf, shows } from "../held.ts";

const LEFT = { confirmed: true, how: "left-the-input" };
const ECHO = { confirmed: true, how: "echo" };

const text = (session: HeldSession): string => linesOf(session.screen.terminal).join("\n");

/** What is not to be confirmed: its code, and what the program has got. */
async function refused(session: HeldSession, injection: Injection): Promise<readonly unknown[]> {
  const outcome = await inject(session, injection);
  if (outcome.confirmed) return [outcome.how];
  assert.match(`${outcome.reason} ${outcome.hint}`, /^\S.*\. [A-Z].*\.$/s);
  return [outcome.code, outcome.typed];
}

const HOSTILE: readonly { readonly name: string; readonly text: string; readonly got: string }[] = [
  {
    name: "a command that must not run",
    text: "$(touch hacked) `touch hacked`",
    got: "$(touch hacked) `touch hacked`",
  },
  { name: "keys and the end of a paste", text: "a\x03\x1b[201~\x04b\x7f\x9b201~\rc", got: "a[201~b201~\nc" },
  { name: "emoji and wide characters", text: "日本 👩‍👩‍👧 é ❤️ end", got: "日本 👩‍👩‍👧 é ❤️ end" },
  { name: "emoji alone", text: "🎉🚀", got: "🎉🚀" },
  { name: "several lines", text: "one\n\n  two\nthree\n\n", got: "one\n\n  two\nthree" },
  { name: "quotes and backslashes", text: `it's "so" \\n \\`, got: `it's "so" \\n \\` },
  { name: "a line longer than the screen", text: "x".repeat(1_000), got: "x".repeat(1_000) },
];

test("what is injected into an editor stands there as it is, with Enter once", {
  skip: !has("vim") && "no vim",
}, async (t) => {
  const folder = await temporaryFolder(t);
  for (const { name, text: given, got } of HOSTILE) {
    await t.test(name, async (t) => {
      const session = await held(t, ["vim", "-u", "NONE", "-N", "-n", "file"], { cwd: folder });
      await shows(session, /^~/m);
      await session.write(Buffer.from(":%d\r:set paste\ri"));
      await shows(session, /-- INSERT/);
      assert.deepEqual(await inject(session, { text: given, submit: "yes" }), LEFT);
      await session.write(Buffer.from("\x1b:wq!\r"));
      await session.ended;
      assert.equal(await readFile(join(folder, "file"), "utf8"), `${got}\n\n`);
    });
  }
});

test("a shell runs what is submitted, and not what is only to stand there", async (t) => {
  const session = await held(t, BASH, { cwd: await temporaryFolder(t) });
  await shows(session, /\$ $/);
  assert.deepEqual(await inject(session, { text: "echo $((6 * 7))", submit: "no" }), ECHO);
  await shows(session, /\$ echo \$\(\(6 \* 7\)\)$/);
  assert.doesNotMatch(text(session), /42/);
  assert.deepEqual(await inject(session, { text: "", submit: "yes" }), LEFT);
  await shows(session, /^42$/m);
  assert.deepEqual(
    await inject(session, { text: "for each in 1 2\ndo echo n$each\ndone", submit: "yes" }),
    LEFT,
  );
  await shows(session, /^n1\nn2$/m);
  assert.deepEqual(await inject(session, { text: "exit 3", submit: "yes" }), LEFT);
  assert.equal((await session.ended).code, 3);
});

test("9, 10: twenty at once are twenty lines, each sender's in order, whoever types meanwhile", async (t) => {
  const session = await held(t, BASH, { cwd: await temporaryFolder(t), env: { HISTSIZE: "100000" } });
  await shows(session, /\$ $/);
  const senders = ["ada", "bob", "cyd", "dee"];
  const sent = Array.from({ length: 20 }, (_, index) => `${senders[index % 4]}-${index}`);
  const outcomes = sent.map((each) => inject(session, { text: `: ${each}`, submit: "yes" }));
  // Somebody at the keys meanwhile.
  let keyed = 0;
  const keys = setInterval(() => void session.write(Buffer.from(`: key-${keyed++}\r`)), 25);
  t.after(() => clearInterval(keys));
  assert.deepEqual(
    await Promise.all(outcomes),
    sent.map(() => LEFT),
  );
  clearInterval(keys);
  await inject(session, { text: "history", submit: "yes" });
  const ran = [...(await shows(session, / history\n(?:.*\n)*\$ $/)).matchAll(/^ +\d+ {2}: (.*)$/gm)];
  const [typed = [], injected = []] = [true, false].map((isKeyed) =>
    ran.map(([, each = ""]) => each).filter((each) => each.startsWith("key") === isKeyed),
  );
  assert.deepEqual(injected, sent);
  assert.deepEqual(
    typed,
    Array.from({ length: keyed }, (_, index) => `key-${index}`),
  );
  assert.ok(keyed > 3);
});

test("100 kB arrive whole, pasted into an editor and typed into a program that knows no pastes", {
  skip: !has("vim") && "no vim",
}, async (t) => {
  const cwd = await temporaryFolder(t);
  const lines = Array.from({ length: 1_500 }, (_, index) => `${index} ${"many words ".repeat(6)}`.trim());
  const given = lines.join("\n");
  assert.ok(given.length > 100_000);
  const editor = await held(t, ["vim", "-u", "NONE", "-N", "-n", "pasted"], { cwd });
  await shows(editor, /^~/m);
  await editor.write(Buffer.from(":set paste\ri"));
  await shows(editor, /-- INSERT/);
  assert.deepEqual(await inject(editor, { text: given, submit: "no" }), ECHO);
  await editor.write(Buffer.from("\x1b:wq\r"));
  await editor.ended;
  const cat = await held(t, ["sh", "-c", "cat > typed"], { cwd });
  assert.deepEqual(await inject(cat, { text: given, submit: "yes" }), LEFT);
  await cat.write(Buffer.from("\x04"));
  await cat.ended;
  for (const name of ["pasted", "typed"])
    assert.equal(await readFile(join(cwd, name), "utf8"), `${given}\n`, name);
});

/** Programs that do not take what is typed, and what is said then. */
const UNMOVED: readonly {
  readonly name: string;
  readonly program: readonly string[];
  readonly shows: RegExp;
  readonly injection: Injection;
  readonly said: readonly unknown[];
}[] = [
  {
    name: "one that does not show it, such as a password",
    program: ["sh", "-c", "stty -echo; printf 'Password: '; read it; echo got $it"],
    shows: /Password: $/,
    injection: { text: "secret", submit: "yes" },
    said: ["not-shown", "text"],
  },
  {
    name: "the same, forced: what became of it cannot be seen either",
    program: ["sh", "-c", "stty -echo; printf 'Password: '; read it; printf \"got $it\"; sleep 100"],
    shows: /Password: $/,
    injection: { text: "secret", submit: "force" },
    said: ["not-shown", "text-and-enter"],
  },
  {
    name: "one that shows it but does not take Enter",
    program: [
      "sh",
      "-c",
      "printf '\\033[?2004h> '; stty raw -echo; head -c 18 | tail -c +7 | head -c 6; cat >/dev/null",
    ],
    shows: /> $/,
    injection: { text: "hello!", submit: "yes", retries: 0 },
    said: ["not-taken", "text-and-enter"],
  },
  {
    name: "one that hangs",
    program: ["sh", "-c", "stty raw -echo; echo ready; sleep 100"],
    shows: /ready/,
    injection: { text: "x", submit: "no" },
    said: ["not-shown", "text"],
  },
  {
    name: "lines that are not to be entered, where each one would be",
    program: ["cat"],
    shows: /^$/,
    injection: { text: "a\nb", submit: "no" },
    said: ["takes-no-lines", "nothing"],
  },
  {
    name: "a text that is keys alone",
    program: ["cat"],
    shows: /^$/,
    injection: { text: "\x03\x1b\n", submit: "yes" },
    said: ["not-shown", "nothing"],
  },
  {
    name: "a choice on the screen",
    program: [
      "sh",
      "-c",
      "printf 'Do you want to proceed?\\r\\n❯ 1. Yes\\r\\n  2. No\\033[?25l\\r'; read it; echo answered",
    ],
    shows: /2\. No/,
    injection: { text: "no", submit: "yes" },
    said: ["dialog", "nothing"],
  },
  {
    name: "a choice that comes between text and Enter",
    program: [
      "sh",
      "-c",
      "stty raw -echo; printf 'ready> '; head -c 2; printf '\\033[2J\\033[HRun it?\\r\\n❯ 1. Yes\\r\\n  2. No\\033[?25l\\r\\033[A'; head -c 1; printf answered",
    ],
    shows: /ready> $/,
    injection: { text: "hi", submit: "yes" },
    said: ["dialog", "text"],
  },
  {
    name: "one that has ended",
    program: ["sh", "-c", "echo bye"],
    shows: /bye/,
    injection: { text: "x", submit: "yes" },
    said: ["ended", "nothing"],
  },
];

test("what has not arrived is never said to have", { concurrency: true }, async (t) => {
  await Promise.all(
    UNMOVED.map(({ name, program, shows: first, injection, said }) =>
      t.test(name, async (t) => {
        const session = await held(t, program);
        await shows(session, first);
        if (said[0] === "ended") await session.ended;
        assert.deepEqual(await refused(session, injection), said);
        assert.doesNotMatch(text(session), /answered/);
      }),
    ),
  );
});

test("a signal ends the waiting, and the next input is not kept waiting", async (t) => {
  const session = await held(t, ["sh", "-c", "stty -echo; echo ready; head -n 1 >/dev/null; stty echo; cat"]);
  await shows(session, /ready/);
  const given = new AbortController();
  const first = refused(session, { text: "hidden", submit: "yes", signal: given.signal });
  const second = refused(session, { text: "x", submit: "no", signal: AbortSignal.abort() });
  while (session.lastInput === session.createdAt) await sleep(5);
  given.abort();
  assert.deepEqual(await first, ["aborted", "text"]);
  assert.deepEqual(await second, ["aborted", "nothing"]);
});

test("Enter is pressed again while the text stays, and no more often than told", async (t) => {
  // The second Enter is taken.
  const program =
    "stty raw -echo; printf '> '; head -c 2; head -c 1 >/dev/null; head -c 1 >/dev/null; printf '\\r\\ntaken'; cat";
  for (const [retries, said] of [
    [1, ["left-the-input"]],
    [0, ["not-taken", "text-and-enter"]],
  ] as const) {
    const session = await held(t, ["sh", "-c", program]);
    await shows(session, /> $/);
    assert.deepEqual(await refused(session, { text: "hi", submit: "yes", retries }), said);
    assert.equal(/taken/.test(text(session)), retries === 1);
  }
});

test("what the agent's hook says counts, where the screen tells nothing", async (t) => {
  const session = await held(t, ["sh", "-c", "stty raw -echo; printf '> '; head -c 2; cat >/dev/null"]);
  await shows(session, /> $/);
  const onPrompt = (id: string, listener: (prompt: string) => void): (() => void) => {
    assert.equal(id, session.id);
    const timer = setInterval(() => listener("hi "), 50);
    return () => clearInterval(timer);
  };
  assert.deepEqual(await refused(session, { text: "hi", submit: "yes", hooks: { onPrompt } }), ["hook"]);
});
