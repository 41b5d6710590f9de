import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { askBridge } from "../../src/control/client.ts";
import { readHookFile } from "../../src/terminal/claude/hook-files.ts";
import { fromBot, untilSaid } from "./chats.ts";
import { skip } from "./claude-project.ts";
import { claudeTerminals } from "./claude-terminals.ts";
import { OWNER, project, run, SCRIPTED } from "./project.ts";

const HAS_TMUX = (() => {
  try {
    execFileSync("tmux", ["-V"]);
    return true;
  } catch {
    return false;
  }
})();
const TOLD = /Claude (has finished|waits)/;

test("33, 34: Claude Code in terminals asks on the phone, and tells when it has finished", {
  skip,
}, async (t) => {
  const home = await claudeTerminals(t, { NANOGENT_PERSIST: "off" });
  const { api, chat, model, folder, until, gone, turns, standing, shows, open, key, hookFiles } = home;
  const bridge = await home.start();
  const socket = join(folder, ".nanogent", "control.sock");
  const ran = (name: string): boolean => existsSync(join(folder, name));
  const bash = (command: string): void => model.reply({ tool: "Bash", input: { command } });
  const asks = (name: string, command: string) =>
    until(new RegExp(`^🖥 term-\\d @${name} · claude\n🔐 Claude wants to use Bash:\n\n${command}$`));
  assert.equal(existsSync(socket), false);
  await open("a");
  await open("b");
  assert.equal(statSync(socket).mode & 0o777, 0o600);
  for (const file of hookFiles())
    assert.equal(statSync(join(folder, ".nanogent", "claude", file)).mode & 0o777, 0o600);

  await t.test("allowed in the chat: the tool runs, and it is told once that all is done", async () => {
    bash("touch ran-1");
    model.reply({ text: "First **done**." });
    api.say(chat, "@a one");
    const asked = await asks("a", "touch ran-1");
    assert.equal((await api.press(asked, "✅ Allow"))?.text, "Allowed.");
    await turns(asked, /^🖥 term-\d @a · claude\n✅ Allowed by Ada, \d\d:\d\d: Bash touch ran-1$/);
    const finished = await until(/^🖥 term-\d @a · claude\n✅ Claude has finished\.\n\nFirst done\.$/);
    await shows("a", /Allowed by PermissionRequest hook/);
    assert.ok(ran("ran-1"));
    // Claude Code tells that it is idle as well.
    await sleep(3_500);
    const told = standing(TOLD).map(({ messageId }) => messageId);
    assert.deepEqual(told, [finished.messageId]);
    const rings = api.calls("sendMessage").filter(({ params }) => TOLD.test(String(params.text)));
    assert.deepEqual(
      rings.map(({ params }) => params.disable_notification),
      [undefined],
    );
    model.reply({ text: "Nothing to do." });
    api.say(chat, "@a two");
    await gone(finished);
    const next = await until(/finished\.\n\nNothing to do\.$/);
    api.say(chat, "@a /clear");
    await gone(next);
  });

  await t.test(
    "denied in the chat: the tool does not run, and the model is told who does not allow it",
    async () => {
      bash("touch ran-2");
      model.reply({ text: "Then not." });
      api.say(chat, "@a three");
      const asked = await asks("a", "touch ran-2");
      assert.equal((await api.press(asked, "⛔ Deny"))?.text, "Denied.");
      await turns(asked, /\n⛔ Denied by Ada, \d\d:\d\d: Bash touch ran-2$/);
      assert.equal(
        (await api.press(asked, "✅ Allow", { stale: true }))?.text,
        "This has been decided already.",
      );
      await until(/finished\.\n\nThen not\.$/);
      assert.match(JSON.stringify(model.requests.at(-1)?.body.messages), /Ada does not allow this\./);
      assert.equal(ran("ran-2"), false);
    },
  );

  await t.test("answered at the desk: the notice goes while the tool still runs", async () => {
    bash("while [ ! -e let-go ]; do sleep 0.1; done; touch ran-3");
    model.reply({ text: "Third done." });
    api.say(chat, "@a four");
    const asked = await until(/🔐 Claude wants to use Bash:\n\nwhile .*ran-3$/);
    await shows("a", /1\. Yes/);
    await key("a", "1");
    await gone(asked);
    assert.equal(ran("ran-3"), false);
    writeFileSync(join(folder, "let-go"), "");
    await until(/Third done\.$/);
    bash("touch ran-4");
    api.say(chat, "@a five");
    const again = await asks("a", "touch ran-4");
    await shows("a", /1\. Yes/);
    await key("a", "Esc");
    await shows("a", /Interrupted/);
    await gone(again);
  });

  await t.test("two at once: an answer reaches the one that has asked", async () => {
    bash("touch ran-5");
    api.say(chat, "@a six");
    const first = await asks("a", "touch ran-5");
    bash("touch ran-6");
    api.say(chat, "@b one");
    const second = await asks("b", "touch ran-6");
    model.reply({ text: "Sixth done." });
    await api.press(second, "✅ Allow");
    await until(/@b · claude\n✅ Claude has finished\.\n\nSixth done\.$/);
    assert.deepEqual([ran("ran-5"), ran("ran-6")], [false, true]);
    model.reply({ text: "Fifth done." });
    await api.press(first, "✅ Allow");
    await until(/@a · claude\n✅ Claude has finished\.\n\nFifth done\.$/);
    assert.ok(ran("ran-5"));
  });

  await t.test(
    "three at once in one terminal: what is answered goes, wherever that was, and the others stand",
    async () => {
      const fetches = ["one", "two", "three"].map((name) => ({
        url: `https://${name}.example.org/`,
        prompt: "Read.",
      }));
      model.reply(...fetches.map((input) => ({ tool: "WebFetch", input })));
      model.reply({ text: "All read." });
      api.say(chat, "@a all");
      const asked = await Promise.all(
        fetches.map(({ url }) => until(new RegExp(`wants to use WebFetch:\n\n${url}$`))),
      );
      // The first one is covered by the others.
      await shows("a", /from (two|three)[\s\S]*1\. Yes/);
      const [covered, ...others] = asked;
      assert.ok(covered);
      assert.equal((await api.press(covered, "✅ Allow"))?.text, "Allowed.");
      await turns(covered, /✅ Allowed by Ada, \d\d:\d\d: WebFetch https:\/\/one/);
      // It counts what is on the screen for more than a moment.
      await sleep(2_000);
      await key("a", "1");
      await Promise.race(others.map(gone));
      const left = standing(/wants to use WebFetch/);
      assert.equal(left.length, 1);
      const [other] = left;
      assert.ok(other);
      assert.equal((await api.press(other, "✅ Allow"))?.text, "Allowed.");
      await turns(other, /✅ Allowed by Ada, \d\d:\d\d: WebFetch /);
      await until(/finished\.\n\nAll read\.$/);
    },
  );

  await t.test("34: one that goes on printing is not told to be finished", async () => {
    writeFileSync(join(folder, "go-on"), "");
    model.reply({ text: "Not yet." });
    const reply = model.hold();
    const before = await until(/finished\.\n\nSixth done\.$/);
    api.say(chat, "@b two");
    await gone(before);
    await reply.requested;
    for (let line = 0; line < 12; line++) {
      reply.text(`Line ${line}\n\n`);
      await sleep(300);
      assert.deepEqual(standing(/@b · claude\n(✅ Claude has finished|💤)/), []);
    }
    reply.text("At last.");
    reply.end();
    await until(/@b · claude\n✅ Claude has finished\.\n\nLine 0\n[\s\S]*At last\.$/);
    assert.deepEqual(
      standing(/Not yet/).filter(({ text }) => text.includes("has finished")),
      [],
    );
  });

  await t.test("the socket hears each session for itself alone", async () => {
    const [one, other] = ["term-1", "term-2"].map((id) =>
      readHookFile(join(folder, ".nanogent", "claude", `${id}.hook.json`)),
    );
    assert.ok(one && other);
    const idle = { hook_event_name: "Notification", notification_type: "idle_prompt" };
    const request = "0123456789abcdef";
    const path = "/v1/sessions/term-1/hooks";
    const right = { token: one.secret, path, body: { request, event: idle } };
    const cases: readonly [string, Partial<Parameters<typeof askBridge>[0]>, number, string | undefined][] = [
      ["a wrong secret", { token: "0".repeat(48) }, 401, "no-token"],
      ["no secret", { token: "" }, 401, "no-token"],
      ["that of another session", { token: other.secret }, 403, "not-yours"],
      ["a session that is not there", { path: "/v1/sessions/term-9/hooks" }, 404, "no-session"],
      ["something else", { path: "/v1/secrets" }, 404, "not-found"],
      ["a wrong method", { method: "GET" }, 405, "wrong-method"],
      ["too much", { body: { event: "x".repeat(1 << 20) } }, 413, "too-large"],
      ["a request without a name", { body: { event: idle } }, 400, "bad-request"],
      ["an event of another kind", { body: { request, event: { hook_event_name: "New" } } }, 200, undefined],
      ["what it should be", {}, 200, undefined],
    ];
    for (const [what, changed, status, code] of cases) {
      const answer = await askBridge({ socket, method: "POST", ...right, ...changed });
      const { error } = answer.body as { error?: { code: string } };
      assert.deepEqual([answer.status, error?.code], [status, code], what);
    }
    // What was finished stands, and says as much; without it the phone rings.
    assert.deepEqual(standing(/Claude waits/), []);
    model.reply({ text: "Seventh." });
    api.say(chat, "@a seven");
    await gone(await until(/finished\.\n\nAll read\.$/));
    const seventh = await until(/finished\.\n\nSeventh\.$/);
    api.say(chat, "@a /clear");
    await gone(seventh);
    assert.equal((await askBridge({ socket, method: "POST", ...right })).status, 200);
    await until(/^🖥 term-1 @a · claude\n💤 Claude waits for you\.$/);
  });

  await t.test("33: the user's own settings are as they were, and his hooks have run", async () => {
    assert.equal(readFileSync(join(home.home, ".claude", "settings.json"), "utf8"), home.userSettings);
    const own = readFileSync(join(folder, "hooks.log"), "utf8").split("\n");
    assert.equal(own.filter((line) => line === "UserPromptSubmit").length, 10);
  });

  await t.test(
    "at its end nothing is left, and other settings than ours leave it without hooks",
    async () => {
      const waits = standing(/Claude waits/);
      api.say(chat, "@a /exit");
      await until(/^🖥 term-1 @a · claude\n✅ exit 0$/);
      for (const each of waits) await gone(each);
      assert.deepEqual(hookFiles(), ["term-2.hook.json", "term-2.settings.json"]);
      api.say(chat, "/term @c claude --dangerously-skip-permissions --version");
      await until(/^🖥 term-3 @c · Claude without permissions --version\n✅ exit 0$/);
      api.say(chat, "/term @d claude --settings {} --version");
      await until(/^🖥 term-4 @d · claude --settings \{\} --version\n✅ exit 0$/);
      assert.deepEqual(hookFiles(), ["term-2.hook.json", "term-2.settings.json"]);
      assert.equal(await bridge.stop(), 0);
      assert.equal(existsSync(socket), false);
      assert.deepEqual(api.violations, []);
    },
  );
});

