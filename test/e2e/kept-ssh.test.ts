import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { SeenMessage } from "../fakes/bot-api/view.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { commandOf, processesWhere } from "../fakes/processes.ts";
import { noSsh, SshServer } from "../fakes/ssh-server.ts";
import { fromBot, untilSaid } from "./chats.ts";
import { noTmux, nothingKept, OWNER, project, run, SHELL, screenOf, untilShown } from "./kept.ts";

const skip = noSsh() || noTmux();

/** A bridge that knows a machine `web` and has been given a key for it in the chat. */
async function withMachine(t: TestContext) {
  const server = await SshServer.start(t);
  const key = readFileSync(server.allowedKey("mine"), "utf8");
  const home = await temporaryFolder(t);
  const tmp = join(home, "tmp");
  mkdirSync(tmp);
  const of = await project(t);
  const { api } = of;
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const until = (what: RegExp): Promise<SeenMessage> => untilSaid(api, ada, what, 30_000);
  const start = () => of.start({ HOME: home, XDG_CONFIG_HOME: join(home, "config"), TMPDIR: tmp });
  const bridge = await start();
  api.say(ada, `/ssh add web ${server.user}@127.0.0.1:${server.port}`);
  await until(/^web is added\./);
  api.say(ada, "/ssh key web");
  await until(/^🔑 Your next message is the private key for web/);
  api.say(ada, key);
  await until(/^🔑 The key for web is stored, encrypted/);
  return { ...of, server, secret: key.split("\n")[2] ?? "", tmp, ada, until, start, bridge };
}

test("over SSH with a pasted key: it outlives a bridge that is killed, ends are told, and Reconnect opens one more", {
  skip,
}, async (t) => {
  const { api, folder, server, secret, tmp, ada, until, start, bridge } = await withMachine(t);
  const say = (text: string, replyTo: SeenMessage) => api.say(ada, text, { replyTo: replyTo.messageId });
  api.say(ada, `/term @far ssh:web ${SHELL}`);
  await api.press(await until(/^First connection to web /), "✅ Yes");
  const opened = await until(/^🖥 term-1 @far · ssh:web .*\nReply to this message to type there\./);
  const agents = () => readdirSync(tmp).filter((name) => name.startsWith("nanogent-agent-"));
  await api.waitFor(() => agents().length === 0, { what: "the end of the agent after the login" });
  const go = join(tmp, "go");
  api.say(ada, `/term ssh:web until [ -e ${go} ]; do sleep 0.1; done; echo last words; exit 6`);
  await until(/^🖥 term-2 · ssh:web/);
  await untilShown(api, ada, "far", /\n\$$/);
  say("X=kept; seq 1 60; printf '\\033[31mwide 日本 é\\033[m\\n'", opened);
  await untilShown(api, ada, "far", /^wide 日本 é\n\$$/m);
  const before = await screenOf(api, ada, "far");
  await bridge.kill();
  const connections = () => {
    const all = processesWhere((cwd) => cwd === folder).map(commandOf);
    assert.ok(!all.join("\n").includes(secret));
    return all.filter((command) => command.startsWith("ssh ")).length;
  };
  assert.equal(connections(), 2);
  writeFileSync(go, "");
  while (connections() > 1) await sleep(50);
  rmSync(go);

  const second = await start();
  const away = await until(/^🖥 term-2 [^\n]*\n❌ exit 6$/);
  assert.deepEqual(
    away.keyboard.flat().map(({ text }) => text),
    ["🖥 Screen", "🔁 Again"],
  );
  assert.equal(await screenOf(api, ada, "far"), before);
  say("echo $X again", opened);
  await untilShown(api, ada, "far", /^kept again\n\$$/m);
  // Its connection ends while no bridge is there.
  assert.equal(await second.stop(), 0);
  await server.kill();
  await server.up();
  const third = await start();
  const lost = await until(
    /^🖥 term-1 @far [^\n]*\n⏹ [^\n]*The connection to web was lost: the machine has closed it\.$/,
  );
  const pressed = await Promise.all([1, 2].map(() => api.press(lost, "🔌 Reconnect")));
  const again = await until(/^🖥 term-3 @far · ssh:web .*\nReply to this message to type there\./);
  for (const press of pressed) assert.match(press?.text ?? "", /^(Connecting…|term-3 is open.*)$/);
  assert.equal((await api.press(lost, "🔌 Reconnect"))?.text, "term-3 is open in its place.");
  assert.equal(fromBot(api, ada).filter(({ text }) => /^🖥 term-3 @far.*\nReply/.test(text)).length, 1);
  await untilShown(api, ada, "far", /\n\$$/);
  say("echo new-$((40 + 2))", again);
  await untilShown(api, ada, "far", /^new-42\n\$$/m);

  // By the page: what goes on, what has ended, and what there never was.
  const page = run(["open"], folder);
  await page.exited;
  const url = new URL(page.output().trim());
  const post = (path: string, more: RequestInit) => fetch(new URL(path, url), { method: "POST", ...more });
  const link = new URLSearchParams(url.hash.slice(1)).get("link");
  const login = await post("/v1/login", {
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ link }),
  });
  const { token } = (await login.json()) as { token: string };
  const reconnect = async (id: string) => {
    const answer = await post(`/v1/sessions/${id}/reconnect`, {
      headers: { authorization: `Bearer ${token}` },
    });
    return [answer.status, await answer.json()] as [number, { id: string; name: string; label: string }];
  };
  assert.deepEqual((await reconnect("term-3"))[0], 409);
  assert.deepEqual((await reconnect("term-99"))[0], 404);
  say("exit 3", again);
  await until(/^🖥 term-3 @far [^\n]*\n❌ exit 3$/);
  const [status, view] = await reconnect("term-3");
  assert.deepEqual([status, view.id, view.name], [200, "term-4", "far"]);
  assert.deepEqual((await reconnect("term-3"))[1].id, "term-4");
  await server.kill();
  await until(/^🖥 term-4 @far [^\n]*\n⏹ [^\n]*The connection to web was lost/);
  const refused = await reconnect("term-4");
  assert.deepEqual(refused[0], 409);
  assert.match(JSON.stringify(refused[1]), /nothing answers at this port/);
  assert.equal(await third.stop(), 0);
  await nothingKept(folder);
  assert.deepEqual(readdirSync(tmp), []);
});
