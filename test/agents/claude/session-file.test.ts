import assert from "node:assert/strict";
import { appendFile, truncate } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import { countTurns, promptText, readBeginning } from "../../../src/agents/claude/session-file.ts";
import { assistant, title, toolResult, user, writeSession } from "../../fakes/claude-session.ts";
import { temporaryFolder } from "../../fakes/folder.ts";

const CWD = "/project";
const IMAGE = {
  type: "image",
  source: { type: "base64", media_type: "image/png", data: "A".repeat(300_000) },
};
const text = (words: string) => ({ type: "text", text: words });

test("what a person has said with a message", () => {
  const cases: readonly (readonly [object, string | undefined])[] = [
    [user("fix it", CWD), "fix it"],
    [user([text("fix"), text("it")], CWD), "fix\nit"],
    [user([IMAGE, text("look")], CWD), "look"],
    [user([IMAGE], CWD), "(a picture)"],
    [user("  ", CWD), undefined],
    [user(undefined, CWD), undefined],
    [user([null, 7, "x", { type: "text", text: 7 }], CWD), undefined],
    [user("do", CWD, { isSidechain: true }), undefined],
    [user("Caveat: …", CWD, { isMeta: true }), undefined],
    [user("This session is being continued …", CWD, { isCompactSummary: true }), undefined],
    [user("<local-command-stdout>done</local-command-stdout>", CWD), undefined],
    [user([text("[Request interrupted by user for tool use]")], CWD), undefined],
    [user([text("<system-reminder>x</system-reminder>"), text("go")], CWD), "go"],
    [
      user(
        "<command-message>review</command-message>\n<command-name>/review</command-name>\n<command-args>main.ts</command-args>",
        CWD,
      ),
      "/review main.ts",
    ],
    [
      user("<command-name>/compact</command-name>\n<command-message>compact</command-message>", CWD),
      "/compact",
    ],
    [user("<command-name>/clear</command-name>", CWD), undefined],
    [user("<command-name></command-name>", CWD), "<command-name></command-name>"],
    [user("<bash-input>ls -l</bash-input>", CWD), "!ls -l"],
    [user("<bash-stdout>a</bash-stdout>", CWD), undefined],
    [toolResult("ok"), undefined],
    [assistant([text("hi")]), undefined],
    [{}, undefined],
    [{ type: "user", message: 5 }, undefined],
  ];
  for (const [message, expected] of cases)
    assert.equal(promptText(message as never), expected, JSON.stringify(message).slice(0, 100));
});

test("a session's beginning is read out of whatever stands in its file", async (t) => {
  const folder = await temporaryFolder(t);
  const first = { cwd: CWD, firstWords: "fix it" };
  const cases: readonly (readonly [string, readonly (object | string)[], object | undefined])[] = [
    ["empty", [], undefined],
    [
      "no prompt",
      [title("a"), { type: "queue-operation", content: "x" }, assistant([text("hi")])],
      undefined,
    ],
    ["plain", [{ type: "mode" }, user("fix it", CWD), user("then this", CWD)], first],
    ["on one line", [user(" fix\n\n it ", CWD)], first],
    [
      "broken lines",
      ['{"type":"user","mess', "", "null", "[]", '"type":"user"', "\0\0\0", user("fix it", CWD)],
      first,
    ],
    ["a torn end", [user("fix it", CWD), '{"type":"us'], first],
    ["a subagent's", [user("sub", CWD, { isSidechain: true })], undefined],
    ["after a tool's result", [toolResult("ok"), user("fix it", CWD)], first],
    ["with a large picture", [user([IMAGE, text("fix it")], CWD)], first],
    ["no folder", [user("fix it", CWD, { cwd: 7 })], { cwd: "", firstWords: "fix it" }],
    [
      "quotes of the format in a text",
      [user('fix "type":"tool_result"', CWD)],
      { cwd: CWD, firstWords: 'fix "type":"tool_result"' },
    ],
  ];
  for (const [name, lines, expected] of cases) {
    const path = await writeSession(join(folder, "s.jsonl"), lines);
    assert.deepEqual(await readBeginning(path), expected, name);
  }
  const long = await writeSession(join(folder, "s.jsonl"), [user("x".repeat(100_000), CWD)]);
  assert.match((await readBeginning(long))?.firstWords ?? "", /^x{1024}$/);
  await assert.rejects(readBeginning(join(folder, "none.jsonl")));
});

test("prompts are counted, and the last name counts", async (t) => {
  const folder = await temporaryFolder(t);
  const lines = [
    title("first"),
    user("one", CWD),
    toolResult("ok"),
    user("two", CWD),
    assistant([text("hi")]),
  ];
  const cases: readonly (readonly [readonly (object | string)[], number, string | undefined])[] = [
    [[], 0, undefined],
    [lines, 2, "first"],
    [[...lines, title(" second ")], 2, "second"],
    [[...lines, title(7), title(""), '{"type":"custom-title"'], 2, "first"],
    [[user('say {"type":"custom-title","customTitle":"no"}', CWD)], 1, undefined],
  ];
  for (const [given, count, name] of cases) {
    const path = await writeSession(join(folder, "s.jsonl"), given);
    assert.deepEqual(await countTurns(path), { turns: { count, atLeast: false }, name });
  }
});

test("of a file of 300 MB only the beginning and the end are read", async (t) => {
  const folder = await temporaryFolder(t);
  const path = await writeSession(join(folder, "s.jsonl"), [user("one", CWD), user("two", CWD), ""]);
  // A hole: a line of null bytes.
  await truncate(path, 300 << 20);
  await appendFile(path, `\n${JSON.stringify(title("huge"))}\n`);
  const before = performance.now();
  assert.deepEqual(await readBeginning(path), { cwd: CWD, firstWords: "one" });
  assert.deepEqual(await countTurns(path), { turns: { count: 2, atLeast: true }, name: "huge" });
  t.diagnostic(`${Math.round(performance.now() - before)} ms`);
});
