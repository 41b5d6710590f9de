import assert from "node:assert/strict";
import test, { type TestContext } from "node:test";
import type { BotApiOptions } from "../fakes/bot-api.ts";
import { fakeClaude, init, type Scenario, streamed, success } from "../fakes/claude-cli.ts";
import { fromBot, untilSaid } from "./chats.ts";
import { OWNER, project } from "./project.ts";

async function scripted(t: TestContext, scenario: Scenario, api: BotApiOptions = {}) {
  const home = await project(t, { api });
  const binary = await fakeClaude(home.folder, scenario);
  await home.writeEnv({
    NANOGENT_CLAUDE: binary,
    NANOGENT_PERMISSIONS: "ask",
    TELEGRAM_ALLOWED_USER_IDS: String(OWNER),
  });
  const ada = home.api.privateChat(OWNER, { firstName: "Ada" });
  await home.start();
  return { ...home, ada };
}

const paragraph = (index: number): string =>
  `Paragraph ${index}: ${"words that fill a line of text, ".repeat(12)}end ${index}.\n\n`;
const paragraphs = (count: number): string[] => Array.from({ length: count }, (_, index) => paragraph(index));

test("failure 3: a 429 on an edit neither loses the answer nor is answered by more calls", async (t) => {
  const { api, ada } = await scripted(t, [
    init(),
    ...streamed("Half "),
    { sleep: 1_800 },
    ...streamed("and whole."),
    success(),
  ]);
  const flood = api.fault({ method: "editMessageText", kind: "429", retryAfter: 3 });
  api.say(ada, "go");
  const answer = await untilSaid(api, ada, /whole\.\n\n✅/);
  assert.equal(flood.hits, 1);
  assert.equal(api.hammering, 0, "nothing was sent before the pause was over");
  assert.match(answer.text, /^Half and whole\.|^Half\n\nand whole\./);
});

test("failure 4: an answer over 4096 characters comes whole, in order, in messages that were opened as it grew", async (t) => {
  const text = paragraphs(22);
  const { api, ada } = await scripted(t, [
    init(),
    ...streamed(...text.slice(0, 11)),
    { sleep: 1_500 },
    ...streamed(...text.slice(11)),
    success(),
  ]);
  api.say(ada, "tell me all");
  await untilSaid(api, ada, /✅/);
  const parts = fromBot(api, ada).filter(({ deleted }) => !deleted);
  assert.ok(parts.length >= 2 && parts.length <= 4);
  assert.ok(parts.every((part) => part.text.length <= 4096));
  const ends = [
    ...parts
      .map((part) => part.text)
      .join("\n")
      .matchAll(/end (\d+)\./g),
  ].map((match) => Number(match[1]));
  assert.deepEqual(
    ends,
    text.map((_, index) => index),
  );
  assert.deepEqual(api.violations, []);
  assert.equal(api.droppedEntities, 0);
});

test("failure 4: a code block over the border of two messages is code in both", async (t) => {
  const code = Array.from({ length: 300 }, (_, index) => `const value${index} = ${index};`).join("\n");
  const { api, ada } = await scripted(t, [
    init(),
    ...streamed(`Before.\n\n\`\`\`ts\n${code}\n\`\`\`\n\nAfter, *not code*.`),
    success(),
  ]);
  api.say(ada, "code please");
  await untilSaid(api, ada, /After, not code\.[\s\S]*✅/);
  const parts = fromBot(api, ada).filter(({ deleted }) => !deleted);
  const inCode = parts
    .map(({ text, entities = [] }) =>
      entities
        .filter(({ type }) => type === "pre")
        .map(({ offset, length }) => text.slice(offset, offset + length))
        .join("\n"),
    )
    .join("\n");
  assert.equal(inCode, code);
});

