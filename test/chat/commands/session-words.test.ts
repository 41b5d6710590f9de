import assert from "node:assert/strict";
import test from "node:test";
import type { Session, Sessions } from "../../../src/agents/sessions.ts";
import { readName, sessionNamed, sessionTitle, shortId } from "../../../src/chat/commands/session-words.ts";

const session = (id: string, more: Partial<Session> = {}): Session => ({
  id,
  firstWords: "words",
  lastUsed: 0,
  ...more,
});

test("as much of an id as tells it from the others", () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ["0123456789abcdef", [], "01234567"],
    ["0123456789abcdef", ["0123456789xbcdef"], "0123456789a"],
    ["01234567-89ab-cdef", ["01234567-99ab-cdef"], "01234567-8"],
    ["0123", ["0124"], "0123"],
    ["0123456789", ["01234567890"], "0123456789"],
  ];
  for (const [id, others, short] of cases) {
    assert.equal(shortId(id, [session(id), ...others.map((other) => session(other))]), short, id);
  }
});

test("a session is called by its name, or by how it begins, on one line without secrets", () => {
  const redact = (text: string): string => text.replaceAll("hidden-value-hidden-value", "•".repeat(25));
  const cases: readonly (readonly [Partial<Session>, string])[] = [
    [{ firstWords: "fix  it\n now" }, "fix it now"],
    [{ name: "login" }, "login"],
    [{ name: "\u001b[31mred\u202e" }, "red"],
    [{ firstWords: "x".repeat(60) }, `${"x".repeat(47)}…`],
    [{ firstWords: `${"x".repeat(46)}𝒳 and more` }, `${"x".repeat(46)}…`],
    // It is hidden before it is cut.
    [{ firstWords: `${"x".repeat(40)} hidden-value-hidden-value` }, `${"x".repeat(40)} ${"•".repeat(6)}…`],
  ];
  for (const [given, shown] of cases) assert.equal(sessionTitle(session("a", given), redact), shown);
});

test("a session by what was typed", async () => {
  const known = ["aaaa-1", "aaaa-2", "bbbb-1", "bbbb-11"].map((id) => session(id));
  const sessions = {
    find: async (_cwd: string, beginning: string) => known.filter(({ id }) => id.startsWith(beginning)),
  } as unknown as Sessions;
  const cases: readonly (readonly [string, string | RegExp])[] = [
    ["aaaa-1", "aaaa-1"],
    ["AAAA-2", "aaaa-2"],
    ["bbbb-1", "bbbb-1"],
    ["bbbb-11", "bbbb-11"],
    ["aaaa", /^More than one session begins with aaaa: aaaa-1, aaaa-2\. Type more of it\.$/],
    ["c", /^There is no session c in this folder\. \/sessions lists them\.$/],
    ["-aaaa-1", /^That is no id of a session/],
    ["aaaa-1 --model x", /^That is no id of a session/],
    ["", /^That is no id of a session/],
  ];
  for (const [typed, expected] of cases) {
    const found = await sessionNamed(typed, sessions, "/project");
    if (typeof expected === "string") assert.deepEqual(found, session(expected), typed);
    else assert.match(String(found), expected, typed);
  }
});

test("a name as it was typed", () => {
  const cases: readonly (readonly [string, object])[] = [
    [" the  login\n page ", { name: "the login page" }],
    ["a\u0000b\u001bc", { name: "a b c" }],
    ["\u0001", { fault: "That is no name." }],
    ["-x", { fault: "A name cannot begin with a dash." }],
    ["x".repeat(80), { name: "x".repeat(80) }],
    ["x".repeat(81), { fault: "That name is too long: 80 characters are the most." }],
  ];
  for (const [typed, read] of cases) assert.deepEqual(readName(typed), read);
});
