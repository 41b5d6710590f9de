import assert from "node:assert/strict";
import test from "node:test";
import { init, streamEvent, success, textDelta, toolResult } from "../../fakes/claude-cli.ts";
import { fakeAgent, inFolder } from "../turns.ts";

const TEXT = "some words of an answer ";
const DELTA = Object.values(streamEvent(textDelta(TEXT)))[0] as object;
const INPUT_DELTA = Object.values(
  streamEvent({
    type: "content_block_delta",
    index: 1,
    delta: { type: "input_json_delta", partial_json: "x" },
  }),
)[0] as object;
const RESULT = Object.values(toolResult("LONG"))[0] as object;

const DELTAS = 300_000;
const LONG_BYTES = 10 << 20;
const LONG_LINES = 10;
const TOTAL_BYTES = DELTAS * (lineBytes(DELTA) + lineBytes(INPUT_DELTA)) + LONG_BYTES * LONG_LINES;

function lineBytes(line: object): number {
  return JSON.stringify(line).length + 1;
}

// By processor time, not by the clock: other tests run at the same time. Measured alone: over 300 MB/s.
test("a turn of over 200 MB is read fast and with flat memory", () =>
  inFolder(async (dir) => {
    const long = Array.from({ length: LONG_LINES }, () => ({ long: RESULT, bytes: LONG_BYTES }));
    const agent = await fakeAgent(dir, [
      { expect: { type: "user" } },
      init(),
      { repeat: DELTA, times: DELTAS },
      { repeat: INPUT_DELTA, times: DELTAS },
      ...long,
      success(TEXT),
    ]);
    let length = 0;
    let peak = 0;
    const look = setInterval(() => {
      const { heapUsed, external } = process.memoryUsage();
      peak = Math.max(peak, heapUsed + external);
    }, 5);
    const before = process.memoryUsage();
    const cpuBefore = process.cpuUsage();
    const request = { prompt: "x", cwd: dir, permissions: "ask" as const, jobId: `speed-${process.pid}` };
    const turn = agent.run(request, (event) => {
      if (event.kind === "text") length += event.delta.length;
    });
    await turn.ended;
    clearInterval(look);
    const { user, system } = process.cpuUsage(cpuBefore);
    const grown = peak - before.heapUsed - before.external;
    assert.equal(length, DELTAS * TEXT.length);
    assert.ok(TOTAL_BYTES > 200e6);
    assert.ok(grown < 150e6, `memory grew by ${grown} bytes`);
    const speed = TOTAL_BYTES / (user + system);
    assert.ok(speed > 50, `${speed.toFixed()} MB/s`);
  }));
