import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { startModel } from "../fakes/anthropic.ts";
import { seen } from "../fakes/bot-api.ts";
import { claudeEnv, realClaude } from "../fakes/real-claude.ts";
import { OWNER, type Project, project } from "./project.ts";

const claude = await realClaude();
const skip = "skip" in claude ? claude.skip : false;

/** A project whose bot runs the real Claude Code, against a scripted model. */
async function claudeProject(t: TestContext, settings: Record<string, string> = {}) {
  const model = await startModel();
  t.after(() => model.close());
  const home: Project = await project(t, {
    env: {
      TELEGRAM_ALLOWED_USER_IDS: String(OWNER),
      NANOGENT_CLAUDE: "binary" in claude ? claude.binary : "",
      ...settings,
    },
  });
  const environment = { ...claudeEnv(join(home.folder, "home"), model.url), CLAUDE_CODE_MAX_RETRIES: "0" };
  const chat = home.api.privateChat(OWNER, { firstName: "Ada" });
  const start = () =>
    home.start(Object.fromEntries(Object.entries(environment).map(([k, v]) => [k, v ?? ""])));
  const answers = () => seen(home.api, chat);
  const until = (what: RegExp) =>
    home.api.waitFor(() => answers().find((text) => what.test(text)), {
      what: String(what),
      timeoutMs: 30_000,
    });
  return { ...home, model, chat, start, answers, until };
}

test("a prompt runs Claude Code in the folder: text, a tool, more text, and the session goes on", {
  skip,
}, async (t) => {
  const { api, chat, model, start, until, folder } = await claudeProject(t);
  const bridge = await start();
  model.reply(
    { text: ["I write ", "the file."] },
    { tool: "Bash", input: { command: "echo 한글 > made.txt", description: "write" } },
  );
  const second = model.hold();
  api.say(chat, "make a file");
  await second.requested;
  second.text("It is ");
  await until(/It is$|It is\n/);
  second.text("**there**.");
  second.end();
  const first = await until(/✅/);
  assert.match(
    first,
    /^I write the file\.\n\nIt is there\.\n\n🔧 Bash echo 한글 > made\.txt\n\n✅ .* s · \d turns?.* in \/ .* out$/,
  );
  assert.equal(await readFile(join(folder, "made.txt"), "utf8"), "한글\n");

  model.reply({ text: "Yes." });
  api.say(chat, "do you remember?");
  await until(/^Yes\./);
  assert.ok(
    model.requests.at(-1)?.texts.some((text) => text.includes("make a file")),
    "the second prompt resumes the session",
  );
  assert.equal(await bridge.stop(), 0);
  assert.deepEqual(api.violations, []);
  assert.equal(api.hammering, 0);
});
