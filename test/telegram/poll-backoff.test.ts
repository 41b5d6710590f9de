import assert from "node:assert/strict";
import test from "node:test";
import type { BotClient } from "../../src/telegram/client.ts";
import { ApiError, NetworkError } from "../../src/telegram/errors.ts";
import type { Update } from "../../src/telegram/types.ts";
import { fakeClock } from "../fakes/clock.ts";
import { startPolling } from "./polling.ts";

const update: Update = { update_id: 1 };

const refuse = (code: number) => () => Promise.reject(new ApiError("getUpdates", code, "x"));
const unreachable = () => Promise.reject(new NetworkError("getUpdates", "x", false));

/** What fails, and the longest gap between two tries in seconds: a network that returns is to be noticed soon. */
const FAILING: readonly [string, () => Promise<readonly Update[]>, () => Promise<void>, number][] = [
  ["no network", unreachable, async () => {}, 7],
  ["a server that fails", refuse(500), async () => {}, 30],
  ["another poller", refuse(409), async () => {}, 30],
  ["an answer of another kind", async () => JSON.parse('"hello"'), async () => {}, 30],
  ["a full disk", async () => [update], () => Promise.reject(new Error("full")), 30],
];

for (const [title, answer, receive, longest] of FAILING) {
  test(`failure 6: no hot loop with ${title}`, async (t) => {
    const clock = fakeClock();
    const calls: number[] = [];
    const client = stubClient(() => {
      calls.push(clock.monotonic());
      return answer();
    });
    startPolling(t, { client, clock, receive });
    await clock.advance(60_000);
    assert.ok(
      calls.length >= 5 && calls.length <= (longest < 30 ? 20 : 10),
      `${calls.length} calls in the first minute`,
    );
    await clock.advance(600_000);
    const gaps = calls.slice(1).map((at, index) => at - (calls[index] ?? 0));
    assert.ok(Math.min(...gaps) >= 1_000 && Math.max(...gaps) <= longest * 1_000, `${gaps}`);
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

const CONFLICT =
  "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";

test("failure 35: a rival is told of once, when the conflict outlasts a dead program's place", async (t) => {
  const clock = fakeClock();
  let calls = 0;
  const client = stubClient(async () => {
    calls += 1;
    // Two that read one bot take it from each other: now and then a poll succeeds.
    if (calls % 4 === 0) return [];
    throw new ApiError("getUpdates", 409, CONFLICT);
  });
  const { kinds } = startPolling(t, { client, clock });
  await clock.advance(59_000);
  assert.ok(kinds.every(([kind]) => kind !== "rival"));
  await clock.advance(3_600_000);
  const rivals = kinds.filter(([kind]) => kind === "rival");
  assert.equal(rivals.length, 1);
  assert.ok((rivals[0]?.[1] ?? 0) >= 60_000);
  assert.ok(calls > 100, "it never gives up");
});

test("our own last connection, which Telegram holds for 50 s after a crash, is no rival", async (t) => {
  const clock = fakeClock();
  const client = stubClient(async () => {
    if (clock.monotonic() > 55_000) return [];
    throw new ApiError("getUpdates", 409, CONFLICT);
  });
  const { kinds } = startPolling(t, { client, clock });
  await clock.advance(54_000);
  assert.deepEqual(
    kinds.map(([kind]) => kind),
    ["conflict-poller"],
  );
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
