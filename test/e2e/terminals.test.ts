import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { commandOf, processesWhere } from "../fakes/processes.ts";
import { fromBot } from "./chats.ts";
import { OWNER, SCRIPTED } from "./project.ts";
import { GUEST, HAS_TMUX, SHELL, terminals } from "./terminal-project.ts";

/** Resolves when only these processes are left in a folder. */
async function leftIn(folder: string, pids: readonly (number | undefined)[]): Promise<void> {
  let left: number[] = [];
  for (let tries = 0; tries < 100; tries++) {
    left = processesWhere((cwd) => cwd === folder).filter((pid) => !pids.includes(pid));
    if (left.length === 0) return;
    await sleep(100);
  }
  assert.fail(`left: ${left.map(commandOf).join("\n")}`);
}

test("a terminal is opened, typed into by replies and keys, looked at, and closed with all that it started", async (t) => {
  const { api, ada, folder, start, until, replyTo, close } = await terminals(t);
  const bridge = await start();
  assert.equal(existsSync(join(folder, ".nanogent", "terminals.json")), false);
  api.say(ada, `/term ${SHELL}`);
  const opened = await until(
    /^🖥 term-1 · PS1=.*\nReply to this message to type there\.\nIt ends with the bridge/,
  );
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
  replyTo(opened, 'echo "[$NANOGENT_SESSION $TERM $COLORTERM ${TELEGRAM_BOT_TOKEN-none}]"; stty size');
  const shown = await until(/^🖥 term-1[^\n]*\n[\s\S]*^\[term-1 xterm-256color truecolor none\]\n24 80\n\$$/m);
  assert.equal(
    shown.entities.some(({ type }) => type === "pre"),
    true,
  );
  replyTo(shown, "read -rsn1 key; echo got $key");
  replyTo(shown, "sleep 1000 & cat\\");
  api.say(ada, "/type -n");
  await until(/got s\n[\s\S]*leep 1000 & cat-n$/m);
  const keys = await api.press(shown, "⌨ Keys");
  assert.equal(keys?.text, "Up to date.");
  await api.waitFor(
    () =>
      api.messages(ada).find(({ messageId, text }) => messageId === shown.messageId && /cat-n/.test(text)),
    {
      what: "the screen with keys",
    },
  );
  await api.press(shown, "^C");
  await api.waitFor(
    () =>
      api
        .messages(ada)
        .find(({ messageId, text }) => messageId === shown.messageId && /cat-n\^C\n\$$/.test(text)),
    { what: "the screen after ^C" },
  );
  replyTo(shown, "sleep 1000 & sleep 1000");
  await until(/\n\[1\] \d+$/);
  api.say(ada, "/terms");
  const list = await until(/^🖥 term-1 · .*\n▶ working\n\[1\] \d+$/);
  await api.press(list, "🖥 term-1");
  const again = await api.waitFor(() => fromBot(api, ada).find(({ document }) => document), {
    what: "the screen",
  });
  await close(again);
  await api.waitFor(() => api.messages(ada).find(({ text }) => /⏹ ended · It was closed\.$/.test(text)), {
    what: "its end",
  });
  await leftIn(folder, [bridge.pid]);
  replyTo(opened, "echo late");
  await until(/^🖥 term-1 .*\n⏹ ended · It was closed\.$/);
  assert.equal((await api.press(shown, "^C", { stale: true }))?.text, "term-1: ended · It was closed.");
  const state = join(folder, ".nanogent", "terminals.json");
  assert.equal(statSync(state).mode & 0o777, 0o600);
  const { last, sessions } = JSON.parse(readFileSync(state, "utf8"));
  assert.deepEqual([last, sessions], [1, []]);
  assert.equal(await bridge.stop(), 0);
  assert.deepEqual(api.violations, []);
});

test("it is for owners, and NANOGENT_HOST_TERMINAL=off refuses it to them as well", async (t) => {
  const { api, ada, bob, start, until, writeEnv } = await terminals(t);
  const bridge = await start();
  api.say(bob, "/term touch ran");
  await until(/^\/term is for owners of this bot only\.$/, bob);
  api.say(ada, "/term @cat exec cat");
  const opened = await until(/^🖥 term-1 @cat · exec cat/);
  api.say(bob, "@cat hello");
  await until(/^Terminals are for owners of this bot only\.$/, bob);
  assert.equal(
    (await api.press(opened, "🖥 Screen", { from: GUEST }))?.text,
    "Terminals are for owners of this bot only.",
  );
  await writeEnv({ TELEGRAM_ALLOWED_USER_IDS: String(OWNER), NANOGENT_HOST_TERMINAL: "off", ...SCRIPTED });
  bridge.child.kill("SIGHUP");
  await until(/^🖥 term-1 @cat · exec cat\n⏹ ended · It was closed\.$/);
  api.say(ada, "/term touch ran");
  await until(/^Terminals on this machine are off here \(NANOGENT_HOST_TERMINAL=off\)\.$/);
  api.say(ada, "/term ssh:web");
  await until(/^There is no machine web\./);
});

