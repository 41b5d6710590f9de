import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { runBriefly } from "../../src/agents/process/brief-run.ts";
import { claudeEnv, realClaude } from "../fakes/real-claude.ts";
import { claudeProject, skip } from "./claude-project.ts";

const claude = await realClaude();

test("Claude Code: on with a session of the desk, over a restart, and in a copy of it", {
  skip,
}, async (t) => {
  const { api, chat, model, start, until, button, folder } = await claudeProject(t, {
    MY_TOKEN: "hidden-value",
  });
  const say = async (prompt: string): Promise<readonly string[]> => {
    model.reply({ text: `Answer to ${prompt}.` });
    api.say(chat, prompt);
    await until(new RegExp(`^Answer to ${prompt}\\.[\\s\\S]*✅`));
    return model.requests.at(-1)?.texts ?? [];
  };
  const bridge = await start();
  await say("from the phone");
  model.reply({ text: "At the desk." });
  const desk = await runBriefly({
    ...{ command: "binary" in claude ? claude.binary : "", args: ["-p", "begun with hidden-value"] },
    ...{ cwd: folder, env: claudeEnv(join(folder, "home"), model.url), secrets: [], deadlineMs: 30_000 },
  });
  assert.equal(desk.exit?.code, 0, desk.stderr);
  api.say(chat, "/sessions");
  const list = await button(
    /^Sessions of claude[\s\S]*1\. begun with •{12}\n[\s\S]*\n\n● 2\. from the phone\n/,
  );
  const pressed = await api.press(list, "1. begun with ••••••••••••");
  assert.equal(pressed?.text, "The next prompt goes on with “begun with ••••••••••••”.");
  assert.equal(await bridge.stop(), 0);
  const second = await start();
  const resumed = await say("resumed");
  assert.ok(resumed.includes("begun with hidden-value") && !resumed.includes("from the phone"));
  api.say(chat, "/rename  the   old one ");
  await until(/^The session is called “the old one” now\.$/);
  api.say(chat, "/fork");
  await until(/^The next prompt goes on in a copy/);
  api.say(chat, "/status");
  await until(/^Session: [\w-]+, in a copy of it from the next prompt on$/m);
  await second.kill();
  await start();
  assert.ok((await say("copied")).includes("resumed"));
  api.say(chat, "/rename the copy");
  await until(/^The session is called “the copy” now\.$/);
  assert.ok((await say("still in the copy")).includes("copied"));

  api.say(chat, "/resume");
  const both = await button(
    /● 1\. the copy\n.* 4 turns[\s\S]*2\. the old one\n.* 2 turns[\s\S]*3\. from the phone\n.* 1 turn /,
  );
  await api.press(both, "2. the old one");
  const old = await say("in the old one");
  assert.ok(old.includes("resumed") && !old.includes("copied"));
  api.say(chat, "/export");
  await api.waitFor(() => api.documentsSent(chat).length > 0, { what: "the file" });
  const [document] = api.documentsSent(chat);
  assert.match(document?.name ?? "", /^session-[\da-f]{8}-[\da-f]{4}\.md$/);
  assert.equal(
    document?.bytes.toString(),
    [
      ...["# the old one", "## Prompt", "begun with ••••••••••••", "## claude", "At the desk."],
      ...["## Prompt", "resumed", "## claude", "Answer to resumed."],
      ...["## Prompt", "in the old one", "## claude", "Answer to in the old one.\n"],
    ].join("\n\n"),
  );
  assert.deepEqual(api.violations, []);
});