test("a question stands through restarts of the bridge, once, and its buttons work", {
  skip: skip || (!HAS_TMUX && "tmux is not installed"),
}, async (t) => {
  const home = await claudeTerminals(t, { NANOGENT_PERSIST: "tmux" });
  const { api, chat, model, folder, until, gone, turns, standing, shows, open, recorded } = home;
  const bridge = await home.start();
  await open("a");
  model.reply({ tool: "Bash", input: { command: "touch ran-1" } });
  model.reply({ text: "First done." });
  api.say(chat, "@a one");
  const first = await until(/\ntouch ran-1$/);
  await recorded(first);
  assert.equal(await bridge.stop(), 0);
  const second = await home.start();
  await shows("a", /1\. Yes/);
  assert.equal((await api.press(first, "✅ Allow"))?.text, "Allowed.");
  await turns(first, /✅ Allowed by Ada, \d\d:\d\d: Bash touch ran-1$/);
  await until(/finished\.\n\nFirst done\.$/);
  assert.equal(existsSync(join(folder, "ran-1")), true);

  model.reply({ tool: "Bash", input: { command: "touch ran-2" } });
  model.reply({ text: "Second done." });
  api.say(chat, "@a two");
  const asked = await until(/\ntouch ran-2$/);
  await shows("a", /1\. Yes/);
  await recorded(asked);
  await second.kill();
  // Somebody answers at the desk while no bridge runs.
  const server = createHash("sha256")
    .update(join(folder, ".nanogent", "terminals.json"))
    .digest("hex");
  execFileSync("tmux", ["-L", `nanogent-${server.slice(0, 12)}`, "send-keys", "-t", "=term-1:", "1"], {
    env: { ...process.env, TMUX_TMPDIR: join(folder, ".nanogent") },
  });
  const third = await home.start();
  await gone(asked);
  assert.equal(existsSync(join(folder, "ran-2")), true);

  model.reply({ tool: "Bash", input: { command: "touch ran-3" } });
  model.reply({ text: "Third done." });
  api.say(chat, "@a three");
  const last = await until(/\ntouch ran-3$/);
  await recorded(last);
  await third.kill();
  // Pressed while no bridge runs.
  const pressed = api.press(last, "⛔ Deny");
  const fourth = await home.start();
  assert.equal((await pressed)?.text, "Denied.");
  await until(/finished\.\n\nThird done\.$/);
  assert.deepEqual(
    standing(/ran-3$/).map(({ messageId }) => messageId),
    [last.messageId],
  );
  assert.equal(existsSync(join(folder, "ran-3")), false);
  await home.closeAll(fourth);
  assert.deepEqual(api.violations, []);
});

