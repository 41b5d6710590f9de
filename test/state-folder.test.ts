import assert from "node:assert/strict";
import test from "node:test";
import { type StateFolderOptions, watchState } from "../src/state-folder.ts";

for (const reason of ["It is a link: move it away, then start again.", "EACCES: permission denied"]) {
  test(`a folder that cannot be made anew is told in whole sentences: ${reason}`, () => {
    const said: string[] = [];
    watchState({
      store: {
        onRemoved: (_: unknown, told: (error: Error) => void) => told(new Error(reason)),
        onTrouble() {},
      },
      tell: (text: string) => said.push(text),
      announce() {},
    } as unknown as StateFolderOptions);
    const bare = reason.replace(/\.$/, "");
    assert.equal(
      said.join(),
      `⚠️ .nanogent/ was removed while the bridge runs (git clean?), and cannot be made anew: ${bare}. What you send now waits at Telegram until it can.`,
    );
  });
}
