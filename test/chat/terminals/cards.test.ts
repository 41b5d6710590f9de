import assert from "node:assert/strict";
import test from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Content, EditResult } from "../../../src/chat/messenger.ts";
import { Cards } from "../../../src/chat/terminals/cards.ts";
import type { KnownSession } from "../../../src/terminal/registry.ts";
import type { SessionCard } from "../../../src/terminal/state-file.ts";
import { fakeMessenger } from "../../fakes/messenger.ts";

/** Sessions that are open, and a messenger whose edits arrive when the test says so. */
function desk(...ids: string[]) {
  const open = ids.map((id) => ({
    session: { id, name: id, label: "sh", exit: undefined as object | undefined },
    record: { persists: true } as { cards?: readonly SessionCard[]; persists: boolean },
  }));
  const edits: {
    readonly link: () => string;
    readonly text: () => string;
    readonly arrives: (result: EditResult) => void;
  }[] = [];
  const links = ({ text, buttons }: Content): string => {
    const button = buttons?.flat().find((each) => "app" in each || "url" in each);
    const where = button && ("app" in button ? button.app : "url" in button ? button.url : "");
    return `${where ?? "none"}${/On the page/.test(text.text) ? " +way" : ""}`;
  };
  const messenger = fakeMessenger();
  const state: { address: string | undefined; refused: number | undefined } = {
    address: undefined,
    refused: undefined,
  };
  const cards = new Cards(
    {
      open: open as unknown as KnownSession[],
      setCards(id, cards) {
        const known = open.find(({ session }) => session.id === id);
        if (known) known.record = { ...known.record, cards };
      },
    },
    {
      messenger: {
        ...messenger,
        edit: (_message, content) =>
          new Promise((resolve) =>
            edits.push({
              link: () => links(content()),
              text: () => content().text.text,
              arrives: (result) => resolve(result),
            }),
          ),
      },
      mayTell: ({ chatId }) => chatId !== state.refused,
      addressOf: (id) => state.address && `${state.address}/${id}`,
      hasFixedAddress: () => true,
      wayToPage: () => (state.address === undefined ? "On the page: ..." : undefined),
      bot: async () => ({ id: 1, username: "nano_bot" }),
    },
  );
  const [first] = open;
  assert.ok(first);
  const send = (known = first, asked = false, chatId = 7): Promise<void> =>
    cards.send(known as unknown as KnownSession, { chatId }, { isAsked: asked });
  const refuse = (chatId: number): void => {
    state.refused = chatId;
    cards.forgetRefused();
  };
  const change = async (address: string | undefined): Promise<void> => {
    state.address = address;
    await cards.follow();
  };
  const arrive = async (result: EditResult = "ok"): Promise<string> => {
    const edit = edits.shift();
    assert.ok(edit, "no edit is under way");
    const link = edit.link();
    edit.arrives(result);
    await setImmediate();
    return link;
  };
  const sent = (): string[] => messenger.sent.map(({ content }) => links(content));
  return { cards, open, first, edits, send, refuse, change, arrive, sent };
}

test("the way to the page is told by the first card of a life, and by one that was asked for", async () => {
  const { open, send, sent } = desk("term-1", "term-2", "term-3");
  await send(open[0]);
  await send(open[1]);
  await send(open[2], true);
  assert.deepEqual(sent(), ["none +way", "none", "none +way"]);
});

test("a card that was changed while the address changed again is changed once more", async () => {
  const { first, edits, send, change, arrive } = desk("term-1");
  await send();
  await change("https://one");
  // The same as before the edit that is under way: it must not be the last word.
  const [waiting] = edits;
  assert.equal(waiting?.link(), "https://one/term-1");
  await change(undefined);
  waiting?.arrives("ok");
  edits.shift();
  await setImmediate();
  assert.equal(first.record.cards?.[0]?.link, "https://one/term-1");
  assert.equal(await arrive(), "none +way");
  assert.deepEqual([first.record.cards?.[0]?.link, edits.length], [undefined, 0]);
});

test("what is not there any more, shows something else or has ended is left alone", async () => {
  const cases: [
    name: string,
    before: (desk_: ReturnType<typeof desk>) => Promise<void> | void,
    edits: number,
  ][] = [
    ["nothing happens", () => {}, 1],
    [
      "it is gone",
      async ({ change, arrive }) => {
        await change("https://one");
        await arrive("gone");
      },
      0,
    ],
    [
      "it was given up for now",
      async ({ change, arrive }) => {
        await change("https://one");
        await arrive("dropped");
      },
      1,
    ],
    ["it shows something else", ({ cards }) => cards.replaced({ chatId: 7, messageId: 1 }), 0],
    ["its chat may not be told any more", ({ refuse }) => refuse(7), 0],
    ["another chat may not", ({ refuse }) => refuse(8), 1],
    ["another one does", ({ cards }) => cards.replaced({ chatId: 7, messageId: 2 }), 1],
    ["one with that id in another chat does", ({ cards }) => cards.replaced({ chatId: 8, messageId: 1 }), 1],
    [
      "the session has ended",
      ({ first }) => {
        first.session.exit = {};
      },
      0,
    ],
  ];
  for (const [name, before, count] of cases) {
    const all = desk("term-1");
    await all.send();
    await before(all);
    await all.change("https://two");
    assert.equal(all.edits.length, count, name);
  }
});

test("of each chat the last card follows, and one that comes back to where it was is left alone", async () => {
  const { send, edits, change, arrive, first } = desk("term-1");
  for (const chat of [7, 8, -9, 7]) await send(first, false, chat);
  await change("https://one");
  assert.deepEqual(
    first.record.cards?.map(({ chatId, messageId }) => [chatId, messageId]),
    [
      [8, 2],
      [-9, 3],
      [7, 4],
    ],
  );
  const links = [await arrive(), await arrive(), await arrive()];
  assert.deepEqual(links, ["https://one/term-1", "https://t.me/nano_bot?start=term-1", "https://one/term-1"]);
  await change("https://one");
  assert.equal(edits.length, 0);
  await change("https://two");
  assert.equal(edits.length, 2, "the link of a group stays the same");
});

test("a chat that may not be told any more gets no card, nor one that was on its way there", async () => {
  const { send, sent, refuse, change, edits } = desk("term-1");
  const sending = send();
  refuse(7);
  await sending;
  await send();
  await change("https://one");
  assert.deepEqual([sent().length, edits.length], [1, 0]);
});

test("the cards of a session that has ended say so, also one that was on its way", async () => {
  const { cards, first, edits, send } = desk("term-1");
  await send();
  await send(first, false, 8);
  first.session.exit = { code: 127 };
  void cards.ended(first as unknown as KnownSession);
  const end = "🖥 term-1 · sh\n❌ exit 127 · command not found";
  assert.deepEqual(
    edits.map(({ text }) => text()),
    [end, end],
  );
  const late = desk("term-1");
  const sending = late.send();
  late.first.session.exit = { code: 0 };
  await Promise.race([sending, setImmediate()]);
  assert.deepEqual(
    late.edits.map(({ text }) => text()),
    ["🖥 term-1 · sh\n✅ exit 0"],
  );
});
