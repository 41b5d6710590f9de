import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { DockerEngine, IMAGE, noDocker } from "../fakes/docker-engine.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { noSsh, SshServer } from "../fakes/ssh-server.ts";
import { untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

test("/term ssh:NAME: the key of the machine is asked about, then its shell answers in the chat", {
  skip: noSsh(),
}, async (t) => {
  const server = await SshServer.start(t);
  const fingerprint = server.newHostKey("second");
  await server.kill();
  await server.up();
  const key = readFileSync(server.allowedKey("mine"), "utf8");
  const home = await temporaryFolder(t);
  const { api, start } = await project(t);
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bridge = await start({ HOME: home, XDG_CONFIG_HOME: join(home, "config") });
  const until = (what: RegExp) => untilSaid(api, ada, what);

  api.say(ada, `/ssh add web ${server.user}@127.0.0.1:${server.port}`);
  await until(/^web is added\./);
  api.say(ada, "/ssh key web");
  await until(/^🔑 Your next message is the private key for web/);
  api.say(ada, key);
  await until(/^🔑 The key for web is stored, encrypted/);
  api.say(ada, "/term ssh:web");
  const no = await until(new RegExp(fingerprint.replaceAll(/[+/]/g, "\\$&")));
  assert.equal((await api.press(no, "⛔ No"))?.text, "No.");
  await until(/was not confirmed|not trusted|refused/i);
  api.say(ada, "/term ssh:web");
  const yes = await api.waitFor(
    () =>
      api
        .messages(ada)
        .filter(({ text, messageId }) => text.includes(fingerprint) && messageId > no.messageId)
        .at(-1),
    { what: "the question again" },
  );
  assert.equal((await api.press(yes, "✅ Yes"))?.text, "Yes.");
  const opened = await until(/^🖥 term-\d+ · ssh:web/);
  api.say(ada, "echo far-$((40 + 2))", { replyTo: opened.messageId });
  await until(/^far-42$/m);
  assert.equal(await bridge.stop(), 0);
});

test("/term docker:NAME opens one in a container, /term docker in one of its own", {
  skip: noDocker(),
}, async (t) => {
  const engine = await new DockerEngine().start();
  t.after(() => engine.stop());
  await engine.importImage();
  const { api, start } = await project(t, {
    env: {
      NANOGENT_AGENT: "shell",
      TELEGRAM_ALLOWED_USER_IDS: String(OWNER),
      NANOGENT_DOCKER_IMAGE: IMAGE,
    },
  });
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bridge = await start({ DOCKER_HOST: engine.env.DOCKER_HOST ?? "" });
  const until = (what: RegExp) => untilSaid(api, ada, what);
  api.say(ada, "/term docker:nothing");
  await until(/no container/i);
  api.say(ada, "/term docker");
  const opened = await until(/^🖥 term-\d+ · docker/);
  api.say(ada, "echo in-$((40 + 2))", { replyTo: opened.messageId });
  await until(/^in-42$/m);
  api.say(ada, "cat .env; cat .nanogent/journal.jsonl; echo of-the-bridge-$((1 + 1))", {
    replyTo: opened.messageId,
  });
  const shown = await until(/^of-the-bridge-2$/m);
  assert.doesNotMatch(shown.text, /TELEGRAM_BOT_TOKEN|update_id/);
  assert.equal(await bridge.stop(), 0);
});
