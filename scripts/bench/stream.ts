import { join } from "node:path";
import { build } from "esbuild";
import { type Bench, interleave, type Measured, toRow } from "./measure.ts";
import { executableProgram, jsonOf, programPath, startProgram, temporaryFolder } from "./workplace.ts";

const MEGABYTE = 1e6;

interface Reading {
  readonly ms: number;
  readonly outcome: string;
  readonly grownBytes: number;
}

interface Counting {
  readonly ms: number;
  readonly bytes: number;
}

/** A long turn read by the agent's own code, next to a bare Node that only counts the lines of the same pipe. */
export const stream: Bench = async ({ quick }) => {
  const agent = executableProgram("stream.mjs");
  const reader = await bundleReader();
  const megabytes = quick ? 5 : 200;
  const rounds = quick ? 1 : 5;
  const long = await measure({ agent, reader, megabytes, mix: "mixed", rounds });
  const short = await measure({ agent, reader, megabytes: megabytes / 4, mix: "mixed", rounds });
  const grown = { what: `${megabytes / 4} MB`, values: short.grown };
  const speed = (what: string, { read, counted }: Speeds): Measured => ({
    ...{ bench: "stream", what, unit: "MB/s", values: read },
    baseline: { what: "count lines", values: counted },
  });
  const parts = { agent, reader, megabytes: megabytes / 4, rounds };
  const deltas = await measure({ ...parts, mix: "deltas" });
  const results = await measure({ ...parts, mix: "results" });
  return [
    toRow({ ...speed(`${megabytes} MB turn`, long), target: { of: "value", atLeast: 100 } }),
    toRow(speed("of small deltas only", deltas)),
    toRow(speed("of tool results only", results)),
    toRow({
      bench: "stream",
      what: `memory for ${megabytes} MB`,
      unit: "MB",
      values: long.grown,
      baseline: grown,
    }),
  ];
};

interface Speeds {
  /** In MB/s. */
  readonly read: readonly number[];
  readonly counted: readonly number[];
  /** By how many MB the reader's memory grew at its peak. */
  readonly grown: readonly number[];
}

async function measure(options: {
  readonly agent: string;
  readonly reader: string;
  readonly megabytes: number;
  readonly mix: string;
  readonly rounds: number;
}): Promise<Speeds> {
  const { agent, reader, megabytes, mix, rounds } = options;
  const flags = ["--bench-bytes", String(megabytes * MEGABYTE), "--bench-mix", mix];
  const grown: number[] = [];
  let bytes = 0;
  const run = (program: string): Promise<unknown> =>
    jsonOf(
      startProgram(process.execPath, [program, agent, ...flags], { stdio: ["ignore", "pipe", "inherit"] }),
    );
  const [counted = [], read = []] = await interleave(rounds, [
    async () => {
      const counting = (await run(programPath("count-lines.mjs"))) as Counting;
      bytes = counting.bytes;
      return bytes / MEGABYTE / (counting.ms / 1000);
    },
    async () => {
      const reading = (await run(reader)) as Reading;
      if (reading.outcome !== "done") throw new Error(`the turn ended with ${reading.outcome}`);
      grown.push(reading.grownBytes / MEGABYTE);
      return bytes / MEGABYTE / (reading.ms / 1000);
    },
  ]);
  return { read, counted, grown };
}

/** The reader as it runs in the product: plain JavaScript in one file. */
async function bundleReader(): Promise<string> {
  const outfile = join(temporaryFolder(), "read-stream.mjs");
  const entry = programPath("read-stream.ts");
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
  });
  return outfile;
}
