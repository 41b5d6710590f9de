import assert from "node:assert/strict";
import test from "node:test";
import type { BotClient } from "../../src/telegram/client.ts";
import { ApiError, NetworkError } from "../../src/telegram/errors.ts";
import type { Update } from "../../src/telegram/types.ts";
import { fakeClock } from "../fakes/clock.ts";
import { startPolling } from "./polling.ts";

const update: Update = { update_id: 1 };

const FAILING: readonly [string, () => Promise<readonly Update[]>, () => Promise<void>][] = [
  ["no network", () => Promise.reject(new NetworkError("getUpdates", "x", false)), async () => {}],
  ["a server that fails", () => Promise.reject(new ApiError("getUpdates", 500, "x")), async () => {}],
  ["another poller", () => Promise.reject(new ApiError("getUpdates", 409, "x")), async () => {}],
  ["an answer of another kind", async () => JSON.parse('"hello"'), async () => {}],
  ["a full disk", async () => [update], () => Promise.reject(new Error("full"))],
];

for (const [title, answer, receive] of FAILING) {
  test(`failure 6: no hot loop with ${title}`, async (t) => {
    const clock = fakeClock();
    const calls: number[] = [];
    const client = stubClient(() => {
      calls.push(clock.monotonic());
      return answer();
    });
    startPolling(t, { client, clock, receive });
    await clock.advance(60_000);
    assert.ok(calls.length >= 5 && calls.length <= 10, `${calls.length} calls in the first minute`);
    await clock.advance(600_000);
    const gaps = calls.slice(1).map((at, index) => at - (calls[index] ?? 0));
    assert.ok(Math.min(...gaps) >= 1_000 && Math.max(...gaps) <= 30_000, `${gaps}`);
    assert.ok(new Set(gaps.slice(-10)).size > 1, "no jitter");
  });
}

test("after a success the waits begin anew", async (t) => {
  const clock = fakeClock();
  const calls: number[] = [];
  const client = stubClient(async () => {
    calls.push(clock.monotonic());
    if (calls.length === 7) return [];
    throw new NetworkError("getUpdates", "x", false);
  });
  startPolling(t, { client, clock });
  await clock.advance(200_000);
  const [, , , , , , seventh = 0, eighth = 0, ninth = 0] = calls;
  assert.deepEqual([eighth - seventh, ninth - eighth], [0, 1_000]);
});

test("a pause that the server asks for is kept to the millisecond", async (t) => {
  const clock = fakeClock();
  const calls: number[] = [];
  const client = stubClient(async () => {
    calls.push(clock.monotonic());
    throw new ApiError("getUpdates", 429, "Too Many Requests: retry after 77", { retry_after: 77 });
  });
  startPolling(t, { client, clock });
  await clock.advance(200_000);
  assert.deepEqual(calls, [0, 77_000, 154_000]);
});

test("an abort ends the wait after a failure", async (t) => {
  const clock = fakeClock();
  const client = stubClient(async () => {
    throw new NetworkError("getUpdates", "no network", false);
  });
  const polling = startPolling(t, { client, clock });
  await clock.advance(100_000);
  await polling.stop();
  assert.equal(clock.pending, 0);
});

function stubClient(answer: () => Promise<readonly Update[]>): BotClient {
  return {
    // Only getUpdates is called here, so this is the answer that its type wants.
    call: (async () => answer()) as BotClient["call"],
    download: () => Promise.reject(new Error("not here")),
    close() {},
  };
}
