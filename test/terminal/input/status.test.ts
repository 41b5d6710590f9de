import assert from "node:assert/strict";
import test from "node:test";
import { type State, statusOf } from "../../../src/terminal/input/status.ts";
import type { HeldSession } from "../../../src/terminal/terminal-session.ts";
import { temporaryFolder } from "../../fakes/folder.ts";
import { BASH, has, held, shows } from "../held.ts";
import { becomes } from "./becomes.ts";

/** As if so long had gone by since its last output. */
const after = (session: HeldSession, ms: number) => () => session.lastOutput + ms;

interface Row {
  readonly name: string;
  readonly program?: readonly string[];
  /** Typed into it first. */
  readonly typed?: string;
  readonly shows: RegExp;
  readonly state: State;
  readonly evidence: RegExp;
}

const ROWS: readonly Row[] = [
  { name: "a shell at its prompt", shows: /\$ $/, state: "idle", evidence: /^bash waits at its prompt/ },
  {
    name: "a shell with settings of its own",
    program: ["bash", "--rcfile", "/dev/null", "-i"],
    shows: /[$#] $/,
    state: "idle",
    evidence: /^bash waits at its prompt/,
  },
  {
    name: "a script that asks for pastes as a shell does",
    program: ["bash", "-c", "printf '\\033[?2004h'; read -r -p 'Name: ' it; :"],
    shows: /Name: $/,
    state: "idle",
    evidence: /^bash takes input/,
  },
  {
    name: "a shell that has just run something",
    typed: "seq 3\r",
    shows: /^3\n\$ $/m,
    state: "idle",
    evidence: /^bash waits/,
  },
  {
    name: "what a shell runs, and says nothing",
    typed: "sleep 60\r",
    shows: /sleep 60$/,
    state: "working",
    evidence: /^sleep runs in the foreground|^It printed/,
  },
  {
    name: "34: a loop of the shell itself that prints now and then",
    typed: "while sleep 0.3; do echo tick; done\r",
    shows: /(?:tick\n){6}/,
    state: "working",
    evidence: /printed|sleep runs/,
  },
  {
    name: "34: a program that prints now and then, started without a shell",
    program: ["sh", "-c", "while :; do echo tick; sleep 0.3; done"],
    shows: /(?:tick\n){6}/,
    state: "working",
    evidence: /printed|sleep runs/,
  },
  {
    name: "a program that asks",
    typed: "sh -c 'printf \"Really? [y/N] \"; read it'\r",
    shows: /N\] $/,
    state: "waiting",
    evidence: /^sh has printed “.*Really\? \[y\/N\]” and waits/,
  },
  {
    name: "a connection to a shell elsewhere, of which no more is known",
    program: ["sh", "-c", "cp \"$(command -v sleep)\" ssh; printf '$ '; exec ./ssh 60"],
    shows: /\$ $/,
    state: "idle",
    evidence: /^It has printed nothing/,
  },
  {
    name: "an editor",
    program: ["vim", "-u", "NONE", "-N"],
    shows: /^~/m,
    state: "idle",
    evidence: /^vim takes input/,
  },
  {
    name: "a choice of an agent",
    program: [
      "sh",
      "-c",
      "printf 'Do you want to proceed?\\r\\n❯ 1. Yes\\r\\n  2. No\\033[?25l\\r'; sleep 60",
    ],
    shows: /2\. No/,
    state: "needs-permission",
    evidence: /^Claude Code asks “Do you want to proceed\?”/,
  },
  {
    name: "Gemini at work",
    program: [
      "sh",
      "-c",
      "printf '\\033]0;✦  Working… (work)\\007 >   Type your message\\033[?2004h'; sleep 60",
    ],
    shows: /Type/,
    state: "working",
    evidence: /title of Gemini/,
  },
  {
    name: "Gemini at rest",
    program: [
      "sh",
      "-c",
      "printf '\\033]0;◇  Ready (work)\\007 >   Type your message\\033[?2004h'; sleep 60",
    ],
    shows: /Type/,
    state: "idle",
    evidence: /title of Gemini/,
  },
  {
    name: "one that has ended",
    program: ["sh", "-c", "echo bye; exit 3"],
    shows: /bye/,
    state: "ended",
    evidence: /code 3/,
  },
];

test("what a session is doing, and how that is known", {
  skip: process.platform !== "linux" && "Linux",
  concurrency: true,
}, async (t) => {
  const cwd = await temporaryFolder(t);
  await Promise.all(
    ROWS.map(({ name, program = BASH, typed, shows: shown, state, evidence }) =>
      t.test(name, { skip: program[0] === "vim" && !has("vim") && "no vim" }, async (t) => {
        const session = await held(t, program, { cwd });
        if (typed !== undefined) {
          await shows(session, /\$ $/);
          await session.write(Buffer.from(typed));
        }
        await shows(session, shown);
        assert.match(await becomes(session, state), evidence);
      }),
    ),
  );
});

test("34: one that has printed steadily is at work between two lines too, and at rest a while after the last", async (t) => {
  // Where nothing but the output can be seen, as with a machine far away.
  const session = await held(t, ["sh", "-c", "for i in 1 2 3 4; do sleep 0.4; echo $i; done; exec sleep 60"]);
  session.foreground = async () => undefined;
  await shows(session, /4$/);
  const states: string[] = [];
  for (const ms of [10, 3_000, 9_000, 11_000])
    states.push((await statusOf(session, { now: after(session, ms) })).state);
  assert.deepEqual(states, ["working", "working", "working", "idle"]);
});

test("what the hooks of an agent say counts before its screen, but not beyond its end", async (t) => {
  const session = await held(t, [
    "sh",
    "-c",
    "printf 'Do you want to?\\r\\n❯ 1. Yes\\r\\n  2. No\\033[?25l\\r'; read it",
  ]);
  await shows(session, /2\. No/);
  const told = { state: "working", evidence: "Its hook says so." } as const;
  const hooks = { state: (id: string) => (id === session.id ? told : undefined) };
  assert.deepEqual(await statusOf(session, { hooks }), told);
  assert.equal((await statusOf(session, { hooks: { state: () => undefined } })).state, "needs-permission");
  await session.write(Buffer.from("\r"));
  await session.ended;
  assert.equal((await statusOf(session, { hooks })).state, "ended");
});