test("failures 9 and 10: six quick messages are six inputs, in their order, and a name reaches exactly its own terminal", async (t) => {
  const { api, ada, start, until } = await terminals(t);
  await start();
  api.say(ada, "/term @t-1 exec cat > one");
  await until(/^🖥 term-1 @t-1/);
  api.say(ada, "/term @t-10 stty -echo; exec cat");
  await until(/^🖥 term-2 @t-10/);
  api.say(ada, "/term @t-1 exec cat");
  await until(/^The name t-1 is taken\./);
  api.say(ada, "/term @../../x exec cat");
  await until(/^A name has letters/);
  for (const line of ["one", "two", "three", "four", "five", "six"]) api.say(ada, `@t-10 ${line}`);
  await until(/^🖥 term-2[\s\S]*one\ntwo\nthree\nfour\nfive\nsix$/);
  api.say(ada, "/screen t-1 text");
  await until(/^🖥 term-1[^\n]*\n\(empty\)$/);
  api.say(ada, "/screen term-1000");
  await until(/^There is no terminal term-1000\./);
});

test("/watch tells once when a text appears, nothing comes any more, it rings or it ends", async (t) => {
  const { api, ada, start, until } = await terminals(t);
  await start();
  api.say(ada, "/term @w stty -echo; exec sh");
  await until(/^🖥 term-1 @w/);
  const cases: readonly [string, string, RegExp][] = [
    ["/watch w all good", "@w echo all 'good'; echo all 'good'", /👁 “all good” has appeared\.$/],
    ["/watch term-1 silence 1", "@w echo x", /🤫 Nothing for 1 s\.$/],
    ["/watch term-1", "@w printf '\\a'", /🔔 It rings the bell\.$/],
  ];
  for (const [watch, act, told] of cases) {
    api.say(ada, watch);
    await api.waitFor(() => fromBot(api, ada).at(-1)?.text.startsWith("👁 You are told once when "), {
      what: watch,
    });
    api.say(ada, act);
    await until(told);
    assert.equal(fromBot(api, ada).filter(({ text }) => told.test(text)).length, 1);
  }
  api.say(ada, "/watch w off");
  await until(/^Nothing is told any more\.$/);
  api.say(ada, "@w exit 3");
  await until(/^🖥 term-1 @w[^\n]*\n❌ exit 3$/);
});

test("a secret of the settings is not shown, also where it goes on in the next row", async (t) => {
  const secret = "hunter2-hunter2-hunter2";
  const { api, ada, start, until } = await terminals(t, { MY_SECRET: secret });
  await start();
  api.say(ada, `/term printf '%075dx%s' 0 "$(sed -n s/MY_SECRET=//p .env)"; exec cat`);
  const opened = await until(/^🖥 term-1/);
  api.say(ada, "/watch term-1 silence 1");
  await until(/Nothing for 1 s\.$/);
  await api.press(opened, "🖥 Screen");
  const { text } = await until(/^🖥 term-1[^\n]*\nAs text, since it shows a secret[^\n]*\n0{75}x•{4}\n•{19}$/);
  assert.doesNotMatch(text, /hunt/);
  assert.deepEqual(api.documentsSent(ada), []);
});

test("a chat with topics gets one for the terminal, and what is written there is typed there", async (t) => {
  const { api, start, until } = await terminals(t, { TELEGRAM_ALLOWED_CHAT_IDS: "-1007" });
  const group = api.group(-1007, { title: "Team", forum: true });
  await start();
  api.say(group, `/term@${api.bot.username} exec cat`, { from: OWNER });
  await until(/^🖥 term-1 · exec cat has a topic of its own\.$/, group);
  const own = await until(/^🖥 term-1 · exec cat\nWhat you write in this topic is typed there\./, group);
  assert.deepEqual([...api.topics(group).values()], ["term-1 exec cat"]);
  const [topic] = [...api.topics(group).keys()];
  assert.ok(topic !== undefined && own);
  api.say(group, "/compact now", { from: OWNER, threadId: topic });
  await until(/^🖥 term-1[^\n]*\n\/compact now\n\/compact now$/, group);
  assert.deepEqual(api.violations, []);
});

