import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";
import { fileURLToPath } from "node:url";
import type { Row } from "../scripts/bench/measure.ts";

const MAIN = fileURLToPath(new URL("../scripts/bench/main.ts", import.meta.url));

interface Report {
  readonly node: string;
  readonly platform: string;
  readonly cpus: number;
  readonly quick: boolean;
  readonly rows: readonly Row[];
}

test("the chosen benches report their numbers as JSON, in order", () => {
  const { status, stdout, stderr } = bench("--quick", "--json", "journal", "size");
  assert.equal(status, 0, stderr);
  const { rows, node, quick } = JSON.parse(stdout) as Report;
  assert.deepEqual({ node, quick }, { node: process.version, quick: true });
  assert.deepEqual(
    rows.map(({ bench, what, unit }) => `${bench}: ${what}, ${unit}`),
    ["size: bundle, kB", "size: bundle, gzip, kB", "journal: append, ms"],
  );
  for (const row of rows) assert.ok(row.value > 0 && row.runs > 0, `${row.what} is ${row.value}`);
  const [bundle, gzip, append] = rows;
  assert.equal(bundle?.baseline, undefined);
  for (const row of [gzip, append]) {
    const { value = 0, baseline, ratio, difference } = row ?? {};
    assert.ok(baseline && baseline.value > 0);
    assert.equal(ratio, value / baseline.value);
    assert.equal(difference, value - baseline.value);
  }
});

test("without --json there is a table", () => {
  const { status, stdout } = bench("--quick", "render");
  assert.equal(status, 0);
  assert.match(stdout, /^render: 30 kB to a frame +[\d.]+ ms +into words +[\d.]+ ms +[\d.]+x/m);
});

test("a bench that does not exist is refused with the ones that do", () => {
  const { status, stderr } = bench("speed");
  assert.equal(status, 2);
  assert.match(stderr, /There is no speed\. Benches: size start memory/);
});

function bench(...words: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ["--import", "tsx", MAIN, ...words], { encoding: "utf8" });
}