test("an answer of more than four messages is one message and a file with all of it", async (t) => {
  const text = paragraphs(80);
  const { api, ada } = await scripted(t, [
    init(),
    ...streamed(...text.slice(0, 40)),
    { sleep: 1_500 },
    ...streamed(...text.slice(40)),
    success(),
  ]);
  api.say(ada, "a book");
  await untilSaid(api, ada, /✅/);
  await api.waitFor(() => fromBot(api, ada).filter(({ deleted }) => !deleted).length === 2, {
    what: "one message and one file",
  });
  const [file] = api.documentsSent(ada);
  assert.equal(file?.name, "answer.md");
  assert.ok(file?.bytes.toString("utf8").includes(text.join("").trim().slice(0, 1000)));
  assert.ok(file?.bytes.toString("utf8").includes("end 79."));
  const first = fromBot(api, ada).find(({ document, deleted }) => !document && !deleted);
  assert.match(first?.text ?? "", /^Paragraph 0: [\s\S]*The whole answer is in the file below\.[\s\S]*✅/);
});

test("when the file cannot be sent, the answer comes in messages", async (t) => {
  const { api, ada } = await scripted(t, [init(), ...streamed(...paragraphs(70)), success()], {
    rateLimit: "off",
  });
  api.fault({ method: "sendDocument", kind: "error", code: 413, description: "Request Entity Too Large" });
  api.say(ada, "a book");
  await untilSaid(api, ada, /✅/, 60_000);
  const parts = fromBot(api, ada).filter(({ deleted }) => !deleted);
  assert.ok(parts.length > 4);
  assert.ok(
    parts
      .map(({ text }) => text)
      .join("")
      .includes("end 69."),
  );
});

test("a growing answer never flickers: each frame goes on from the one before", async (t) => {
  const pieces = ["Some **bold", " text** and `co", "de` then\n\n```sh\nnpm ", "test\n```\n\nDone."];
  const { api, ada } = await scripted(t, [
    init(),
    ...pieces.flatMap((piece) => [
      ...streamed(piece).slice(piece === pieces[0] ? 0 : 2, -1),
      { sleep: 1_400 },
    ]),
    success(),
  ]);
  api.say(ada, "go");
  const answer = await untilSaid(api, ada, /Done\.\n\n✅/);
  const frames = answer.states.map(({ text }) => text.replace(/\n*(⏳|✅).*$/s, ""));
  for (const frame of frames)
    assert.ok("Some bold text and code then\n\nnpm test\n\nDone.".startsWith(frame), JSON.stringify(frame));
  assert.ok(new Set(frames).size >= 4, JSON.stringify(frames));
  assert.deepEqual(
    answer.entities?.map(({ type }) => type),
    ["bold", "code", "pre"],
  );
});

test("a message that the user has deleted is replaced by a new one", async (t) => {
  const { api, ada } = await scripted(t, [
    init(),
    ...streamed("Hello"),
    { sleep: 1_500 },
    ...streamed(" again."),
    success(),
  ]);
  api.fault({
    method: "editMessageText",
    times: 1,
    kind: "error",
    code: 400,
    description: "Bad Request: message to edit not found",
  });
  api.say(ada, "go");
  await untilSaid(api, ada, /again\.\n\n✅/);
});

test("failure 15: a run that fails says how, with what it wrote to stderr", async (t) => {
  const { api, ada } = await scripted(t, [
    init(),
    ...streamed("I beg"),
    { stderr: "TypeError: boom\n" },
    { exit: 3 },
  ]);
  api.say(ada, "go");
  const answer = await untilSaid(api, ada, /❌/);
  assert.match(answer.text, /^I beg\n\n❌ [\s\S]*TypeError: boom/);
  assert.match(answer.text, /3/);
  assert.ok(!/✅|no text/.test(answer.text));
});

test("failure 11: a missing program is a reply that says what to do, and the bridge goes on", async (t) => {
  const home = await project(t, {
    env: {
      NANOGENT_CLAUDE: "no-such-claude",
      NANOGENT_PERMISSIONS: "ask",
      TELEGRAM_ALLOWED_USER_IDS: String(OWNER),
    },
  });
  const ada = home.api.privateChat(OWNER);
  const bridge = await home.start();
  home.api.say(ada, "go");
  await untilSaid(home.api, ada, /❌ [\s\S]*npm install -g @anthropic-ai\/claude-code[\s\S]*NANOGENT_CLAUDE/);
  home.api.say(ada, "/status");
  await untilSaid(home.api, ada, /^Agent: claude/);
  assert.equal(await bridge.stop(), 0);
});
