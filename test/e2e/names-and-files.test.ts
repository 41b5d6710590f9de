import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { fromBot, untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

const SECRET = "what lies outside of the project";

test("failure 23: no word in the chat, and none of the agent's, makes the bot send a file", async (t) => {
  const { api, start, folder } = await project(t);
  const outside = await mkdtemp(join(tmpdir(), "nanogent-outside-"));
  t.after(() => rm(outside, { recursive: true, force: true }));
  const path = join(outside, "secret.txt");
  await writeFile(path, SECRET);
  await symlink(path, join(folder, "link.txt"));
  const ada = api.privateChat(OWNER);
  await start();
  for (const asked of [path, "link.txt", `../${path}`]) api.say(ada, `/get ${asked}`);
  await api.waitFor(
    () => fromBot(api, ada).filter(({ text }) => /not in the project/.test(text)).length === 3,
  );
  for (const word of ["send", "file", "download", "upload"]) {
    api.say(ada, `/${word} ${path}`);
    await untilSaid(api, ada, new RegExp(`There is no command /${word}\\.`));
  }
  const asking = [path, "link.txt", `../${path}`, `file://${path}`];
  const forms = asking.flatMap((each) => [`MEDIA:${each}`, `![](${each})`, `[file](${each})`, `@${each}`]);
  api.say(ada, `cat <<'EOF'\n${forms.join("\n")}\nEOF\necho end`);
  await untilSaid(api, ada, /end\n\n✅/);
  // An answer that is too long for messages is a file: the agent's own words, and nothing else.
  api.say(ada, `for i in $(seq 3000); do echo 'MEDIA:${path} ![](link.txt)'; done`);
  await api.waitFor(() => api.documentsSent(ada).length > 0, { what: "the file of the answer" });
  await untilSaid(api, ada, /✅[^✅]*$/);
  const sent = api.documentsSent(ada);
  assert.equal(sent.length, 1);
  assert.ok(sent.every(({ bytes }) => !bytes.includes(SECRET)));
  const said = fromBot(api, ada).flatMap(({ states }) => states.map(({ text }) => text));
  assert.ok(said.every((text) => !text.includes(SECRET)));
});

/** Each makes a file when a shell reads it. */
const INJECTIONS = [
  "$(touch pwned1)",
  "`touch pwned2`",
  ";touch pwned3;",
  "|touch pwned4|",
  "\ntouch pwned5\n",
  "'&touch pwned6&'",
];

test("failure 26: names of people, groups and files never reach a shell as code", async (t) => {
  const GROUP = -100500;
  const { api, start, folder, readJournal } = await project(t);
  const group = api.group(GROUP, { supergroup: true, title: INJECTIONS.join(" ") });
  const ada = api.privateChat(OWNER, { firstName: INJECTIONS.join(" ") });
  const bridge = await start();
  for (const [index, name] of INJECTIONS.entries()) {
    // The list of files becomes part of the prompt, which is what the shell is given.
    api.say(ada, `echo got ${index}`, { document: { name: `${name}.txt`, bytes: Buffer.from("x") } });
    await untilSaid(api, ada, new RegExp(`^got ${index}$`, "m"));
  }
  api.say(group, `/status@${api.bot.username}`, { from: OWNER });
  await untilSaid(api, group, /^Agent: shell/m);
  api.say(ada, "/queue");
  await api.waitFor(() => api.pending.length === 0);
  assert.equal(await bridge.stop(), 0);
  const uploads = await readdir(join(folder, ".nanogent", "uploads"));
  assert.equal(uploads.length, INJECTIONS.length);
  const files = await readdir(folder, { recursive: true });
  assert.deepEqual(
    files.filter((name) => /^pwned|\/pwned\d$/.test(name)),
    [],
  );
  // The names came as they are, so that this is a test of what is done with them.
  assert.ok((await readJournal()).includes("touch pwned1"));
  await assert.rejects(readFile(join(folder, "pwned1")));
});
