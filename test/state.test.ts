import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { State } from "../src/state.ts";
import type { StoreRecord } from "../src/store-record.ts";
import { aRecord, jobOf, linesOf, memoryOf, replayed } from "./records.ts";

test("any records: compacted they give the same state, and it goes on in the same way", () => {
  fc.assert(
    fc.property(
      fc.array(aRecord, { maxLength: 30 }),
      fc.array(aRecord, { maxLength: 10 }),
      (records, later) => {
        const state = replayed(linesOf(records));
        const compacted = replayed(linesOf(state.records()));
        assert.deepEqual(memoryOf(compacted), memoryOf(state));
        for (const record of later) {
          state.apply(record);
          compacted.apply(record);
        }
        assert.deepEqual(memoryOf(compacted), memoryOf(state), "and goes on in the same way");
      },
    ),
    { numRuns: 500 },
  );
});

test("any records, cut at any byte: what is left is the state of a prefix", () => {
  fc.assert(
    fc.property(fc.array(aRecord, { maxLength: 12 }), fc.boolean(), fc.nat(), (records, compacted, place) => {
      const source = compacted ? replayed(linesOf(records)).records() : records;
      const bytes = Buffer.from(linesOf(source));
      const left = bytes.subarray(0, place % (bytes.length + 1)).toString("utf8");
      // A record without its line end is whole nonetheless.
      const whole = source.filter(
        (_, index) => left.length >= linesOf(source.slice(0, index + 1)).length - 1,
      );
      const prefix = new State();
      for (const record of whole) prefix.apply(record);
      assert.deepEqual(memoryOf(replayed(left)), memoryOf(prefix));
    }),
    { numRuns: 1_000 },
  );
});

/** A job is queued once, under a number that grows, and nothing is told of it before. */
function asTheyHappen(records: readonly StoreRecord[]): StoreRecord[] {
  const known = new Set<string>();
  return records.flatMap((record, index): StoreRecord[] => {
    if (record.k !== "queued") return "id" in record && !known.has(record.id) ? [] : [record];
    if (known.has(record.job.id) || record.replaces === record.job.id) return [];
    known.add(record.job.id);
    return [{ ...record, job: { ...record.job, number: index + 1 } }];
  });
}

test("records that come twice change nothing, as compacting beside an append may have it", () => {
  fc.assert(
    fc.property(fc.array(aRecord, { maxLength: 20 }), fc.nat(20), (records, place) => {
      // The snapshot knows the records that wait to be written; then they are written. Updates never wait: they count
      // from when they are on the disk.
      const written = [1, 2, 3, 4, 5, 6].map(
        (id): StoreRecord => ({ k: "update", update: { update_id: id } }),
      );
      const others = asTheyHappen(records.filter(({ k }) => k !== "update"));
      const state = replayed(linesOf([...written, ...others]));
      const waiting = others.slice(place);
      const twice = replayed(linesOf([...state.records(), ...waiting]));
      const openOnce = memoryOf(state).jobs.map(([id]) => id);
      const openTwice = memoryOf(twice).jobs.map(([id]) => id);
      assert.deepEqual(new Set(openTwice), new Set(openOnce), "no job comes back");
      assert.deepEqual(memoryOf(twice).unhandled, memoryOf(state).unhandled, "no update comes back");
      assert.deepEqual(memoryOf(twice).sessions, memoryOf(state).sessions);
    }),
    { numRuns: 500 },
  );
});

test("an update that stands in the journal twice was dealt with once", () => {
  const twice: StoreRecord[] = [
    { k: "update", update: { update_id: 1 } },
    { k: "handled", updates: [1] },
    { k: "update", update: { update_id: 1 } },
  ];
  assert.deepEqual(memoryOf(replayed(linesOf(twice))).unhandled, []);
});

test("the last jobs that are over are known, the latest first, also after compacting", () => {
  const records = ["done", "failed", "removed", "cancelled", "steered", "dropped", "done", "done"] as const;
  const told = records.flatMap((outcome, index): StoreRecord[] => {
    const id = `j${index}`;
    const started = { k: "started", id, at: 10 * index } as const;
    return [
      { k: "queued", job: jobOf(id, index + 1, [], `prompt ${index}`) },
      ...(outcome === "dropped" ? [] : [started, { ...started, at: 10 * index, process: { pid: 5 } }]),
      { k: "ended", id, outcome, at: 10 * index + 5 },
    ];
  });
  const state = replayed(linesOf(told));
  assert.deepEqual(state.past, replayed(linesOf(state.records())).past);
  assert.deepEqual(
    state.past.map(({ id, outcome, startedAt, endedAt }) => [id, outcome, startedAt, endedAt]),
    [
      ["j7", "done", 70, 75],
      ["j6", "done", 60, 65],
      ["j5", "dropped", undefined, 55],
      ["j3", "cancelled", 30, 35],
      ["j1", "failed", 10, 15],
    ],
  );
  assert.deepEqual([state.past[0]?.title, state.past[0]?.by], ["prompt 7", "Ada"]);
});
