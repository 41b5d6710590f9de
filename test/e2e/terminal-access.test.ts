import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import test from "node:test";
import { DESK, noChromium, openBrowser } from "../fakes/chromium.ts";
import { has } from "../terminal/held.ts";
import type { Screen } from "../web/site.ts";
import { until } from "../web/until.ts";
import { shows } from "./bridge-page.ts";
import { fromBot } from "./chats.ts";
import { OWNER } from "./project.ts";
import { OTHER_OWNER, readerInto, terminalBridge } from "./terminal-bridge.ts";

/** Somebody who calls himself as the owner does. */
const NAMESAKE = 8;

/** What a user has of his own, which is not to be touched. */
const USERS_FILES = {
  ".tmux.conf":
    "set -g prefix C-a\nset -g status-left mine\nset -g remain-on-exit on\nset -g default-command 'echo never'\n",
  ".claude/settings.json": '{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"touch mine"}]}]}}',
  ".claude.json": '{"projects":{}}',
  ".ssh/config": "Host mine\n  HostName example.org\n",
  ".bashrc": "PS1='mine '\n",
  // Stands in for the program: what it is given is seen by its arguments.
  "bin/claude": '#!/bin/sh\necho "claude $*"\nexec cat\n',
};

/** What a page of another origin does that has got hold of a token and a link; as text, since it runs in a browser. */
const drive = (known: { port: number; token: string; id: string; link: string }): string => `(async () => {
  const { port, token, id, link } = ${JSON.stringify(known)};
  const headers = { Authorization: "Bearer " + token };
  const ask = (path, init) => fetch("http://127.0.0.1:" + port + "/v1/" + path, init)
    .then(({ type, status }) => type + " " + status, () => "blocked");
  const socket = new WebSocket("ws://127.0.0.1:" + port + "/v1/socket", "nanogent.1");
  return Promise.all([
    ask("sessions", { headers }),
    ask("sessions/" + id, { method: "DELETE", headers }),
    ask("login", { method: "POST", mode: "no-cors", body: JSON.stringify({ link }) }),
    new Promise((resolve) => {
      socket.onopen = () => resolve("open");
      socket.onerror = () => resolve("blocked");
    }),
  ]);
})()`;

