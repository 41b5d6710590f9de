import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { seen } from "../fakes/bot-api.ts";
import { fakeClaude, init, starts, success } from "../fakes/claude-cli.ts";
import { fromBot, untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

/** A bot whose agent says back what it was told. */
async function echoProject(t: TestContext) {
  const home = await project(t);
  const binary = await fakeClaude(home.folder, [init(), { echo: true }, success()]);
  await home.writeEnv({
    NANOGENT_CLAUDE: binary,
    NANOGENT_PERMISSIONS: "ask",
    TELEGRAM_ALLOWED_USER_IDS: String(OWNER),
  });
  const ada = home.api.privateChat(OWNER, { firstName: "Ada" });
  const prompts = async () =>
    (await starts(home.folder)).flatMap(({ input }) =>
      input
        .filter(({ type }) => type === "user")
        .map(({ message }) => (message as { content: string }).content),
    );
  return { ...home, ada, prompts };
}

test("failure 1: messages sent while the bridge was down are answered when it starts, in order", async (t) => {
  const { api, ada, start, prompts } = await echoProject(t);
  const bridge = await start();
  api.say(ada, "zero");
  await untilSaid(api, ada, /^zero\n\n✅/);
  assert.equal(await bridge.stop(), 0);
  for (const word of ["one", "two", "three"]) api.say(ada, word);
  await start();
  await untilSaid(api, ada, /^three\n\n✅/);
  assert.deepEqual(await prompts(), ["zero", "one", "two", "three"]);
  await api.waitFor(() => api.pending.length === 0);
});

test("failure 7: /status@bot, captions, edits and media are taken", async (t) => {
  const { api, ada, start, prompts, folder } = await echoProject(t);
  await start();
  api.say(ada, `/status@${api.bot.username}`);
  await untilSaid(api, ada, /^Agent: claude/);
  api.say(ada, "what does it say?", {
    document: { name: "../we ird;$(x).txt", bytes: Buffer.from("hello") },
  });
  await untilSaid(api, ada, /what does it say\?\n\nFiles that were sent/);
  const path = /- (\.nanogent\/uploads\/\S.*)$/m.exec((await prompts())[0] ?? "")?.[1] ?? "";
  assert.match(path, /^\.nanogent\/uploads\/\d+-we ird_x_\.txt$/);
  assert.equal(await readFile(join(folder, path), "utf8"), "hello");
  api.say(ada, "", { voice: { bytes: Buffer.from("OggS") } });
  await untilSaid(api, ada, /^Files that were sent with this message:\n/);
});

test("failure 8: an album starts one run, and so does a long text that the client has split", async (t) => {
  const { api, ada, start, prompts } = await echoProject(t);
  await start();
  const picture = (name: string) => ({ document: { name, bytes: Buffer.from(name) }, mediaGroupId: "album" });
  api.say(ada, "compare them", picture("a.png"));
  api.say(ada, "", picture("b.png"));
  api.say(ada, "", picture("c.png"));
  await untilSaid(api, ada, /✅/);
  const [album = ""] = await prompts();
  assert.match(album, /^compare them\n\nFiles .*:\n- .*a\.png\n- .*b\.png\n- .*c\.png$/);

  // As a client does it: cut at the last white space before 4096 characters.
  const words = Array.from({ length: 1_200 }, (_, index) => `word${index}`).join(" ");
  const first = words.lastIndexOf(" ", 4096);
  const second = words.lastIndexOf(" ", first + 1 + 4096);
  const pieces = [words.slice(0, first), words.slice(first + 1, second), words.slice(second + 1)];
  for (const piece of pieces) api.say(ada, piece);
  await api.waitFor(
    () => fromBot(api, ada).some(({ text }) => text.includes("word1199") && text.includes("✅")),
    {
      what: "the echo of the long text",
    },
  );
  assert.deepEqual((await prompts()).slice(1), [pieces.join("\n")]);
});

test("a picture of an album that comes late joins its prompt while that waits", async (t) => {
  const { api, ada, start, prompts, writeEnv } = await echoProject(t);
  await writeEnv({ NANOGENT_AGENT: "shell", TELEGRAM_ALLOWED_USER_IDS: String(OWNER) });
  await start();
  api.say(ada, "sleep 2.5");
  api.say(ada, "echo", { document: { name: "a.txt", bytes: Buffer.from("a") }, mediaGroupId: "late" });
  await untilSaid(api, ada, /Queued as number 1/);
  api.say(ada, "", { document: { name: "b.txt", bytes: Buffer.from("b") }, mediaGroupId: "late" });
  await api.waitFor(() => api.calls("file").length === 2, { what: "the second download" });
  await untilSaid(api, ada, /exit/);
  assert.equal((await prompts()).length, 0);
  assert.equal(
    fromBot(api, ada).filter(({ text }) => text.includes("Queued")).length,
    1,
    "one prompt, not two",
  );
});

test("a message that nobody can run is answered, not swallowed", async (t) => {
  const { api, ada, start } = await echoProject(t);
  await start();
  api.say(ada, "read it", { document: { name: "big.bin", bytes: Buffer.from("x"), size: 21 * 1024 * 1024 } });
  await untilSaid(api, ada, /^This was not run: big\.bin is larger than 20 MB/);
  await api.waitFor(() => api.pending.length === 0);
});

test("an update that comes twice runs once", async (t) => {
  const { api, ada, start, prompts } = await echoProject(t);
  // The answer to the confirming poll is lost, so the server hands the update out again after a restart.
  const bridge = await start();
  const offline = api.fault({
    method: "getUpdates",
    kind: "drop",
    times: Number.POSITIVE_INFINITY,
    when: (call) => call.params.offset !== undefined,
  });
  api.say(ada, "only once");
  await untilSaid(api, ada, /^only once\n\n✅/);
  await bridge.kill();
  offline.clear();
  const again = await start();
  api.say(ada, "then this");
  await untilSaid(api, ada, /^then this\n\n✅/);
  assert.deepEqual(await prompts(), ["only once", "then this"]);
  await again.stop();
});

test("slash commands of the agent are passed on, others get a hint", async (t) => {
  const { api, ada, start, prompts, folder } = await echoProject(t);
  await fakeClaude(folder, [
    {
      line: {
        type: "control_response",
        response: { subtype: "success", request_id: "init", response: { commands: [{ name: "compact" }] } },
      },
    },
    init({ slash_commands: ["compact", "review"] }),
    { echo: true },
    success(),
  ]);
  await start();
  api.say(ada, "hello");
  await untilSaid(api, ada, /^hello\n\n✅/);
  api.say(ada, "/compact keep the plan");
  await untilSaid(api, ada, /^\/compact keep the plan\n\n✅/);
  api.say(ada, "/comapct");
  await untilSaid(api, ada, /^There is no command \/comapct\. Did you mean \/compact\?$/);
  assert.deepEqual(await prompts(), ["hello", "/compact keep the plan"]);
  assert.equal(seen(api, ada).length, 3);
});
