import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { BUNDLE } from "./bridge.ts";
import { type Bench, toRow } from "./measure.ts";

/** What somebody downloads and drops into his project. */
export const size: Bench = async () => {
  const bundle = readFileSync(BUNDLE);
  const common = { bench: "size", unit: "kB" };
  const raw = [bundle.length / 1024];
  const compressed = [gzipSync(bundle).length / 1024];
  return [
    toRow({ ...common, what: "bundle", values: raw }),
    toRow({ ...common, what: "bundle, gzip", values: compressed, baseline: { what: "bundle", values: raw } }),
  ];
};
