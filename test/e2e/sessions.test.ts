import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { realpath, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { answer, fakeClaude, init, starts, success } from "../fakes/claude-cli.ts";
import { sessionId, sessionPath, user, writeSession } from "../fakes/claude-session.ts";
import { crashAt } from "../fakes/preload/crash-at.ts";
import { untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

const STRANGER = 666;
const AT = 1_700_000_000;

/** A project with so many sessions of Claude Code, the first one the oldest, and a stand-in for the program. */
async function withSessions(t: TestContext, count: number) {
  const made = await project(t);
  const { folder, api, writeEnv, start } = made;
  const cwd = await realpath(folder);
  const home = join(folder, "home");
  await writeEnv({
    TELEGRAM_ALLOWED_USER_IDS: String(OWNER),
    MY_TOKEN: "hidden-value",
    NANOGENT_CLAUDE: await fakeClaude(folder, {
      slow: [
        { gate: "begun", until: "go" },
        init({ session_id: sessionId(99) }),
        ...answer("I begin."),
        success("", { session_id: sessionId(99) }),
      ],
      "": [
        init({ session_id: sessionId(50) }),
        ...answer("Answer."),
        success("", { session_id: sessionId(50) }),
      ],
    }),
  });
  const path = (number: number) => sessionPath(home, cwd, sessionId(number));
  for (let number = 1; number <= count; number += 1) {
    await writeSession(path(number), [user(`prompt ${number} hidden-value`, cwd)], AT + number);
  }
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const begin = (more: Readonly<Record<string, string>> = {}) =>
    start({ IS_SANDBOX: "1", HOME: home, ...more });
  const resumed = async () =>
    (await starts(folder)).map(({ args }) => {
      const at = args.indexOf("--resume");
      return at < 0
        ? "fresh"
        : `${Number(args[at + 1]?.slice(0, 8))}${args.includes("--fork-session") ? " copied" : ""}`;
    });
  /** Sends a prompt and waits for its answer. */
  const prompt = async (text: string): Promise<void> => {
    const before = api.messages(ada).filter((each) => /✅/.test(each.text)).length;
    api.say(ada, text);
    await api.waitFor(() => api.messages(ada).filter((each) => /✅/.test(each.text)).length > before, {
      what: text,
    });
  };
  return { ...made, ada, path, begin, resumed, prompt };
}

test("/sessions: pages, and a button for each session goes on with it, also after a restart", async (t) => {
  const { api, ada, begin, resumed, prompt, path } = await withSessions(t, 14);
  const bridge = await begin();
  api.say(ada, "/sessions");
  const list = await untilSaid(
    api,
    ada,
    /^Sessions of claude in this folder:\n\n1\. prompt 14 •{12}\n {4}\d+ days ago · 1 turn · 00000014\n\n2\. prompt 13/,
  );
  const shown = () => api.messages(ada).find(({ messageId }) => messageId === list.messageId) ?? list;
  const labels = () => shown().keyboard.map((row) => row.map(({ text }) => text.replace(/ •+$/, "")));
  assert.deepEqual(labels(), [...[14, 13, 12, 11, 10, 9].map((n, i) => [`${i + 1}. prompt ${n}`]), ["▶"]]);
  const turn = async (label: string, page: RegExp): Promise<void> => {
    await api.press(list, label);
    await api.waitFor(() => page.test(shown().text), { what: `${page}` });
  };
  await turn("▶", /^Sessions of claude in this folder, page 2:\n\n7\. prompt 8/);
  assert.deepEqual(labels().at(-1), ["◀", "▶"]);
  await turn("▶", /page 3:\n\n13\. prompt 2/);
  assert.deepEqual(labels(), [["13. prompt 2"], ["14. prompt 1"], ["◀"]]);
  await turn("◀", /page 2/);
  const stranger = await api.press(list, "8. prompt 7 ••••••••••••", { from: STRANGER });
  assert.equal(stranger?.text, "You may not use this bot.");
  await rm(path(8));
  const gone = await api.press(list, "7. prompt 8 ••••••••••••", { stale: true });
  assert.match(gone?.text ?? "", /^There is no session 00000008-.* in this folder/);
  await api.waitFor(() => /page 2:\n\n7\. prompt 7/.test(shown().text), { what: "the list without it" });
  assert.ok(!shown().text.includes("●"));
  const said = await api.press(list, "7. prompt 7 ••••••••••••");
  assert.equal(said?.text, "The next prompt goes on with “prompt 7 ••••••••••••”.");
  await api.waitFor(() => /\n\n● 7\. prompt 7/.test(shown().text), { what: "the mark" });
  assert.equal(await bridge.stop(), 0);
  await begin();
  await prompt("go on");
  assert.deepEqual(await resumed(), ["7"]);
  assert.deepEqual(api.violations, []);
});

test("a switch during a run holds from the next prompt on, whatever the run still reports", async (t) => {
  const { api, ada, begin, resumed, prompt, folder } = await withSessions(t, 3);
  await begin();
  api.say(ada, "/resume 00000001");
  await untilSaid(api, ada, /^The next prompt goes on with “prompt 1 •+”\.$/);
  api.say(ada, "slow");
  await api.waitFor(() => existsSync(join(folder, "begun")), { what: "the program" });
  api.say(ada, "/resume 00000002");
  await untilSaid(
    api,
    ada,
    /^The next prompt goes on with “prompt 2 •+”\. What runs now stays in its own\.$/,
  );
  await writeFile(join(folder, "go"), "");
  await untilSaid(api, ada, /^I begin\.\n\n✅/);
  await prompt("go on");
  assert.deepEqual(await resumed(), ["1", "2"]);
});

test("/resume takes only what is one session of this folder", async (t) => {
  const { api, ada, begin, resumed, prompt, folder } = await withSessions(t, 2);
  await writeSession(sessionPath(join(folder, "home"), "/elsewhere", sessionId(3)), [
    user("other", "/elsewhere"),
  ]);
  await begin();
  const answers: readonly (readonly [string, RegExp])[] = [
    ["0000", /^More than one session begins with 0000: 00000002, 00000001\. Type more of it\.$/],
    ["00000003", /^There is no session 00000003 in this folder\./],
    [sessionId(3), /^There is no session 00000003-1111/],
    ["--help", /^That is no id of a session\./],
    ["../../x", /^That is no id of a session\./],
  ];
  for (const [typed, said] of answers) {
    api.say(ada, `/resume ${typed}`);
    await untilSaid(api, ada, said);
  }
  await prompt("go");
  assert.deepEqual(await resumed(), ["fresh"]);
});

test("a copy is begun once, also when the bridge was killed before; the shell has no sessions", async (t) => {
  const { api, ada, begin, resumed, prompt, folder } = await withSessions(t, 1);
  const bridge = await begin();
  api.say(ada, "/fork");
  await untilSaid(api, ada, /^There is no session here to be copied/);
  api.say(ada, "/resume 00000001");
  await untilSaid(api, ada, /^The next prompt goes on with/);
  api.say(ada, "/fork");
  await untilSaid(api, ada, /^The next prompt goes on in a copy/);
  api.say(ada, "/rename a copy");
  await untilSaid(api, ada, /^The session that the next prompt begins is called “a copy”\.$/);
  await bridge.kill();
  await begin();
  await prompt("one");
  await prompt("two");
  assert.deepEqual(await resumed(), ["1 copied", "50"]);
  const names = (await starts(folder)).map(({ args }) => args.filter((arg) => arg.startsWith("--name")));
  assert.deepEqual(names, [["--name=a copy"], []]);
  api.say(ada, "/new 2nd try");
  await untilSaid(api, ada, /^The next prompt starts a fresh session, called “2nd try”\.$/);
  await prompt("three");
  const last = (await starts(folder)).at(-1)?.args ?? [];
  assert.ok(last.includes("--name=2nd try") && !last.includes("--resume"), last.join(" "));
  api.say(ada, "/sessions");
  const list = await untilSaid(api, ada, /^Sessions of claude/);
  api.say(ada, "/agent shell");
  await untilSaid(api, ada, /shell answers here/);
  const pressed = await api.press(list, "1. prompt 1 ••••••••••••");
  assert.equal(pressed?.text, "That is a session of claude, and shell answers here now.");
  for (const command of ["/sessions", "/resume 0", "/fork", "/rename x", "/export"]) {
    const before = api.messages(ada).length;
    api.say(ada, command);
    await api.waitFor(() =>
      api
        .messages(ada)
        .slice(before)
        .some(({ text }) => /^shell has no sessions/.test(text)),
    );
  }
});

for (const when of ["before append", "half append", "after fsync"]) {
  test(`killed ${when} of the record of the copy, the old session is still never gone on with`, async (t) => {
    const { api, ada, begin, resumed, prompt, folder } = await withSessions(t, 1);
    const first = await begin();
    api.say(ada, "/resume 00000001");
    await untilSaid(api, ada, /^The next prompt goes on with/);
    api.say(ada, "/fork");
    await untilSaid(api, ada, /^The next prompt goes on in a copy/);
    await first.kill();
    const second = await begin(crashAt(`${when} journal.jsonl: session#1`, folder));
    api.say(ada, "one");
    assert.equal((await second.exited).signal, "SIGKILL");
    await begin();
    const offer = await untilSaid(api, ada, /Interrupted/);
    await api.press(offer, when === "after fsync" ? "▶ Resume" : "🔁 Run again");
    await untilSaid(api, ada, /^Answer\.\n\n✅/);
    await prompt("two");
    assert.deepEqual(await resumed(), ["1 copied", when === "after fsync" ? "50" : "1 copied", "50"]);
  });
}

test("/export sends what was said without secrets, also of a session that is not the one here", async (t) => {
  const { api, ada, begin } = await withSessions(t, 2);
  await begin();
  api.say(ada, "/export");
  await untilSaid(api, ada, /^There is no session here yet/);
  api.say(ada, "/export 00000002");
  await api.waitFor(() => api.documentsSent(ada).length > 0, { what: "the file" });
  const [document] = api.documentsSent(ada);
  assert.equal(document?.name, "session-00000002-1111.md");
  assert.equal(document?.caption, "prompt 2 ••••••••••••");
  assert.equal(document?.bytes.toString(), "# prompt 2 ••••••••••••\n\n## Prompt\n\nprompt 2 ••••••••••••\n");
});