test("what has ended is opened again by owners, once, in its topic and under its name, also after a restart", async (t) => {
  const { api, start, until } = await terminals(t, { TELEGRAM_ALLOWED_CHAT_IDS: "-1007" });
  const group = api.group(-1007, { title: "Team", forum: true });
  const bridge = await start();
  api.say(group, `/term@${api.bot.username} @again echo ready; exec sh`, { from: OWNER });
  await until(/^🖥 term-1 @again .*\nWhat you write in this topic is typed there\./, group);
  const [topic = 0] = [...api.topics(group).keys()];
  const say = (text: string) => api.say(group, text, { from: OWNER, threadId: topic });
  say("exit 3");
  const ended = await until(/^🖥 term-1 @again [^\n]*\n❌ exit 3$/, group);
  assert.equal(
    (await api.press(ended, "🔁 Again", { from: GUEST }))?.text,
    "Terminals are for owners of this bot only.",
  );
  assert.equal((await api.press(ended, "🔁 Again", { from: OWNER }))?.text, "term-2 is open.");
  const second = await until(/^🖥 term-2 @again .*\nWhat you write in this topic is typed there\./, group);
  assert.equal(second.threadId, topic);
  const open = "term-2 is open in its place.";
  assert.equal((await api.press(ended, "🔁 Again", { from: OWNER }))?.text, open);
  say("echo sum-$((40 + 2))");
  await until(/^🖥 term-2 [\s\S]*^sum-42$/m, group);
  // Without tmux it ends with the bridge; the next one knows of it, and of the first one still.
  await bridge.stop();
  await start();
  const over = await until(/^🖥 term-2 @again [^\n]*\n⏹ ended · It ended with the bridge/, group);
  const presses = await Promise.all([1, 2].map(() => api.press(over, "🔁 Again", { from: OWNER })));
  assert.deepEqual(presses.map((press) => press?.text).toSorted(), [
    "term-3 is open in its place.",
    "term-3 is open.",
  ]);
  const third = await until(/^🖥 term-3 @again .*\nWhat you write in this topic is typed there\./, group);
  assert.equal(third.threadId, topic);
  assert.equal(api.topics(group).size, 1);
  assert.equal(
    (await api.press(ended, "🔁 Again", { from: OWNER, stale: true }))?.text,
    "term-3 is open in its place.",
    "the one that took its place has ended too, and was opened again already",
  );
});

test("what is written to a terminal that has ended is nobody else's, also after restarts and in its topic", async (t) => {
  const { api, ada, folder, start, until, replyTo } = await terminals(t, {
    NANOGENT_AGENT: "shell",
    TELEGRAM_ALLOWED_CHAT_IDS: "-1007",
  });
  const group = api.group(-1007, { title: "Team", forum: true });
  let bridge = await start();
  api.say(ada, "/term @dead sh");
  const opened = await until(/^🖥 term-1 @dead/);
  api.say(group, `/term@${api.bot.username} @gone sh`, { from: OWNER });
  const own = await until(/^🖥 term-2 @gone .*\nWhat you write in this topic/, group);
  const [topic = 0] = [...api.topics(group).keys()];
  api.say(ada, "@dead exit 3");
  await until(/^🖥 term-1 [^\n]*\n\S+ exit 3$/);
  api.say(group, "exit 4", { from: OWNER, threadId: topic });
  await until(/^🖥 term-2 [^\n]*\n\S+ exit 4$/, group);
  const over = /^(dead|term-1|term-2) has ended\. \/term opens another one\.$/;
  const refusals = (chat: typeof ada) => fromBot(api, chat).filter(({ text }) => over.test(text)).length;
  for (const round of [1, 2]) {
    await bridge.stop();
    if (round === 2) {
      // Nothing is left of it but its message.
      writeFileSync(join(folder, ".nanogent", "terminals.json"), '{"last":2,"sessions":[],"ended":[]}');
    }
    bridge = await start();
    const before = [refusals(ada), refusals(group)] as const;
    replyTo(opened, "touch ran");
    if (round === 1) api.say(ada, "@dead touch ran");
    api.say(ada, "@term-1 touch ran");
    api.say(group, "touch ran", { from: OWNER, replyTo: own.messageId, threadId: topic });
    if (round === 1) api.say(group, "touch ran", { from: OWNER, threadId: topic });
    const more = round === 1 ? [3, 2] : [2, 1];
    const told = () =>
      [ada, group].every((chat, at) => refusals(chat) === (before[at] ?? 0) + (more[at] ?? 0));
    await api.waitFor(told, { what: "the refusals" });
    api.say(ada, `echo round-$((${round} + 40))`);
    await until(new RegExp(`^round-${round + 40}$`, "m"));
  }
  assert.equal(existsSync(join(folder, "ran")), false);
  assert.equal(await bridge.stop(), 0);
});