test("of one that was opened on the page its owners are told, and no longer when it is gone with its bridge", async (t) => {
  const { folder, api, start } = await project(t, {
    env: {
      TELEGRAM_ALLOWED_USER_IDS: `${OWNER},8`,
      NANOGENT_OWNER_IDS: String(OWNER),
      NANOGENT_PERSIST: "off",
      NANOGENT_CLAUDE: "./claude.sh",
      NANOGENT_PUBLIC_URL: "https://term.example.org",
      ...SCRIPTED,
    },
  });
  writeFileSync(join(folder, "claude.sh"), "#!/bin/sh\nexec cat\n", { mode: 0o755 });
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bob = api.privateChat(8, { firstName: "Bob" });
  const bridge = await start();
  const link = async (): Promise<URL> => {
    const asked = run(["open"], folder);
    return (await asked.exited).code === 0 ? new URL(asked.output().trim()) : link();
  };
  const page = await link();
  const post = async (path: string, body: object, token = ""): Promise<Record<string, unknown>> => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
    const answer = await fetch(new URL(path, page), { method: "POST", headers, body: JSON.stringify(body) });
    return (await answer.json()) as Record<string, unknown>;
  };
  const { token } = await post("/v1/login", { link: new URLSearchParams(page.hash.slice(1)).get("link") });
  assert.equal((await post("/v1/sessions", { command: "claude -c" }, String(token))).label, "claude -c");
  const file = readHookFile(join(folder, ".nanogent", "claude", "term-1.hook.json"));
  assert.ok(file);
  const { socket, secret } = file;
  const event = { hook_event_name: "Notification", notification_type: "idle_prompt" };
  const body = { request: "0123456789abcdef", event };
  await askBridge({ socket, method: "POST", path: "/v1/sessions/term-1/hooks", token: secret, body });
  const told = await untilSaid(api, ada, /^🖥 term-1 · claude -c\n💤 Claude waits for you\.$/);
  assert.deepEqual(fromBot(api, bob), []);
  // Even where phones reach the page: the notice would lead to where that was when it was sent.
  const buttons = told.keyboard.flat().map(({ text }) => text);
  assert.deepEqual(buttons, ["🖥 Screen"]);
  await api.press(told, "🖥 Screen");
  await untilSaid(api, ada, /^🖥 term-1 · claude -c$/);
  await bridge.kill();
  const next = await start();
  await api.waitFor(() => api.messages(ada).find(({ messageId }) => messageId === told.messageId)?.deleted, {
    what: "the notice to be taken away",
  });
  assert.equal(existsSync(join(folder, ".nanogent", "claude", "term-1.hook.json")), false);
  assert.equal(await next.stop(), 0);
});
