import assert from "node:assert/strict";
import test from "node:test";
import { createAccess } from "../../src/chat/access.ts";
import { LINK_MS, Links, makeLink } from "../../src/web/links.ts";
import { rolesOf, type WebRole } from "../../src/web/roles.ts";
import { Tokens } from "../../src/web/tokens.ts";
import { fakeClock } from "../fakes/clock.ts";

const HOUR = 3_600_000;

test("owners of the bot get in, guests and strangers do not, by their ids", () => {
  const cases: [
    users: number[],
    owners: number[] | undefined,
    open: boolean,
    id: number,
    role: WebRole | undefined,
  ][] = [
    [[7, 8], [7], false, 7, "owner"],
    [[7, 8], [7], false, 8, undefined],
    [[7, 8], undefined, false, 8, "owner"],
    [[7, 8], [7], false, 9, undefined],
    [[], [7], true, 7, "owner"],
    [[], undefined, true, 9, undefined],
    [[], undefined, false, 9, undefined],
  ];
  for (const [users, owners, open, userId, role] of cases) {
    const roles = rolesOf(createAccess({ open, chats: [], users, owners }));
    // failure 28: whoever has the name of an owner by now is not him.
    assert.equal(roles({ userId, name: "ada" }), role, JSON.stringify({ users, owners, open, userId }));
    assert.equal(roles({ userId: undefined, name: "this machine" }), "owner");
  }
});

test("a token is renewed by its use and ends an hour after the last one", async () => {
  const clock = fakeClock();
  const tokens = new Tokens(clock, () => "owner");
  const { token, expiresAt } = tokens.issue({ userId: 7, name: "Ada" });
  assert.deepEqual([token.length, expiresAt - clock.now()], [43, HOUR]);
  for (let count = 0; count < 3; count++) {
    await clock.advance(HOUR - 1);
    assert.equal(tokens.find(token)?.use(), "owner");
  }
  const grant = tokens.find(token);
  await clock.advance(HOUR);
  assert.deepEqual([grant?.use(), tokens.find(token)], [undefined, undefined]);
});

test("a token ends with its user's place on the list, and does not come back with it", () => {
  const clock = fakeClock();
  const allowed = new Map<number, WebRole>([[7, "writer"]]);
  const tokens = new Tokens(clock, ({ userId }) => allowed.get(userId ?? 0));
  const { token } = tokens.issue({ userId: 7, name: "Ada" });
  const grant = tokens.find(token);
  allowed.set(7, "reader");
  assert.equal(grant?.use(), "reader", "what he may do counts as it is now");
  allowed.delete(7);
  tokens.sweep();
  assert.equal(tokens.count, 0);
  allowed.set(7, "owner");
  assert.deepEqual([grant?.use(), tokens.find(token)], [undefined, undefined]);
});

test("tokens do not gather without end, and one user does not push out another", () => {
  const tokens = new Tokens(fakeClock(), () => "owner");
  const other = tokens.issue({ userId: 8, name: "Bob" });
  const mine = Array.from({ length: 17 }, () => tokens.issue({ userId: 7, name: "Ada" }).token);
  assert.deepEqual(
    mine.map((token) => tokens.find(token) !== undefined),
    [false, ...Array(16).fill(true)],
  );
  assert.ok(tokens.find(other.token));
  for (let userId = 100; userId < 400; userId++) tokens.issue({ userId, name: "" });
  assert.equal(tokens.count, 256);
});

test("a link works once, for 30 seconds, with its own key", () => {
  const key = Buffer.alloc(32, 1);
  const made = makeLink(key, 1_000_000);
  const [expiry, nonce, signature] = made.split(".");
  const later = (5_000_000).toString(36);
  const cases: [what: string, link: string, at: number, works: boolean][] = [
    ["fresh", made, 1_000_000, true],
    ["at its last moment", made, 1_000_000 + LINK_MS - 1, true],
    ["too late", made, 1_000_000 + LINK_MS, false],
    ["from the future", made, 1_000_000 - 10_000, false],
    ["of another key", makeLink(Buffer.alloc(32, 2), 1_000_000), 1_000_000, false],
    ["with a later end", `${later}.${nonce}.${signature}`, 4_990_000, false],
    ["with another middle", `${expiry}.${"A".repeat(22)}.${signature}`, 1_000_000, false],
    ["without a signature", `${expiry}.${nonce}.`, 1_000_000, false],
    ["with something behind it", `${made}A`, 1_000_000, false],
    ["empty", "", 1_000_000, false],
  ];
  for (const [what, link, at, works] of cases) assert.equal(new Links(key).take(link, at), works, what);
  const links = new Links(key);
  assert.deepEqual([links.take(made, 1_000_000), links.take(made, 1_000_001)], [true, false]);
  assert.equal(links.take(makeLink(key, 1_000_001), 1_000_001), true, "another one still works");
});