test("an end that could not be told before the bridge was killed is told by the next one, once", async (t) => {
  const { api, ada, folder, start, until } = await terminals(t);
  const bridge = await start();
  api.say(ada, "/term @short until [ -e go ]; do sleep 0.05; done; exit 6");
  const opened = await until(/^🖥 term-1 @short/);
  api.goOffline();
  writeFileSync(join(folder, "go"), "");
  const state = () => JSON.parse(readFileSync(join(folder, ".nanogent", "terminals.json"), "utf8"));
  while (state().sessions[0]?.exit?.code !== 6) await sleep(20);
  await bridge.kill();
  api.goOnline();
  const next = await start();
  await until(/^🖥 term-1 @short [^\n]*\n❌ exit 6$/);
  while (state().sessions.length > 0) await sleep(20);
  assert.equal(await next.stop(), 0);
  await start();
  api.say(ada, "/terms");
  await until(/^No terminal is open\./);
  const ends = fromBot(api, ada).filter(({ text }) => /❌ exit 6/.test(text));
  assert.equal(ends.filter(({ messageId }) => messageId !== opened.messageId).length, 1);
});

test("with tmux a terminal outlives a bridge that was killed, with its screen; its end is told, also one in between", {
  skip: !HAS_TMUX && "tmux is not installed",
}, async (t) => {
  const { api, ada, folder, start, until, replyTo, close } = await terminals(t, { NANOGENT_PERSIST: "tmux" });
  const bridge = await start();
  api.say(ada, `/term ${SHELL}`);
  const opened = await until(/^🖥 term-1 .*\nReply to this message to type there\.$/);
  api.say(ada, "/term @short sleep 1.5; exit 6");
  await until(/^🖥 term-2 @short/);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
  replyTo(opened, "X=kept; echo ready; echo ${TMUX-none}");
  await until(/^ready\nnone\n/m);
  await bridge.kill();
  await sleep(1_700);
  const next = await start();
  await until(/^🖥 term-2 @short[^\n]*\n❌ exit 6$/);
  replyTo(opened, "echo $X again");
  await until(/^🖥 term-1[^\n]*\n[\s\S]*ready\nnone\n\$ echo \$X again\nkept again\n\$$/);
  api.say(ada, "/term exec cat");
  const third = await until(/^🖥 term-3 · exec cat/);
  assert.equal(await next.stop(), 0);
  const last = await start();
  api.say(ada, "/screen term-3 text");
  await until(/^🖥 term-3[^\n]*\n\(empty\)$/);
  replyTo(opened, "exit 4");
  await until(/^🖥 term-1[^\n]*\n❌ exit 4$/);
  await close(third);
  await leftIn(folder, [last.pid]);
});

test("failure 39: without tmux a terminal ends with its bridge, which is told once, and its buttons say so", async (t) => {
  const { api, ada, folder, start, until, replyTo } = await terminals(t);
  const bridge = await start();
  api.say(ada, "/term trap '' HUP; sleep 1000 & exec cat");
  const opened = await until(/^🖥 term-1/);
  await bridge.kill();
  const next = await start();
  await until(/^🖥 term-1[^\n]*\n⏹ ended · It ended with the bridge, since it did not run in tmux\.$/);
  assert.deepEqual(
    processesWhere((cwd) => cwd === folder),
    [next.pid],
  );
  assert.match(
    (await api.press(opened, "⌨ Keys", { stale: true }))?.text ?? "",
    /^term-1: ended · It ended with the bridge/,
  );
  await next.stop();
  const third = await start();
  assert.equal(
    (await api.press(opened, "🖥 Screen", { stale: true }))?.text,
    "term-1 has ended. /term opens another one.",
  );
  replyTo(opened, "echo to nobody");
  await until(/^term-1 has ended\. \/term opens another one\.$/);
  api.say(ada, "/term exec cat");
  await until(/^🖥 term-2 · exec cat/);
  assert.equal(await third.stop(), 0);
});
