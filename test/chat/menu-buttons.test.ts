import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { MenuButtons } from "../../src/chat/menu-buttons.ts";
import type { MenuResult } from "../../src/chat/messenger.ts";
import { silentLog } from "../../src/log.ts";
import { temporaryFolder } from "../fakes/folder.ts";

const ONE = new URL("https://one.example.org");
const TWO = new URL("https://two.example.org");

/** Lives of a bridge in one folder, with a Telegram that answers as it is told and `ok` otherwise. */
async function chats(t: TestContext) {
  const path = join(await temporaryFolder(t), "menu-buttons.json");
  const calls: string[] = [];
  const results: Record<number, MenuResult> = {};
  const state = { owners: [7] };
  const messenger = {
    async setMenuButton(chat: number, button: { app: string } | undefined): Promise<MenuResult> {
      calls.push(`${chat} ${button ? new URL(button.app).hostname.split(".")[0] : "default"}`);
      return results[chat] ?? "ok";
    },
  };
  const life = () => new MenuButtons({ messenger, path, owners: () => state.owners, log: silentLog });
  return { path, calls, results, state, life };
}

test("the buttons follow the address and the owners, and nothing is called for what has not changed", async (t) => {
  const { calls, state, life } = await chats(t);
  const menu = life();
  const steps: [owners: number[], address: URL | undefined, calls: string[]][] = [
    [[7], undefined, []],
    [[7], ONE, ["7 one"]],
    [[7], ONE, []],
    [[7, 8], ONE, ["8 one"]],
    [[7, 8], TWO, ["7 two", "8 two"]],
    [[8], TWO, ["7 default"]],
    [[8], undefined, ["8 default"]],
    [[8], undefined, []],
  ];
  for (const [owners, address, expected] of steps) {
    state.owners = owners;
    await menu.follow(address);
    assert.deepEqual(calls.splice(0), expected);
  }
});

test("a later life takes away what an earlier one has left, and no other button", async (t) => {
  const { path, calls, state, life } = await chats(t);
  state.owners = [7, 8];
  await life().follow(ONE);
  calls.length = 0;
  state.owners = [7];
  await life().follow(TWO);
  assert.deepEqual(calls.splice(0).sort(), ["7 two", "8 default"]);
  await life().follow(undefined);
  assert.deepEqual(calls.splice(0), ["7 default"]);
  assert.deepEqual(JSON.parse(readFileSync(path, "utf8")), []);
  for (const planted of ["{", "{}", '[-7, "8", 1.5, null]', "7"]) {
    writeFileSync(path, planted);
    await life().follow(undefined);
    assert.deepEqual(calls, [], planted);
  }
});

test("what fails is tried again at the next change, or when an owner first writes", async (t) => {
  const { calls, results, state, life } = await chats(t);
  const menu = life();
  results[7] = "refused";
  await menu.follow(ONE);
  results[7] = "ok";
  menu.met(8);
  menu.met(7);
  menu.met(7);
  await menu.follow(ONE);
  assert.deepEqual(calls.splice(0), ["7 one", "7 one"]);
  results[7] = "dropped";
  await menu.follow(undefined);
  results[7] = "refused";
  state.owners = [];
  await menu.follow(undefined);
  await menu.follow(undefined);
  assert.deepEqual(calls, ["7 default", "7 default"], "a chat that takes none has none");
});