test("whoever should not, gets in nowhere, and what is the user's own stays as it is", async (t) => {
  const made = await terminalBridge(t, USERS_FILES);
  const { api, ada, page, token, folder, home, got, close, running, said, set } = made;
  const tmux = (...words: string[]) =>
    execFileSync("tmux", words, { encoding: "utf8", env: { ...process.env, ...made.environment } });
  const usersTmux = (): string =>
    has("tmux") ? tmux("list-sessions", "-F", "#{session_name}") + tmux("show-options", "-g") : "";
  if (has("tmux")) {
    tmux("new-session", "-d", "-s", "mine", "exec sleep 1000");
    const server = Number(tmux("display-message", "-p", "#{pid}"));
    t.after(() => process.kill(server));
  }
  const before = usersTmux();

  await t.test(
    "failure 24: a page of another origin in the same browser drives nothing",
    { skip: noChromium },
    async (t) => {
      const id = await page.openTerminal(token, readerInto("origin"));
      const other = createServer((_, response) =>
        response.setHeader("Content-Type", "text/html").end("<p>evil"),
      ).listen(0, "127.0.0.1");
      t.after(() => other.close());
      await once(other, "listening");
      const evil = await (await openBrowser(t, DESK)).newPage();
      await evil.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
      // Even with a token that somebody has got hold of.
      const link = await page.link();
      const outcomes = await evil.evaluate(drive({ port: page.port, token, id, link }));
      assert.deepEqual(outcomes, ["blocked", "blocked", "blocked", "blocked"]);
      // It has not even been used up.
      const { status } = await page.call("POST", "/v1/login", { body: { link } });
      assert.equal(status, 200);
      for (const headers of [{ Origin: "http://evil.example" }, { Host: "evil.example" }])
        for (const [method, path] of [
          ["GET", "/"],
          ["POST", "/v1/login"],
          ["GET", "/v1/sessions"],
          ["DELETE", `/v1/sessions/${id}`],
        ] as const)
          assert.equal((await page.call(method, path, { token, headers })).status, 403, `${method} ${path}`);
      assert.deepEqual(await running(), [id]);
      await close(id);
    },
  );

  await t.test(
    "failures 25 and 26: what is given as an id or a name is neither a path nor a command",
    async () => {
      const names = [
        "../../x",
        "$(touch ran)",
        "`touch ran`",
        "; touch ran",
        "-oProxyCommand=touch ran",
        "a\nb",
        "..",
        "/etc",
      ];
      for (const name of names) {
        const made = await page.call("POST", "/v1/sessions", { token, body: { name, command: "true" } });
        assert.deepEqual(
          [made.status, made.code],
          name === ".." ? [200, undefined] : [409, "not-opened"],
          name,
        );
        for (const kind of ["ssh", "docker", "kubectl"]) {
          const { status } = await page.call("POST", "/v1/sessions", {
            token,
            body: { where: `${kind}:${name}` },
          });
          assert.equal(status, 409, `${kind}:${name}`);
        }
        const { status } = await page.call("DELETE", `/v1/sessions/${encodeURIComponent(name)}`, { token });
        assert.equal(status, 404, name);
      }
      for (const words of [
        "/term @../../x true",
        "/term ssh:$(touch<ran)",
        "/screen ../../x",
        "/watch $(touch ran)",
      ]) {
        const count = fromBot(api, ada).length;
        api.say(ada, words);
        await until(`an answer to ${words}`, () => fromBot(api, ada).length > count);
        assert.match(
          fromBot(api, ada).at(-1)?.text ?? "",
          /^(A name has|There is no (machine|terminal))/,
          words,
        );
      }
      assert.equal(existsSync(join(folder, "ran")), false);
    },
  );

  await t.test(
    "failure 28: who has an owner's name by now is not him, in the chat and on the page",
    async () => {
      const namesake = api.privateChat(NAMESAKE, { firstName: "Ada", username: "ada" });
      const user = JSON.stringify({ id: NAMESAKE, first_name: "Ada", username: "ada" });
      const login = await page.call("POST", "/v1/login", {
        body: { initData: page.initData(NAMESAKE, { user }) },
      });
      assert.deepEqual([login.status, login.code], [403, "not-allowed"]);
      const id = await page.openTerminal(token, readerInto("names"), { name: "names" });
      for (const words of ["/term touch named", "@names named", "/terms", `/screen ${id}`, `/type named`])
        api.say(namesake, words);
      await said(/may not use this bot/, namesake);
      api.say(ada, "@names by ada");
      await until("the owner's own", () => got("names") !== "");
      assert.deepEqual([got("names"), existsSync(join(folder, "named"))], ["by ada\n", false]);
      assert.equal(
        fromBot(api, namesake).some(({ text }) => text.includes("🖥")),
        false,
      );
      await close(id);
    },
  );

  await t.test("failure 27: an owner who is removed is cut at once, and his token is dead", async () => {
    const id = await page.openTerminal(token, "i=0; while :; do echo tick $((i += 1)).; sleep 0.1; done");
    const theirs = await page.token(OTHER_OWNER);
    const bob = api.privateChat(OTHER_OWNER, { firstName: "Bob" });
    for (const chat of [bob, ada]) {
      api.say(chat, `/watch ${id} exit`);
      await said(/You are told once/, chat);
    }
    const [stays, goes] = [await page.attach(token, id), await page.attach(theirs, id)];
    const list = await page.socket();
    list.say({ type: "list", token: theirs });
    await shows(goes, "tick 3.");
    const last = ({ shown }: Screen): number => Number(/.*tick (\d+)\./s.exec(shown)?.[1]);
    await set({ TELEGRAM_ALLOWED_USER_IDS: String(OWNER) });
    const from = last(stays);
    await until("the cut", () => goes.closedWith !== undefined && list.closedWith !== undefined);
    assert.deepEqual([goes.closedWith, list.closedWith, stays.closedWith], [4401, 4401, undefined]);
    // The program counts tenths of a second, at its slowest.
    assert.ok(last(goes) - from <= 10, `he saw ${last(goes) - from} more`);
    assert.equal((await page.call("GET", "/v1/sessions", { token: theirs })).status, 401);
    assert.equal((await page.call("DELETE", `/v1/sessions/${id}`, { token: theirs })).status, 401);
    const login = await page.call("POST", "/v1/login", { body: { initData: page.initData(OTHER_OWNER) } });
    assert.deepEqual([login.status, login.code], [403, "not-allowed"]);
    const again = await page.socket();
    again.say({ type: "attach", token: theirs, session: id, columns: 80, rows: 24 });
    await until("the refusal", () => again.closedWith === 4401);
    // Whoever is let in again has to come in again.
    await set({});
    assert.equal((await page.call("GET", "/v1/sessions", { token: theirs })).status, 401);
    assert.equal(
      (await page.call("GET", "/v1/sessions", { token: await page.token(OTHER_OWNER) })).status,
      200,
    );
    await shows(stays, `tick ${last(stays) + 3}.`);
    await close(id);
    await said(/\n⏹ ended/);
    assert.equal(
      fromBot(api, bob).some(({ text }) => text.includes("⏹")),
      false,
      "what he waited for is forgotten",
    );
  });

  await t.test(
    "failure 33: the user's own tmux, Claude, SSH and shell settings are as they were",
    async () => {
      const id = await page.openTerminal(token, "claude");
      await shows(await page.attach(token, id), /^claude/m);
      await close(id);
      for (const [name, text] of Object.entries(USERS_FILES))
        assert.equal(readFileSync(join(home, name), "utf8"), text, name);
      const files = readdirSync(home, { recursive: true, encoding: "utf8" });
      const added = files.filter((file) => !(file in USERS_FILES) && statSync(join(home, file)).isFile());
      assert.deepEqual(
        added.filter((file) => /tmux|claude|ssh|rc$/.test(file)),
        [],
      );
      assert.equal(usersTmux(), before);
    },
  );

  assert.deepEqual(await running(), []);
});
