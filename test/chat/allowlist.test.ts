import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { addUserToEnv, moveChatInEnv } from "../../src/chat/allowlist.ts";
import { temporaryFolder } from "../fakes/folder.ts";

test("the new id of a group takes the place of the old one, and of no other", async (t) => {
  const path = join(await temporaryFolder(t), ".env");
  const cases: [before: string, after: string][] = [
    ["-47", "-10047"],
    ["7,-47 8", "7,-10047 8"],
    ["-470,-47", "-470,-10047"],
    ["47,-147", "47,-147"],
    ["*", "*"],
  ];
  for (const [before, after] of cases) {
    writeFileSync(path, `# mine\nTELEGRAM_ALLOWED_CHAT_IDS="${before}"\nX=-47\n`);
    moveChatInEnv(path, -47, -10047);
    const text = readFileSync(path, "utf8");
    assert.match(
      text,
      new RegExp(`^# mine\nTELEGRAM_ALLOWED_CHAT_IDS="?${after.replace("*", "\\*")}"?\nX=-47\n$`),
    );
  }
});

test("nothing is written where nothing changes", async (t) => {
  const path = join(await temporaryFolder(t), ".env");
  moveChatInEnv(path, -47, -10047);
  assert.throws(() => readFileSync(path), { code: "ENOENT" });
  addUserToEnv(path, 7);
  addUserToEnv(path, 8);
  assert.match(readFileSync(path, "utf8"), /^TELEGRAM_ALLOWED_USER_IDS="?7,8"?\n$/);
});
