import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { MessageRef, OutgoingFile } from "../../../src/chat/messenger.ts";
import { pictureOf } from "../../../src/chat/terminals/pictures.ts";
import { Quiet } from "../../../src/chat/terminals/quiet.ts";
import { pressScreen } from "../../../src/chat/terminals/screen-presses.ts";
import { Screens } from "../../../src/chat/terminals/screens.ts";
import { clockWords } from "../../../src/schedules/words.ts";
import { drawScreen } from "../../../src/terminal/picture/draw-screen.ts";
import { fakeClock } from "../../fakes/clock.ts";
import { fakeMessenger } from "../../fakes/messenger.ts";
import { played } from "./known.ts";

const SECRET = "hunter2-hunter2";
const redact = (text: string): string => text.replaceAll(SECRET, "•".repeat(SECRET.length));
const log = { debug() {}, info() {}, warn() {}, error() {} };
const PLACE = { chatId: 7 };
const TEXT: MessageRef = { chatId: 7, messageId: 1 };
const PICTURE: MessageRef = { ...TEXT, isFile: true };
const HEAD = "🖥 term-1 · sh";
const WHY = "As text, since it shows a secret, which cannot be blotted out in a picture.";

/** To draw takes a moment. */
async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !condition() && Date.now() < end; ) await sleep(5);
}

type What = "plain" | "secret" | "ended";
interface Case {
  readonly action: string;
  readonly on?: MessageRef;
  readonly what?: What;
  /** Of a messenger that has no pictures, as in `nanogent chat`. */
  readonly textOnly?: true;
  readonly notice: string;
  readonly calls: readonly string[];
}

const plainText = `${HEAD}\nhello`;
const blotted = `${HEAD}\n${WHY}\n${"•".repeat(SECRET.length)}`;
const CASES: readonly Case[] = [
  { action: "screen", notice: "Here it is.", calls: ["file term-1.png"] },
  { action: "picture", on: TEXT, notice: "Here it is.", calls: ["file term-1.png"] },
  { action: "screen", what: "secret", notice: "Here it is.", calls: [`send 1: ${blotted}`] },
  { action: "screen", textOnly: true, notice: "Here it is.", calls: [`send 1: ${plainText}`] },
  { action: "text", on: PICTURE, notice: "Here it is.", calls: [`send 1: ${plainText}`] },
  { action: "refresh", on: PICTURE, notice: "Up to date.", calls: [`final 1: picture ${HEAD}`] },
  { action: "refresh", on: TEXT, notice: "Up to date.", calls: [`final 1: ${plainText}`] },
  { action: "refresh", on: PICTURE, what: "secret", notice: "Up to date.", calls: [`send 1: ${blotted}`] },
  {
    ...{ action: "refresh", on: PICTURE, what: "ended" },
    ...{ notice: "term-1: exit 3", calls: [`final 1: picture ${HEAD}\n❌ exit 3`] },
  },
  { action: "keys", on: PICTURE, notice: "Up to date.", calls: [`final 1: picture ${HEAD}`] },
  { action: "keys", on: TEXT, notice: "Up to date.", calls: [`final 1: ${plainText}`] },
  {
    ...{ action: "live", on: PICTURE, notice: "Live for 5 minutes." },
    calls: [`final 1: picture ${HEAD}\n▶ Live until ${clockWords(fakeClock().now() + 5 * 60_000)}`],
  },
  { action: "live", on: TEXT, notice: "Up to date.", calls: [`final 1: ${plainText}`] },
  { action: "still", on: PICTURE, notice: "Not live any more.", calls: [`final 1: picture ${HEAD}`] },
  {
    ...{ action: "close", on: PICTURE, notice: "Really?" },
    calls: [`final 1: ${HEAD}\nClose it? Its program is ended.`],
  },
];

