import assert from "node:assert/strict";
import test from "node:test";
import { type Point, play } from "./play.ts";
import type { Script } from "./scripts.ts";

/** Most of a play is waiting. */
const AT_A_TIME = 6;
/**
 * Reactions to messages, which nothing follows from, the look at the state's folder every few seconds, and the entry by
 * which other programs find the bridge: how many there are, or what they are called, differs from run to run.
 */
const PASSING = /setMessageReaction|^(before|after) (mkdir|chmod) \S+\\?#[2-9]|\b[0-9a-f]{16}\.json/;
/** How many points even the shortest play has. */
const FEWEST_POINTS = 60;

/**
 * Tests that nothing is lost and nothing runs twice when the bridge is killed, at every point of each script where it
 * writes to the disk, talks to Telegram, or starts, tells or ends a process. A play without a crash enumerates the
 * points; then there is one play for each of them, in which the bridge is killed there and started again. The points of
 * the start, up to the first message, belong to the first script alone.
 *
 * With `CRASH_POINTS=text` in the environment only those points are visited whose name contains that text, such as
 * `life 1: before fsync journal.jsonl: started#1`.
 */
export function killAtEveryPoint(scripts: readonly Script[], { fromTheStart = false } = {}): void {
  const only = process.env.CRASH_POINTS ?? "";
  for (const [index, script] of scripts.entries()) {
    test(`killed at every point: ${script.name}`, { timeout: 1_200_000 }, async (t) => {
      const { points: all, report } = await play(script, undefined, fromTheStart && index === 0);
      const points = all.filter((point) => !PASSING.test(point.at));
      assert.equal(report, undefined, `without a crash: ${report}`);
      assert.ok(points.length > FEWEST_POINTS, `there are only ${points.length} points`);
      const chosen = points.filter((point) => nameOf(point).includes(only));
      const { notReached, faults } = await visit(script, chosen);
      const visited = chosen.length - notReached.length;
      t.diagnostic(`visited ${visited} points of ${points.length}, ${notReached.length} not reached`);
      for (const point of notReached) t.diagnostic(`not reached: ${nameOf(point)}`);
      assert.equal(faults.length, 0, `${faults.length} points with faults:\n${faults.join("\n\n")}`);
      // Whether a frame still leaves, or a signal is still needed, differs a little from run to run.
      assert.ok(notReached.length <= points.length / 20, "nearly every point was reached");
    });
  }
}

async function visit(
  script: Script,
  points: readonly Point[],
): Promise<{ notReached: Point[]; faults: string[] }> {
  const left = [...points];
  const notReached: Point[] = [];
  const faults: string[] = [];
  const worker = async (): Promise<void> => {
    for (let point = left.shift(); point; point = left.shift()) {
      const { reached, report } = await play(script, point);
      if (!reached) notReached.push(point);
      if (report !== undefined) faults.push(`killed in ${nameOf(point)} (${point.detail}): ${report}`);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return { notReached, faults };
}

function nameOf({ life, at }: Point): string {
  return `life ${life}: ${at}`;
}
