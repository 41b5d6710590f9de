import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { createAccess } from "../../src/chat/access.ts";
import { SecretIntake } from "../../src/chat/secret-intake.ts";
import { silentLog } from "../../src/log.ts";
import { createSecrets } from "../../src/secrets.ts";
import { Store } from "../../src/store.ts";
import type { Message, Update } from "../../src/telegram/types.ts";
import { openVault } from "../../src/vault.ts";
import { temporaryFolder } from "../fakes/folder.ts";

const OWNER = 7;
const GUEST = 8;
const GROUP = -100;

async function intakeOf(t: TestContext) {
  const folder = await temporaryFolder(t);
  const path = join(folder, "journal.jsonl");
  const secrets = createSecrets([]);
  const access = createAccess({ open: false, chats: [], users: [OWNER, GUEST], owners: [OWNER] });
  let store = await Store.open(path, silentLog);
  t.after(() => store.close());
  const vault = openVault({ path: join(folder, "secrets.json"), env: {}, secrets, log: silentLog });
  let intake = new SecretIntake({ store, access, vault });
  let last = 0;

  function says(text: string, from = OWNER, chatId = from, fields: Partial<Message> = {}): Update {
    last += 1;
    const chat = { id: chatId, type: chatId < 0 ? ("supergroup" as const) : ("private" as const) };
    const person = { id: from, is_bot: false, first_name: "P" };
    return { update_id: last, message: { message_id: last, date: 0, chat, from: person, text, ...fields } };
  }

  return {
    says,
    secrets,
    /** @returns what the messages say as they are written down. */
    async receive(...updates: Update[]): Promise<(string | undefined)[]> {
      const fresh = await store.receive(updates, (update) => intake.cover(update));
      return fresh.map(({ message, edited_message }) => (message ?? edited_message)?.text);
    },
    take: (update: Update) =>
      intake.take(update.message?.chat.id ?? 0, update.message?.message_id ?? 0)?.value,
    stopped: (update: Update) =>
      intake.stopped(update.message?.chat.id ?? 0, update.message?.message_id ?? 0),
    asked: () => store.askedSecret(OWNER),
    ask: (update: Update) => intake.ask(OWNER, update.message?.message_id ?? 0, "KEY"),
    journal: () => readFileSync(path, "utf8"),
    /** The journal takes nothing. */
    break: () => store.close(),
    async restart() {
      await store.close().catch(() => {});
      store = await Store.open(path, silentLog);
      intake = new SecretIntake({ store, access, vault });
    },
  };
}

test("the message behind the question is the value, in the next life too, and is nowhere in the journal", async (t) => {
  const { says, receive, take, asked, journal, restart, secrets } = await intakeOf(t);
  assert.deepEqual(await receive(says("/secret set KEY")), ["/secret set KEY"]);
  assert.equal(asked(), "KEY");
  await restart();
  assert.equal(asked(), "KEY");
  const value = says("hunter2-hunter2");
  assert.deepEqual(await receive(value), ["/secret set KEY •••"]);
  assert.equal(secrets.redact("hunter2-hunter2"), "•".repeat(15));
  assert.equal(take(value), "hunter2-hunter2");
  assert.equal(take(value), undefined, "once");
  assert.equal(asked(), undefined);
  assert.deepEqual(await receive(says("run the tests")), ["run the tests"]);
  assert.ok(!journal().includes("hunter2"));
});

test("question, value and prompt may come at once", async (t) => {
  const { says, receive, take, ask, journal } = await intakeOf(t);
  const [question, value, prompt] = [says("/secret set KEY"), says("/status hunter2"), says("go")];
  assert.deepEqual(await receive(question, value, prompt), ["/secret set KEY", "/secret set KEY •••", "go"]);
  assert.equal(await ask(question), false, "there is nothing to ask for any more");
  assert.equal(take(value), "/status hunter2");
  assert.ok(!journal().includes("hunter2"));
});

test("a value that an earlier life took is asked for again", async (t) => {
  const { says, receive, take, restart, asked, ask } = await intakeOf(t);
  const [question, value] = [says("/secret set KEY"), says("hunter2")];
  await receive(question, value);
  await restart();
  assert.equal(take(value), undefined);
  assert.equal(await ask(value), true);
  assert.equal(asked(), "KEY");
});

test("a value that could not be written down comes again, and is covered again", async (t) => {
  const home = await intakeOf(t);
  const { says, receive, take, journal } = home;
  await receive(says("/secret set KEY"));
  const value = says("hunter2");
  const before = journal();
  await home.break();
  await assert.rejects(receive(value));
  assert.equal(journal(), before);
  await assert.rejects(receive(value));
  assert.equal(take(value), "hunter2", "and not taken for a prompt");
});

test("a value that a phone has cut is not stored, and its rest is no prompt", async (t) => {
  const { says, receive, take, journal } = await intakeOf(t);
  const [question, first, rest] = [says("/secret set KEY"), says("hunter2 ".repeat(490)), says("hunter2")];
  const covered = ["/secret set KEY", "/secret set KEY •••", "/secret •••"];
  assert.deepEqual(await receive(question, first, rest), covered);
  assert.equal(take(first), "");
  const later = says("go", OWNER, OWNER, { date: 3 });
  assert.deepEqual(await receive(later), ["go"]);
  assert.ok(!journal().includes("hunter2"));
});

test("what else is covered, and what is not", async (t) => {
  const { says, receive, take, asked, stopped, journal } = await intakeOf(t);
  const line = says("/secret set KEY hunter2");
  assert.deepEqual(await receive(line), ["/secret set KEY •••"]);
  assert.equal(take(line), "hunter2");
  const edit = {
    update_id: 900,
    edited_message: { ...line.message, text: "/secret set KEY hunter2b" } as Message,
  };
  assert.deepEqual(await receive(edit), ["/secret set KEY •••"]);
  assert.equal(take(line), "hunter2b", "an edited value counts");
  const quoting = says("go", OWNER, OWNER, { reply_to_message: line.message as Message });
  assert.deepEqual(await receive(quoting), ["go"]);
  assert.deepEqual(await receive(says("/secret set KEY hunter2", GUEST)), ["/secret set KEY •••"]);
  assert.deepEqual(await receive(says("/secret set KEY hunter2", OWNER, GROUP)), ["/secret set KEY •••"]);
  assert.deepEqual(await receive(says("/secret set key hunter2")), ["/secret set ••• •••"]);
  assert.deepEqual(await receive(says("/secret hunter2", 666)), ["/secret •••"]);
  assert.equal(asked(), undefined);
  await receive(says("/secret set KEY", GUEST), says("/secret set KEY", OWNER, GROUP));
  assert.deepEqual(await receive(says("a prompt", GUEST), says("a prompt")), ["a prompt", "a prompt"]);
  await receive(says("/secret set KEY"));
  assert.deepEqual(await receive(says("of another chat", OWNER, GROUP)), ["of another chat"]);
  const { text, ...rest } = says("").message as Message;
  const photo: Message = { ...rest, photo: [{ file_id: "F" }], caption: "hunter2" };
  assert.deepEqual(await receive({ update_id: 901, message: photo }), ["/secret set KEY"]);
  assert.equal(asked(), "KEY", "a file is no value");
  const cancel = says("/cancel");
  assert.deepEqual(await receive(cancel), ["/cancel"]);
  assert.equal(stopped(cancel), "KEY");
  assert.equal(asked(), undefined);
  assert.ok(!journal().includes("hunter2"));
});
