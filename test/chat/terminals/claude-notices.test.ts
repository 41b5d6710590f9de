import assert from "node:assert/strict";
import test from "node:test";
import { ClaudeNotices } from "../../../src/chat/terminals/claude-notices.ts";
import type { KnownSession, TerminalRegistry } from "../../../src/terminal/registry.ts";
import { plain } from "../../../src/text/entities.ts";
import { fakeMessenger } from "../../fakes/messenger.ts";

test("what was decided is known until its terminal ends, and that of others longer", () => {
  const notices = new ClaudeNotices({
    messenger: fakeMessenger(),
    registry: {} as TerminalRegistry,
    places: () => [{ chatId: 7 }],
  });
  for (const id of ["term-1", "term-2"]) {
    const known = { session: { id }, record: {} } as unknown as KnownSession;
    const notice = notices.post(known, "permission", plain("?"), { request: `of ${id}`, canDecide: true });
    assert.equal(notices.isOver(`of ${id}`), false);
    notices.end(known, notice);
  }
  const over = (): boolean[] => ["of term-1", "of term-2"].map((request) => notices.isOver(request));
  assert.deepEqual(over(), [true, true]);
  notices.forget("term-1");
  assert.deepEqual(over(), [false, true]);
});
