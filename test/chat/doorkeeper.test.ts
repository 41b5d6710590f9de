import assert from "node:assert/strict";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { createAccess } from "../../src/chat/access.ts";
import { createDoorkeeper } from "../../src/chat/doorkeeper.ts";
import { createPairing } from "../../src/chat/pairing.ts";
import { type AccessConfig, readConfig } from "../../src/config.ts";
import { silentLog } from "../../src/log.ts";
import { temporaryFolder } from "../fakes/folder.ts";
import { ADA, BOB, incoming, type message } from "./people.ts";

const HOUR = 60 * 60 * 1000;
const NOBODY: AccessConfig = { open: false, chats: [], users: [], owners: undefined };
const GROUP = { id: -100, type: "supergroup" } as const;

async function atTheDoor(t: TestContext, lists: AccessConfig = NOBODY, env = "") {
  const folder = await temporaryFolder(t);
  const envPath = join(folder, ".env");
  if (env !== "") writeFileSync(envPath, env, { mode: 0o644 });
  let time = 0;
  const now = () => time;
  const access = createAccess(lists);
  const pairing = access.unpaired ? createPairing(now) : undefined;
  const announced: string[] = [];
  const errors: string[] = [];
  const doorkeeper = createDoorkeeper({
    access,
    pairing,
    envPath,
    log: { ...silentLog, error: (event) => void errors.push(event) },
    now,
    announce: (line) => void announced.push(line),
  });
  return {
    folder,
    envPath,
    access,
    code: pairing?.code ?? "",
    announced,
    errors,
    say: (text: string, more: Parameters<typeof message>[1] = {}) => doorkeeper.meet(incoming(text, more)),
    advance: (ms: number) => {
      time += ms;
    },
  };
}

test("a stranger is told his id once an hour, in a private chat only", async (t) => {
  const { say, advance } = await atTheDoor(t, { ...NOBODY, users: [1] });
  assert.match(say("hello") ?? "", /^You may not use this bot\. Your id is 7;/);
  assert.equal(say("hello?"), undefined);
  assert.match(say("hi", { from: BOB }) ?? "", /Your id is 8;/);
  assert.equal(say("/help@NanoBot", { chat: GROUP, from: { ...BOB, id: 11 } }), undefined);
  advance(HOUR);
  assert.match(say("hello") ?? "", /Your id is 7;/);
});

test("failure 18: before anybody is paired a stranger hears how its owner gets in", async (t) => {
  const { say, access } = await atTheDoor(t);
  assert.match(say("rm -rf /") ?? "", /no owner yet.*\/pair.*Your id is 7\.$/);
  assert.equal(access.unpaired, true);
});

test("the code pairs its sender, now and for later starts; comments and all other lines stay", async (t) => {
  const env = "# mine\r\nOTHER='x # y'\r\nTELEGRAM_ALLOWED_USER_IDS= # who may\r\nEND=1";
  const { say, code, envPath, access, announced } = await atTheDoor(t, NOBODY, env);
  assert.equal(
    say(`/pair ${code}`),
    "Welcome, Ada. You are the owner of this bot now. Send a prompt, or /help.",
  );
  assert.equal(access.roleOf(ADA, { id: 7, type: "private" }), "owner");
  assert.deepEqual(announced, ["Paired with Ada (id 7)."]);
  const expected = env.replace("USER_IDS= #", "USER_IDS= 7 #");
  assert.equal(readFileSync(envPath, "utf8"), expected);
  assert.equal(statSync(envPath).mode & 0o777, 0o600, "failure 22");
});

test("the code is written as the command may be: with the bot's name, in any case, with blanks", async (t) => {
  for (const spelling of ["/pair@nanobot CODE", "/PAIR CODE", "/pair   CODE  ", "/pair\nCODE"]) {
    const { say, code } = await atTheDoor(t);
    assert.match(say(spelling.replace("CODE", code)) ?? "", /^Welcome/, spelling);
  }
});

test("without an .env one is made that the next start understands", async (t) => {
  const { say, code, folder } = await atTheDoor(t);
  assert.match(say(`/pair ${code}`) ?? "", /^Welcome/);
  assert.deepEqual(readConfig(folder, {}, { telegram: false }).access.users, [7]);
});

test("when .env cannot be written the pairing holds until the next start, and says so", async (t) => {
  const { say, code, envPath, access, errors } = await atTheDoor(t);
  mkdirSync(envPath);
  assert.match(
    say(`/pair ${code}`) ?? "",
    /only until the next start.*put TELEGRAM_ALLOWED_USER_IDS=7 into it\.$/,
  );
  assert.equal(access.roleOf(ADA, { id: 7, type: "private" }), "owner");
  assert.deepEqual(errors, ["pairing not saved"]);
});

test("who pairs while others are named as owners becomes no owner, and is not told so", async (t) => {
  const { say, code, access } = await atTheDoor(t, { ...NOBODY, owners: [1] });
  assert.equal(say(`/pair ${code}`), "Welcome, Ada. You may use this bot now. Send a prompt, or /help.");
  assert.equal(access.roleOf(ADA, { id: 7, type: "private" }), "guest");
});

test("in a group the code is not taken, and its tries do not count", async (t) => {
  const { say, code, access, announced } = await atTheDoor(t);
  for (let time = 0; time < 30; time += 1) assert.equal(say("/pair 000000", { chat: GROUP }), undefined);
  assert.equal(say(`/pair ${code}`, { chat: GROUP }), undefined);
  assert.equal(access.unpaired, true);
  assert.deepEqual(announced, []);
  assert.match(say(`/pair ${code}`) ?? "", /^Welcome/);
});

test("wrong codes are answered until they lock it; then the console is told once and the sender once an hour", async (t) => {
  const { say, code, announced, advance, access } = await atTheDoor(t);
  const wrong = code === "000000" ? "000001" : "000000";
  const replies = Array.from({ length: 8 }, () => say(`/pair ${wrong}`));
  assert.deepEqual(
    replies.map((reply) => reply?.split(".")[0]),
    [
      ...Array(4).fill("That is not the code"),
      ...Array(2).fill("Too many wrong codes"),
      undefined,
      undefined,
    ],
  );
  assert.equal(announced.length, 1);
  assert.match(announced[0] ?? "", /locked for an hour.*chat 7/);
  assert.match(say(`/pair ${code}`, { from: BOB }) ?? "", /^Too many/, "the right code as well");
  advance(HOUR);
  assert.match(say(`/pair ${code}`, { from: BOB }) ?? "", /^Welcome, Bob/);
  assert.equal(access.roleOf(ADA, { id: 7, type: "private" }), undefined);
});

test("once somebody is paired, /pair is a stranger's message like others", async (t) => {
  const { say, code } = await atTheDoor(t);
  say(`/pair ${code}`);
  assert.match(say(`/pair ${code}`, { from: BOB }) ?? "", /^You may not use this bot\. Your id is 8/);
  assert.equal(say(`/pair ${code}`, { from: BOB }), undefined);
});
