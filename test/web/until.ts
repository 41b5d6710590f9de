import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

/** Resolves when something has become so; says what was waited for when it does not. */
export async function until(what: string, isSo: () => boolean, ms = 10_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!isSo()) {
    assert.ok(performance.now() < deadline, `never came: ${what}`);
    await sleep(5);
  }
}
