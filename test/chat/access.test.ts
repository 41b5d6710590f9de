import assert from "node:assert/strict";
import test from "node:test";
import { createAccess } from "../../src/chat/access.ts";
import type { AccessConfig } from "../../src/config.ts";
import type { Chat, User } from "../../src/telegram/types.ts";

const ADA: User = { id: 7, is_bot: false, first_name: "Ada" };
const BOB: User = { id: 8, is_bot: false, first_name: "Bob" };
const ROBOT: User = { id: 9, is_bot: true, first_name: "Robot" };
/** Who speaks for an anonymous administrator (https://core.telegram.org/bots/api#message, `from`). */
const ANONYMOUS: User = { id: 1_087_968_824, is_bot: true, first_name: "Group" };

const GROUP = -100;
const OTHER_GROUP = -200;
const people = { ada: ADA, bob: BOB, robot: ROBOT, anonymous: ANONYMOUS, nobody: undefined };

function chatOf(kind: Chat["type"] | "other group", sender: User | undefined): Chat {
  if (kind === "private") return { id: sender?.id ?? 1, type: "private" };
  if (kind === "other group") return { id: OTHER_GROUP, type: "group" };
  return { id: GROUP, type: kind };
}

type Row = [
  settings: string,
  sender: keyof typeof people,
  role: "owner" | "guest" | "-",
  ...chats: (Chat["type"] | "other group")[],
];

/** `chats` and `users` are the two lists, `owners` the third; * opens the bot. */
const SETTINGS: Readonly<Record<string, Partial<AccessConfig>>> = {
  "no lists": {},
  "no lists, owner 7": { owners: [7] },
  "user 7": { users: [7] },
  "users 7 8, owner 7": { users: [7, 8], owners: [7] },
  "chat 7": { chats: [7] },
  "chat 7 and group": { chats: [7, GROUP] },
  "chats 7 8 and group, owner 8": { chats: [7, 8, GROUP], owners: [8] },
  "group only": { chats: [GROUP] },
  "group, user 7": { chats: [GROUP], users: [7] },
  "bots and channel listed": { chats: [9, GROUP], users: [9, 1_087_968_824] },
  open: { open: true },
  "open, owner 7": { open: true, owners: [7] },
  "open, chat 7": { open: true, chats: [7] },
};

const EVERYWHERE = ["private", "group", "supergroup", "other group"] as const;

const ROWS: Row[] = [
  ["no lists", "ada", "-", ...EVERYWHERE, "channel"],
  ["no lists, owner 7", "ada", "-", ...EVERYWHERE],
  ["user 7", "ada", "owner", ...EVERYWHERE],
  ["user 7", "ada", "-", "channel"],
  ["user 7", "bob", "-", ...EVERYWHERE, "channel"],
  ["users 7 8, owner 7", "ada", "owner", ...EVERYWHERE],
  ["users 7 8, owner 7", "bob", "guest", ...EVERYWHERE],
  ["chat 7", "ada", "owner", "private"],
  ["chat 7", "ada", "-", "group", "supergroup", "other group", "channel"],
  ["chat 7", "bob", "-", ...EVERYWHERE],
  ["chat 7 and group", "ada", "owner", "private", "group", "supergroup"],
  ["chat 7 and group", "ada", "-", "other group", "channel"],
  ["chat 7 and group", "bob", "-", ...EVERYWHERE],
  ["chats 7 8 and group, owner 8", "ada", "guest", "private", "group", "supergroup"],
  ["chats 7 8 and group, owner 8", "bob", "owner", "private", "group", "supergroup"],
  ["group only", "ada", "-", ...EVERYWHERE, "channel"],
  ["group only", "nobody", "-", ...EVERYWHERE, "channel"],
  ["group only", "anonymous", "-", "group", "supergroup"],
  ["group, user 7", "ada", "owner", ...EVERYWHERE],
  ["group, user 7", "bob", "-", ...EVERYWHERE],
  ["bots and channel listed", "robot", "-", ...EVERYWHERE, "channel"],
  ["bots and channel listed", "anonymous", "-", ...EVERYWHERE, "channel"],
  ["bots and channel listed", "nobody", "-", ...EVERYWHERE, "channel"],
  ["open", "ada", "guest", ...EVERYWHERE],
  ["open", "robot", "-", ...EVERYWHERE],
  ["open", "anonymous", "-", ...EVERYWHERE],
  ["open", "ada", "-", "channel"],
  ["open, owner 7", "ada", "owner", ...EVERYWHERE],
  ["open, owner 7", "bob", "guest", ...EVERYWHERE],
  ["open, chat 7", "ada", "owner", ...EVERYWHERE],
  ["open, chat 7", "bob", "guest", ...EVERYWHERE],
];

const withLists = (lists: Partial<AccessConfig> = {}): AccessConfig => ({
  open: false,
  chats: [],
  users: [],
  owners: undefined,
  ...lists,
});

test("failure 19: who may do what, where", () => {
  for (const [settings, sender, role, ...chats] of ROWS) {
    const lists = SETTINGS[settings];
    assert.ok(lists, settings);
    const access = createAccess(withLists(lists));
    for (const kind of chats) {
      const person = people[sender];
      const found = access.roleOf(person, chatOf(kind, person)) ?? "-";
      assert.equal(found, role, `${settings}: ${sender} in ${kind}`);
    }
  }
});

test("what is for owners may be told where an owner may use the bot", () => {
  for (const [settings, lists] of Object.entries(SETTINGS)) {
    const access = createAccess(withLists(lists));
    const owns = (person: User, chat: Chat): boolean => access.roleOf(person, chat) === "owner";
    for (const person of [ADA, BOB])
      assert.equal(
        access.mayTellOwners(person.id),
        owns(person, chatOf("private", person)),
        `${settings}: ${person.first_name}`,
      );
    for (const kind of ["group", "other group"] as const) {
      const chat = chatOf(kind, ADA);
      // Whether an id is a bot's cannot be seen by it.
      const isExpected = [7, 8, 9].some((id) => owns({ ...ADA, id }, chat));
      assert.equal(access.mayTellOwners(chat.id), isExpected, `${settings}: ${kind}`);
    }
  }
  const access = createAccess(withLists({ users: [7, 8] }));
  access.update(withLists({ users: [8] }));
  assert.deepEqual([access.mayTellOwners(7), access.mayTellOwners(8)], [false, true]);
});

test("failure 18: with both lists empty nobody gets in, until somebody is paired, and then he alone", () => {
  const access = createAccess(withLists());
  assert.equal(access.unpaired, true);
  access.allowUser(7);
  assert.equal(access.unpaired, false);
  assert.equal(access.roleOf(ADA, chatOf("private", ADA)), "owner");
  assert.equal(access.roleOf(ADA, chatOf("group", ADA)), "owner");
  assert.equal(access.roleOf(BOB, chatOf("private", BOB)), undefined);
  for (const lists of [{ users: [7] }, { chats: [GROUP] }, { open: true }]) {
    assert.equal(createAccess(withLists(lists)).unpaired, false);
  }
});