for (const { action, on, what = "plain", textOnly, notice, calls } of CASES) {
  const where = on === undefined ? "" : on.isFile ? " of a picture" : " of a text";
  test(`${action}${where}, ${what}${textOnly ? ", where nobody sees pictures" : ""}`, async () => {
    const { editPicture, ...without } = fakeMessenger();
    const messenger = { ...without, ...(textOnly || !editPicture ? {} : { editPicture }) };
    const { known, writes, ends } = played("term-1");
    await writes(what === "secret" ? SECRET : "hello");
    if (what === "ended") await ends({ code: 3 });
    const clock = fakeClock();
    const replaced: MessageRef[] = [];
    const screens = new Screens({
      clock,
      messenger,
      log,
      redact,
      mayTell: () => true,
      replaced: (message) => replaced.push(message),
    });
    const press = { action: `term-${action}`, known, name: "", message: on, place: PLACE };
    assert.equal(await pressScreen(press, screens, new Quiet(clock)), notice);
    await until(() => messenger.calls.length > 0);
    assert.deepEqual(messenger.calls, calls);
    const edited = calls.some((call) => call.startsWith("final 1: ") && !call.includes("picture"));
    assert.deepEqual(replaced, edited ? [on] : [], "it is no card any more");
  });
}

test("a picture is what the terminal shows, with its title under it; a secret is seen where it goes on in the next row", async () => {
  const { known, session, writes } = played("term-1");
  await writes("\x1b[31mred\x1b[0m \x1b]0;vim  notes.md\x07");
  const picture = await pictureOf(known, {}, redact);
  assert.deepEqual(picture?.bytes, drawScreen(session.screen.terminal));
  assert.equal(picture?.caption, `${HEAD}\nvim notes.md`);
  const labels = ({ buttons = [] }: OutgoingFile) => buttons.map((row) => row.map(({ text }) => text));
  assert.ok(picture);
  assert.deepEqual(labels(picture), [
    ["🔄 Refresh", "▶ Live", "⌨ Keys"],
    ["🔤 Text", "✖ Close"],
  ]);
  await writes(`\r${"x".repeat(35)}${SECRET}`);
  assert.equal(await pictureOf(known, {}, redact), undefined);
});

test("a key is typed, and the picture with the keys shows what comes of it", async () => {
  const messenger = fakeMessenger();
  const { known, typed } = played("term-1");
  const clock = fakeClock();
  const screens = new Screens({ clock, messenger, log, redact, mayTell: () => true, replaced: () => {} });
  const press = { action: "term-key", known, message: PICTURE, place: PLACE };
  const quiet = new Quiet(clock);
  assert.equal(await pressScreen({ ...press, name: "up" }, screens, quiet), "");
  assert.equal(await pressScreen({ ...press, name: "f13" }, screens, quiet), "There is no such key.");
  await clock.advance(1_000);
  await until(() => messenger.calls.length > 0);
  assert.deepEqual(typed, ["\x1b[A"]);
  assert.deepEqual(messenger.calls, [`final 1: picture ${HEAD}`]);
});

for (const action of ["key", "screen"]) {
  test(`what goes wrong after a press of ${action} has been answered is logged`, async () => {
    const fault = new Error("It cannot be drawn.");
    const messenger = fakeMessenger();
    const { known, session } = played("term-1");
    const clock = fakeClock();
    const warnings: unknown[] = [];
    const screens = new Screens({
      ...{ clock, messenger, mayTell: () => true, replaced() {} },
      log: { ...log, warn: (_, fields) => warnings.push(fields?.error) },
      redact(text) {
        if (isBroken) throw fault;
        return text;
      },
    });
    let isBroken = action === "key";
    messenger.sendFile = async () => {
      isBroken = true;
      return undefined;
    };
    const press = { action: `term-${action}`, known, name: "up", message: PICTURE, place: PLACE };
    await pressScreen(press, screens, new Quiet(clock));
    await clock.advance(1_000);
    await session.screen.settled();
    await until(() => warnings.length > 0);
    assert.deepEqual(warnings, [fault]);
  });
}
