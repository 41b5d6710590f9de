import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fakeClaude, init, type Scenario, success, whole } from "../fakes/claude-cli.ts";
import { filesIn, handIn } from "../undo/project.ts";
import { untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

const GUEST = 8;

const DONE = [whole("Done."), success("Done.")];
const SCENARIO: Scenario = {
  short: [init(), { shell: "echo three >> a.txt; echo new > new.txt" }, ...DONE],
  long: [init(), { shell: "seq 1 2000 > long.txt; echo x > a.txt" }, ...DONE],
  endless: [init(), { shell: "echo x > a.txt" }, whole("Begun."), { stay: true }],
};

async function undoing(t: TestContext) {
  const home = await project(t);
  const { api, folder } = home;
  const tools = join(folder, ".nanogent-tools");
  const hand = handIn(folder);
  hand.git("init", "-q");
  hand.write(".gitignore", ".nanogent*/\n.env\nhome/\n");
  hand.write("a.txt", "one\ntwo\n");
  hand.git("add", ".");
  hand.git("commit", "-qm", "x");
  await mkdir(tools);
  await home.writeEnv({
    TELEGRAM_ALLOWED_USER_IDS: `${OWNER},${GUEST}`,
    NANOGENT_OWNER_IDS: String(OWNER),
    NANOGENT_CLAUDE: await fakeClaude(tools, SCENARIO),
  });
  const ada = api.privateChat(OWNER, { firstName: "Ada" });
  const bob = api.privateChat(GUEST, { firstName: "Bob" });
  const start = () => home.start({ IS_SANDBOX: "1" });
  const bridge = await start();
  const files = () =>
    Object.fromEntries(Object.entries(filesIn(folder)).filter(([name]) => !name.startsWith(".nanogent-")));
  return { ...home, ...hand, ada, bob, start, bridge, files };
}

test("/undo shows what the last turn has changed, and a button takes it back, also after a restart", async (t) => {
  const { api, ada, files, bridge, start, folder } = await undoing(t);
  api.say(ada, "/undo");
  await untilSaid(api, ada, /^No turn of an agent is known in this conversation\.$/);
  const before = files();
  api.say(ada, "a short one");
  await untilSaid(api, ada, /^Done\.[\s\S]*✅/);
  assert.notDeepEqual(files(), before);
  assert.equal(await bridge.stop(), 0);
  await start();
  api.say(ada, "/undo");
  const shown = await untilSaid(api, ada, /The last turn has changed 2 files: “a short one”/);
  assert.match(shown.text, /^diff --git a\/a\.txt[\s\S]*\n\+three\n[\s\S]*\n\+new\n/);
  assert.match((await api.press(shown, "↩ Undo 2 files"))?.text ?? "", /^↩ Undone by Ada: 2 files\.$/);
  const undone = await untilSaid(api, ada, /^↩ Undone by Ada: 2 files\.\n• a\.txt\n• new\.txt$/);
  assert.deepEqual(undone.keyboard, []);
  assert.deepEqual(files(), before);
  assert.match(
    (await api.press(shown, "↩ Undo 2 files", { stale: true }))?.text ?? "",
    /not the last turn any more/,
  );
  api.say(ada, "/undo");
  const again = await untilSaid(api, ada, /^The undo of “a short one” has changed 2 files\.$/m);
  await api.press(again, "↩ Undo 2 files");
  await api.waitFor(() => "new.txt" in files());
  assert.equal(await readFile(join(folder, "a.txt"), "utf8"), "one\ntwo\nthree\n");
  api.say(ada, "/undo");
  await untilSaid(api, ada, /^The undo of the undo of “a short one” has changed 2 files\.$/m);
});

test("a long change comes as a file; what has changed since is named and left; it can be left as a whole", async (t) => {
  const { api, ada, folder, files } = await undoing(t);
  api.say(ada, "a long one");
  await untilSaid(api, ada, /^Done\./);
  // What changes before the processes of a turn have ended is its own.
  const turns = join(folder, ".nanogent", "undo", "turns.json");
  while (!(await readFile(turns, "utf8")).includes('"after"')) await sleep(20);
  await writeFile(join(folder, "a.txt"), "by hand\n");
  api.say(ada, "/undo");
  const shown = await untilSaid(
    api,
    ada,
    /^The last turn has changed 2 files: .*\nChanged again since then, and left as they are:\n• a\.txt$/,
  );
  const [diff] = api.documentsSent(ada);
  assert.equal(diff?.name, "last-turn.diff");
  assert.match(String(diff?.bytes), /^\+2000$/m);
  const before = files();
  await api.press(shown, "✖ Leave it");
  await untilSaid(api, ada, /^Left as it is by Ada, \d\d:\d\d\.$/);
  assert.deepEqual(files(), before);
  api.say(ada, "/undo");
  const second = await api.waitFor(() =>
    api.messages(ada).find(({ text, keyboard }) => text.startsWith("The last turn") && keyboard.length > 0),
  );
  await api.press(second, "↩ Undo 1 file");
  await untilSaid(
    api,
    ada,
    /^↩ Undone by Ada: 1 file\.\n• long\.txt\nLeft as they are:\n• a\.txt \(changed since\)$/,
  );
  const { "long.txt": _, ...others } = before;
  assert.deepEqual(files(), others);
});

test("only owners undo, and not while a job runs in the folder", async (t) => {
  const { api, ada, bob, files } = await undoing(t);
  api.say(ada, "a short one");
  await untilSaid(api, ada, /^Done\./);
  api.say(bob, "/undo");
  await untilSaid(api, bob, /^\/undo is for owners of this bot only\.$/);
  api.say(ada, "/undo");
  const shown = await untilSaid(api, ada, /^diff --git/);
  assert.match(
    (await api.press(shown, "↩ Undo 2 files", { from: GUEST }))?.text ?? "",
    /may not|Only owners/,
  );
  api.say(bob, "an endless one");
  await untilSaid(api, bob, /^Begun/);
  const before = files();
  assert.match((await api.press(shown, "↩ Undo 2 files"))?.text ?? "", /Something is running in this folder/);
  const still = api.messages(ada).find(({ messageId }) => messageId === shown.messageId);
  assert.deepEqual([still?.text, still?.keyboard], [shown.text, shown.keyboard]);
  api.say(ada, "/undo");
  await untilSaid(api, ada, /^A job is running in this folder: \/undo works when nothing runs\./);
  assert.deepEqual(files(), before);
});

test("a turn that was stopped is undone like any other", async (t) => {
  const { api, ada, files } = await undoing(t);
  const before = files();
  api.say(ada, "an endless one");
  await untilSaid(api, ada, /^Begun/);
  api.say(ada, "/cancel");
  await untilSaid(api, ada, /⏹ Stopped by Ada/);
  api.say(ada, "/undo");
  const shown = await untilSaid(api, ada, /changed 1 file/);
  await api.press(shown, "↩ Undo 1 file");
  await untilSaid(api, ada, /^↩ Undone by Ada: 1 file\.\n• a\.txt$/);
  assert.deepEqual(files(), before);
});

test("two taps undo once, and the message goes on showing what was undone and what was left", async (t) => {
  const { api, ada, folder } = await undoing(t);
  api.say(ada, "a short one");
  await untilSaid(api, ada, /^Done\.[\s\S]*✅/);
  const turns = join(folder, ".nanogent", "undo", "turns.json");
  while (!(await readFile(turns, "utf8")).includes('"after"')) await sleep(20);
  await writeFile(join(folder, "a.txt"), "by hand\n");
  api.say(ada, "/undo");
  const shown = await untilSaid(
    api,
    ada,
    /^The last turn has changed 2 files|\n\nThe last turn has changed 2 files/,
  );
  const taps = ["↩ Undo 1 file", "↩ Undo 1 file", "✖ Leave it"].map((button) => api.press(shown, button));
  const notices = (await Promise.all(taps)).map((answer) => answer?.text);
  const late = "That is not the last turn any more: /undo shows what is.";
  assert.deepEqual(notices, ["↩ Undone by Ada: 1 file.", late, late]);
  const card = /^↩ Undone by Ada: 1 file\.\n• new\.txt\nLeft as they are:\n• a\.txt \(changed since\)$/;
  await untilSaid(api, ada, card);
  api.say(ada, "/help undo");
  await untilSaid(api, ada, /A second \/undo takes the first one back/);
  assert.match(api.messages(ada).find(({ messageId }) => messageId === shown.messageId)?.text ?? "", card);
});
