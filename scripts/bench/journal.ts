import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Journal } from "../../src/journal.ts";
import { type Bench, interleave, monotonic, toRow } from "./measure.ts";
import { temporaryFolder } from "./workplace.ts";

/** One record to the disk, next to the system calls alone with the same bytes. */
export const journal: Bench = async ({ quick }) => {
  const folder = temporaryFolder();
  const record = { k: "update", update: { update_id: 123456789, message: { text: "x".repeat(300) } } };
  const line = `${JSON.stringify(record)}\n`;
  const { journal: log } = await Journal.open(join(folder, "journal.jsonl"), () => {});
  const file = openSync(join(folder, "bare"), "a");
  const [values = [], bare = []] = await interleave(quick ? 2 : 500, [
    async () => {
      const began = monotonic();
      await log.append([record]);
      return monotonic() - began;
    },
    () => {
      const began = monotonic();
      writeSync(file, line);
      fsyncSync(file);
      return monotonic() - began;
    },
  ]);
  closeSync(file);
  await log.close();
  const baseline = { what: "write + fsync", values: bare };
  return [toRow({ bench: "journal", what: "append", unit: "ms", values, baseline })];
};
